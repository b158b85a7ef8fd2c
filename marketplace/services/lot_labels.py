"""Labels for lots: what stands on them, for whom they may be printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.box_verdicts import trace_code
from marketplace.domain.errors import NotFound
from marketplace.domain.gs1 import build_link, day_value
from marketplace.domain.papers import counts_on
from marketplace.domain.words import Market
from marketplace.domain.words_trace import LotStep, PartRole
from marketplace.services.box_papers import codes_on, sources_of
from marketplace.services.gs1_keeping import gln_of
from marketplace.services.paper_rows import paper_of
from marketplace.services.trade_items import item_of_lot
from models.lot_events import LotEvent, LotPart
from models.lots import Lot, LotHolding
from models.paper_records import PackingHouseCode
from models.trade_items import TradeItem


@dataclass(frozen=True)
class Label:
    """What is printed for a box of a lot; `address` is what its QR code holds."""

    lot: Lot
    item: TradeItem | None
    address: str
    trace: str
    marks: Sequence[tuple[str, Market]]

    @property
    def elements(self) -> tuple[tuple[str, str], ...]:
        """The pairs of the bar code on a box; none without a GTIN."""
        if self.item is None or self.item.gtin is None:
            return ()
        best = self.lot.best_before
        days = (("15", day_value(best)),) if best else ()
        return (("01", self.item.gtin), *days, ("10", self.lot.code))


def access_own_lot(session: Session, who: Actor, public_id: str) -> Lot:
    """A lot that the actor's organisation made or holds; NotFound for others.

    NotFound too for one that was told by mistake: its labels would go on other goods.
    """
    lot = session.scalars(select(Lot).where(Lot.public_id == public_id)).first()
    if lot is None or lot.voided_at or not _handles(session, who, lot):
        raise NotFound
    return lot


def _handles(session: Session, who: Actor, lot: Lot) -> bool:
    if lot.organisation_id == who.organisation_id:
        return True
    holding = session.get(LotHolding, (lot.id, who.organisation_id))
    return holding is not None and holding.kg > 0


def label_of(session: Session, lot: Lot, base: str) -> Label:
    """The label of a lot; `base` is the market's own address."""
    item = item_of_lot(session, lot)
    return Label(
        lot=lot,
        item=item,
        address=base.rstrip("/") + _path(lot, item),
        trace=trace_of(session, lot, item),
        marks=_marks(session, lot),
    )


def _path(lot: Lot, item: TradeItem | None) -> str:
    """A Digital Link where there is a GTIN, else the short address of the lot."""
    if item is None or item.gtin is None:
        return f"/q/{lot.public_id}"
    return build_link([("01", item.gtin), ("10", lot.code)]).path()


def trace_of(session: Session, lot: Lot, item: TradeItem | None) -> str:
    """The trace code of a lot: GS1 numbers where there are some, else our own.

    It stays as it was printed: a GTIN that is corrected later changes no lot's code.
    """
    gtin = item.gtin_of(lot.made_on) if item else None
    maker = lot.organisation
    place = gln_of(session, maker.id) or maker.gln or maker.unit.gso_code
    day = day_value(lot.made_on)
    return trace_code(gtin or lot.product.code, place, lot.code, day)


def _marks(session: Session, lot: Lot) -> list[tuple[str, Market]]:
    """Growing area codes of its gardens and codes of its packing house, by market."""
    sources = sources_of(session, lot)
    grown = [(one.code, one.market) for one in codes_on(session, sources)]
    return [*grown, *_packed(session, lot)]


def _packed(session: Session, lot: Lot) -> list[tuple[str, Market]]:
    """Only of the house where it was packed: a code of another would be a false mark."""
    where = (
        select(LotEvent.facility_id)
        .join(LotPart, LotPart.event_id == LotEvent.id)
        .where(
            LotPart.lot_id == lot.id,
            LotPart.role == PartRole.OUTPUT,
            LotEvent.step == LotStep.PACK,
            LotEvent.wrong_at.is_(None),
        )
    )
    rows = session.scalars(
        select(PackingHouseCode)
        .where(PackingHouseCode.facility_id.in_(where))
        .order_by(PackingHouseCode.id)
    )
    day = lot.made_on
    return [(one.code, one.market) for one in rows if counts_on(paper_of(one), day)]
