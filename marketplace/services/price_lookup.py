"""Which price quote counts: of a day, at an instant, and in what lists show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from marketplace.domain.errors import N_, Refused
from marketplace.domain.text import fold
from marketplace.services.rules import rule
from models.price_quotes import ANY_GRADE, PriceMarket, PriceQuote
from models.reference import Product

MOST_POINTS = 400
"""More days than a year has are no chart."""


@dataclass(frozen=True)
class QuoteFilter:
    """What a list is narrowed to; nothing where nothing is said."""

    product_code: str = ""
    market_code: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""


@dataclass(frozen=True)
class Series:
    """The quotes of a product, market and grade in the order of their days."""

    product: Product
    market: PriceMarket
    grade_rank: int
    quotes: tuple[PriceQuote, ...]


def in_force(at: datetime | None = None) -> ColumnElement[bool]:
    """Versions that nothing had superseded at an instant, or has until now.

    A withdrawn one is in force too: it says that there is no price.
    """
    later = aliased(PriceQuote)
    superseded = select(later.id).where(
        _same_key(later), later.version > PriceQuote.version
    )
    if at is None:
        return ~superseded.exists()
    superseded = superseded.where(later.entered_at <= at)
    return and_(PriceQuote.entered_at <= at, ~superseded.exists())


def quote_on(
    session: Session,
    product_id: int,
    market_id: int,
    grade_rank: int,
    day: date,
    *,
    known_at: datetime | None = None,
) -> PriceQuote | None:
    """The one quote that counts for a day, or None.

    That of the day itself, else the latest of the days before that the rule
    `price.reference` allows. A quote of the grade goes before one of any grade,
    also where that one is newer. With `known_at` as the quotes stood at that
    instant, whatever was corrected since.
    """
    within = int(rule(session, "price.reference", day)["within_days"])
    return session.scalars(
        select(PriceQuote)
        .where(
            PriceQuote.product_id == product_id,
            PriceQuote.market_id == market_id,
            PriceQuote.grade_rank.in_({grade_rank, ANY_GRADE}),
            PriceQuote.day <= day,
            PriceQuote.day >= day - timedelta(days=within),
            PriceQuote.withdrawn.is_(False),
            in_force(known_at),
        )
        .order_by(PriceQuote.grade_rank.desc(), PriceQuote.day.desc())
        .limit(1)
    ).first()


def newest_of(session: Session, quote: PriceQuote) -> PriceQuote | None:
    """The version in force of the same product, market, grade and day."""
    return next(iter(versions_of(session, quote)), None)


def versions_of(session: Session, quote: PriceQuote) -> Sequence[PriceQuote]:
    """Every version of the same key, the newest first."""
    return session.scalars(
        select(PriceQuote)
        .where(
            PriceQuote.product_id == quote.product_id,
            PriceQuote.market_id == quote.market_id,
            PriceQuote.grade_rank == quote.grade_rank,
            PriceQuote.day == quote.day,
        )
        .options(joinedload(PriceQuote.entered_by))
        .order_by(PriceQuote.version.desc())
    ).all()


def list_quotes(
    session: Session,
    wanted: QuoteFilter,
    *,
    withdrawn: bool = False,
    limit: int = 20,
    offset: int = 0,
) -> tuple[Sequence[PriceQuote], int]:
    """Quotes in force, the newest day first, and how many; with the withdrawn if asked."""
    found = _narrowed(session, wanted)
    if not withdrawn:
        found = found.where(PriceQuote.withdrawn.is_(False))
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    page = found.options(
        joinedload(PriceQuote.product), joinedload(PriceQuote.market)
    ).order_by(PriceQuote.day.desc(), PriceQuote.id.desc())
    return session.scalars(page.limit(limit).offset(offset)).all(), total


def list_series(session: Session, wanted: QuoteFilter) -> list[Series]:
    """The same quotes as one row of days for each product, market and grade."""
    found = session.scalars(
        _narrowed(session, wanted)
        .where(PriceQuote.withdrawn.is_(False))
        .options(joinedload(PriceQuote.product), joinedload(PriceQuote.market))
        .order_by(PriceQuote.day.desc())
    )
    rows: defaultdict[tuple[int, ...], list[PriceQuote]] = defaultdict(list)
    for quote in found:
        own = rows[
            quote.product.position, quote.market.position, quote.market_id,
            quote.grade_rank,
        ]  # fmt: skip
        if len(own) < MOST_POINTS:
            own.append(quote)
    return [
        Series(one[0].product, one[0].market, one[0].grade_rank, tuple(reversed(one)))
        for _, one in sorted(rows.items(), key=lambda pair: pair[0])
    ]


def products_quoted(session: Session, *, withdrawn: bool = False) -> Sequence[Product]:
    """Products with a price in force, or also with a withdrawn one if asked."""
    quoted = select(PriceQuote.product_id).where(in_force())
    if not withdrawn:
        quoted = quoted.where(PriceQuote.withdrawn.is_(False))
    wanted = select(Product).where(Product.id.in_(quoted))
    return session.scalars(wanted.order_by(Product.position)).all()


def _narrowed(session: Session, wanted: QuoteFilter) -> Select[PriceQuote]:
    found = (
        select(PriceQuote)
        .join(Product, Product.id == PriceQuote.product_id)
        .join(PriceMarket, PriceMarket.id == PriceQuote.market_id)
        .where(in_force())
    )
    if wanted.product_code:
        found = found.where(Product.code == wanted.product_code)
    if wanted.market_code:
        found = found.where(PriceMarket.code == wanted.market_code)
    if wanted.since:
        found = found.where(PriceQuote.day >= wanted.since)
    if wanted.until:
        found = found.where(PriceQuote.day <= wanted.until)
    return found.where(_says(session, wanted.text)) if wanted.text else found


def _says(session: Session, text: str) -> ColumnElement[bool]:
    """Whether the source, the product or the market is named so, marks or not."""
    words = fold(text)
    named: list[ColumnElement[bool]] = [
        PriceQuote.source_folded.contains(words, autoescape=True)
    ]
    kinds: tuple[tuple[Any, Any], ...] = (
        (Product, PriceQuote.product_id),
        (PriceMarket, PriceQuote.market_id),
    )
    for kind, column in kinds:
        rows = session.execute(select(kind.id, kind.name_vi, kind.name_en)).all()
        known = [row[0] for row in rows if words in fold(f"{row[1]} {row[2]}")]
        named.append(column.in_(known))
    return or_(*named)


def _same_key(other: Any) -> ColumnElement[bool]:
    return and_(
        other.product_id == PriceQuote.product_id,
        other.market_id == PriceQuote.market_id,
        other.grade_rank == PriceQuote.grade_rank,
        other.day == PriceQuote.day,
    )


def market_of(session: Session, code: str, field: str = "market") -> PriceMarket:
    """The market of a code; refused beside the field if there is none such."""
    wanted = select(PriceMarket).where(PriceMarket.code == code)
    market = session.scalars(wanted).first()
    if market is None:
        raise Refused(N_("Chọn chợ hoặc nơi ghi giá"), field)
    return market
