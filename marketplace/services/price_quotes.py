"""Market prices as officers write them down: recorded, corrected, never erased.

The rows are their own journal: who, when and why stands in each, and triggers
forbid change and removal.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_prices import CorrectQuote, RecordQuote
from marketplace.domain.errors import N_, Conflict, NotFound, Refused
from marketplace.domain.findings import Finding
from marketplace.domain.formats import format_day
from marketplace.domain.names import clean_text
from marketplace.domain.prices import check_price
from marketplace.domain.text import fold
from marketplace.services.offer_rows import limits_of, product_of
from marketplace.services.price_lookup import market_of, newest_of
from marketplace.services.rules import rule
from models.price_quotes import PriceMarket, PriceQuote
from models.reference import Grade, Product

LONGEST_SOURCE, LONGEST_LINK, SHORTEST_REASON = 200, 500, 5
TAKEN = N_("Ngày này đã có giá của chợ và loại này, hãy sửa dòng đó")
CORRECTED = N_("Dòng này vừa được người khác sửa, hãy xem lại")


def record_quote(
    session: Session, who: Actor, command: RecordQuote, *, today: date, now: datetime
) -> PriceQuote:
    """Write down the price of a day; refused where that day has one already."""
    _require_officer(who)
    quote = _first(session, who, command, today, now)
    if newest_of(session, quote) is not None:
        raise Refused(TAKEN, "day")
    try:
        with session.begin_nested():
            session.add(quote)
            session.flush()  # the database says whether a colleague was faster
    except IntegrityError:
        raise Conflict(TAKEN, "day") from None
    return quote


def correct_quote(
    session: Session,
    who: Actor,
    public_id: str,
    command: CorrectQuote,
    *,
    now: datetime,
) -> PriceQuote:
    """Write a further version over the one that was seen, with the reason.

    Conflict if that one has been corrected already: of two officers at once the
    second reads what the first has written before writing anything.
    """
    _require_officer(who)
    seen = access_quote(session, public_id)
    session.refresh(seen, with_for_update=True)  # two corrections stand in line
    newest = newest_of(session, seen)
    if newest is None or newest.id != seen.id:
        raise Conflict(CORRECTED)
    reason = clean_text(command.reason, long=True, field="reason")
    if len(reason) < SHORTEST_REASON:
        raise Refused(N_("Nói rõ lý do sửa, dòng này được lưu lại"), "reason")
    _check_prices(command.low_vnd, command.high_vnd)
    quote = _next(seen, who, command, now)
    quote.reason = reason
    session.add(quote)
    session.flush()  # the page that follows names it
    return quote


def access_quote(session: Session, public_id: str) -> PriceQuote:
    """A version of a quote, whether it still counts or not; prices are public."""
    wanted = select(PriceQuote).where(PriceQuote.public_id == public_id)
    quote = session.scalars(wanted).first()
    if quote is None:
        raise NotFound
    return quote


def price_markets(session: Session) -> Sequence[PriceMarket]:
    """The markets whose prices are written down, in their order."""
    wanted = select(PriceMarket).order_by(PriceMarket.position, PriceMarket.id)
    return session.scalars(wanted).all()


def find_oddities(
    session: Session, product_code: str, prices: tuple[int, int], *, today: date
) -> list[Finding]:
    """PO-04 for both ends of a band: far from the usual is shown, not refused."""
    limits = limits_of(session, product_of(session, product_code), today)
    if limits.band is None:
        return []
    return [
        finding
        for field, price in zip(("low", "high"), prices, strict=True)
        for finding in check_price(
            price, limits.band, factors=limits.band_factors, field=field
        )
    ]


def check_quote(session: Session, command: RecordQuote, *, today: date) -> None:
    """Refused with the field at fault if the command cannot be written down."""
    product = product_of(session, command.product_code)
    market_of(session, command.market_code)
    _check_grade(session, product, command.grade_rank)
    _check_day(session, command.day, today)
    _check_prices(command.low_vnd, command.high_vnd)
    _source_of(command.source)
    _link_of(command.link)


def _first(
    session: Session, who: Actor, command: RecordQuote, today: date, now: datetime
) -> PriceQuote:
    check_quote(session, command, today=today)
    source = _source_of(command.source)
    return PriceQuote(
        product_id=product_of(session, command.product_code).id,
        market_id=market_of(session, command.market_code).id,
        grade_rank=command.grade_rank,
        known_grade=command.grade_rank or None,
        day=command.day,
        version=1,
        low_vnd=command.low_vnd,
        high_vnd=command.high_vnd,
        source=source,
        source_folded=fold(source),
        link=_link_of(command.link),
        entered_by_id=who.user_id,
        entered_at=now,
    )


def _next(
    seen: PriceQuote, who: Actor, command: CorrectQuote, now: datetime
) -> PriceQuote:
    source = _source_of(command.source)
    return PriceQuote(
        product_id=seen.product_id,
        market_id=seen.market_id,
        grade_rank=seen.grade_rank,
        known_grade=seen.known_grade,
        day=seen.day,
        version=seen.version + 1,
        previous=seen.version,
        low_vnd=command.low_vnd,
        high_vnd=command.high_vnd,
        source=source,
        source_folded=fold(source),
        link=_link_of(command.link),
        withdrawn=command.withdrawn,
        entered_by_id=who.user_id,
        # Two clocks may differ: a correction is never older than what it corrects.
        entered_at=max(now, seen.entered_at),
    )


def _require_officer(who: Actor) -> None:
    if not who.is_officer:
        raise Refused(N_("Chỉ cán bộ quản lý được ghi giá tham chiếu"))


def _check_grade(session: Session, product: Product, rank: int) -> None:
    wanted = select(Grade.id).where(Grade.product_id == product.id, Grade.rank == rank)
    if rank and session.scalar(wanted) is None:
        raise Refused(N_("Sản phẩm này không có loại đó"), "grade")


def _check_day(session: Session, day: date, today: date) -> None:
    """A price of a day to come is a guess; one of 1900 is a slip of the finger."""
    if day > today:
        message = N_("Ngày chưa tới, chọn đến %(today)s")
        raise Refused(message, "day", today=format_day(today))
    years = int(rule(session, "price.quotes", today)["years_back"])
    if day.year < today.year - years:
        message = N_("Ngày quá xa, chọn từ 01/01/%(year)s")
        raise Refused(message, "day", year=str(today.year - years))


def _check_prices(low_vnd: int, high_vnd: int) -> None:
    if low_vnd <= 0:
        raise Refused(N_("Nhập giá một kg bằng đồng, ví dụ 14.500"), "low")
    if high_vnd < low_vnd:
        raise Refused(N_("Giá cao phải từ giá thấp trở lên"), "high")


def _source_of(text: str) -> str:
    source = clean_text(text, field="source")
    if not source:
        raise Refused(N_("Ghi nguồn của giá, ví dụ bản tin của Sở"), "source")
    if len(source) > LONGEST_SOURCE:
        raise Refused(N_("Viết ngắn hơn 200 chữ"), "source")
    return source


def _link_of(text: str) -> str:
    link = clean_text(text, field="link")
    if link and (not link.startswith(("https://", "http://")) or " " in link):
        raise Refused(N_("Nhập địa chỉ trang, ví dụ https://example.vn/gia"), "link")
    if len(link) > LONGEST_LINK:
        raise Refused(N_("Địa chỉ dài nhất 500 chữ"), "link")
    return link
