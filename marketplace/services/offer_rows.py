"""A purchase offer between its rows and its words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from marketplace.domain.commands_offers import PostOffer, Requirement, TrancheLine
from marketplace.domain.errors import N_, Conflict, Refused
from marketplace.domain.findings import Finding
from marketplace.domain.formats import format_number
from marketplace.domain.names import clean_text
from marketplace.domain.offers import OfferLimits, check_offer
from marketplace.domain.prices import PriceBand
from marketplace.domain.words import PriceMode
from marketplace.services.price_lookup import market_of
from marketplace.services.rules import rule
from models.offers import Offer, OfferRequirement, OfferVariety, Tranche
from models.price_quotes import PriceMarket
from models.reference import Grade, Product, Variety


def product_of(session: Session, code: str) -> Product:
    """The product that a form names; refused if there is none."""
    product = session.scalars(select(Product).where(Product.code == code)).first()
    if product is None:
        raise Refused(N_("Chọn sản phẩm"), "product")
    return product


def limits_of(session: Session, product: Product, today: date) -> OfferLimits:
    """The limits in force on a day for an offer of a product."""
    payment = rule(session, "PO-03", today)
    odd = rule(session, "PO-04", today)
    return OfferLimits(
        grades=set(
            session.scalars(select(Grade.rank).where(Grade.product_id == product.id))
        ),
        varieties=set(
            session.scalars(
                select(Variety.code).where(Variety.product_id == product.id)
            )
        ),
        most_payment_days=payment["most_days"],
        usual_payment_days=payment["warn_days"],
        band=_band(session, product.code, today),
        band_factors=(
            Decimal(str(odd["low_factor"])),
            Decimal(str(odd["high_factor"])),
        ),
    )


def find_faults(session: Session, command: PostOffer, *, today: date) -> list[Finding]:
    """Everything wrong or odd in an offer, for a page that shows all at once."""
    product = product_of(session, command.product_code)
    return check_offer(command, limits_of(session, product, today), today=today)


def _band(session: Session, product_code: str, today: date) -> PriceBand | None:
    """What the product usually costs; nothing where nobody wrote it down."""
    try:
        band = rule(session, f"price_band.{product_code}", today)
    except LookupError:
        return None
    return PriceBand(product_code, band["low_vnd"], band["high_vnd"])


def write_words(session: Session, offer: Offer, command: PostOffer) -> None:
    """All that an offer says but for its tranches; the offer has an id."""
    product = product_of(session, command.product_code)
    market = _market_of(session, command)  # read before the row is half changed
    offer.product_id = product.id
    offer.place = clean_text(command.place, field="place")
    offer.packaging = clean_text(command.packaging, field="packaging")
    offer.notes = clean_text(command.notes, long=True, field="notes")
    for name in (
        "least_grade", "market", "unit_id", "show_price", "smallest_lot_kg",
        "most_suppliers", "payment_term_days", "deposit_pct", "cold_chain",
        "traceability", "answer_by", "price_mode",
    ):  # fmt: skip
        setattr(offer, name, getattr(command, name))
    offer.share_pct = command.share_pct if market else 0
    offer.reference_market_id = market.id if market else None
    session.flush()  # varieties and requirements name the offer
    _write_varieties(session, offer, product, command.variety_codes)
    _write_requirements(session, offer, command.requirements)


def _market_of(session: Session, command: PostOffer) -> PriceMarket | None:
    """The market that a moving price goes by; a fixed one has none."""
    if command.price_mode is PriceMode.FIXED:
        return None
    return market_of(session, command.reference_market, "reference_market")


def _write_varieties(
    session: Session, offer: Offer, product: Product, codes: Sequence[str]
) -> None:
    wanted = set(
        session.scalars(
            select(Variety.id).where(
                Variety.product_id == product.id, Variety.code.in_(codes)
            )
        )
    )
    offer.varieties = [row for row in offer.varieties if row.variety_id in wanted]
    known = {row.variety_id for row in offer.varieties}
    offer.varieties += [OfferVariety(variety_id=one) for one in sorted(wanted - known)]


def _write_requirements(
    session: Session, offer: Offer, asked: Sequence[Requirement]
) -> None:
    offer.requirements = [
        OfferRequirement(
            scheme=one.scheme, market=one.market, least_stars=one.least_stars
        )
        for one in dict.fromkeys(asked)
    ]
    session.flush()  # the old ones go before anybody reads them


def replace_tranches(session: Session, offer: Offer, command: PostOffer) -> None:
    """The tranches of a draft, from nothing: nobody has seen the old ones."""
    session.execute(delete(Tranche).where(Tranche.offer_id == offer.id))
    session.expire(offer, ["tranches"])
    for number, line in enumerate(command.tranches, start=1):
        session.add(_tranche(offer.id, number, line))
    session.flush()  # the caller reads them back


def revise_tranches(session: Session, offer: Offer, command: PostOffer) -> None:
    """Change, add and drop tranches of an offer that others have seen.

    A tranche never falls below what is promised of it; one that is dropped
    keeps what is promised.
    """
    kept = {line.number: (row, line) for row, line in enumerate(command.tranches)}
    known = sorted(offer.tranches, key=lambda tranche: tranche.id)
    for tranche in known:
        if tranche.dropped:
            continue
        if tranche.number not in kept:
            tranche.dropped = True
            continue
        row, line = kept.pop(tranche.number)
        _change(session, tranche, row, line)
    number = max((tranche.number for tranche in known), default=0)
    for line in command.tranches:
        if line.number is None:
            number += 1
            session.add(_tranche(offer.id, number, line))
        elif line.number in kept:
            raise Conflict(N_("Đợt giao này vừa được bỏ, tải lại trang rồi sửa"))
    session.flush()  # what the database forbids is this revision's fault
    session.expire(offer, ["tranches"])


def _change(session: Session, tranche: Tranche, row: int, line: TrancheLine) -> None:
    """Conditional on what is promised at this very moment."""
    changed = cast(
        "CursorResult[Any]",
        session.execute(
            update(Tranche)
            .where(Tranche.id == tranche.id, Tranche.promised_kg <= line.kg)
            .values(
                kg=line.kg,
                window_start=line.window_start,
                window_end=line.window_end,
                ceiling_price_vnd=line.ceiling_price_vnd,
            )
            .execution_options(synchronize_session=False)
        ),
    )
    if changed.rowcount != 1:
        session.refresh(tranche)
        raise Refused(
            N_("Đã hứa mua %(promised)s kg của đợt này, không giảm dưới mức đó được"),
            f"tranches-{row}-kg",
            promised=format_number(tranche.promised_kg),
        )


def _tranche(offer_id: int, number: int, line: TrancheLine) -> Tranche:
    return Tranche(
        offer_id=offer_id,
        number=number,
        window_start=line.window_start,
        window_end=line.window_end,
        kg=line.kg,
        ceiling_price_vnd=line.ceiling_price_vnd,
    )


def command_of(offer: Offer) -> PostOffer:
    """The words of an offer as its owner would type them again."""
    return PostOffer(
        product_code=offer.product.code,
        place=offer.place,
        payment_term_days=offer.payment_term_days,
        tranches=tuple(_line_of(row) for row in offer.tranches if not row.dropped),
        requirements=tuple(
            Requirement(row.scheme, row.market, row.least_stars)
            for row in offer.requirements
        ),
        variety_codes=tuple(row.variety.code for row in offer.varieties),
        least_grade=offer.least_grade,
        market=offer.market,
        unit_id=offer.unit_id,
        show_price=offer.show_price,
        smallest_lot_kg=offer.smallest_lot_kg,
        most_suppliers=offer.most_suppliers,
        deposit_pct=offer.deposit_pct,
        **_moving(offer),
        cold_chain=offer.cold_chain,
        traceability=offer.traceability,
        packaging=offer.packaging,
        notes=offer.notes,
        answer_by=offer.answer_by,
    )


def _moving(offer: Offer) -> dict[str, Any]:
    market = offer.reference_market
    return {
        "price_mode": offer.price_mode,
        "share_pct": offer.share_pct,
        "reference_market": market.code if market else "",
    }


def _line_of(tranche: Tranche) -> TrancheLine:
    return TrancheLine(
        tranche.window_start,
        tranche.window_end,
        tranche.kg,
        tranche.ceiling_price_vnd,
        tranche.number,
    )
