"""The lots of chains, as S4 looks at them: on which notes they went, and if traced.

A lot on a note is traced once the market knows a lot of the seller under that number
(whose making tells where it came from) and the shipment that followed from the note.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Subquery, and_, select
from sqlalchemy.orm import Session

from marketplace.domain.chain_facts import Interval, ShippedLots
from marketplace.domain.chain_safety import LOT_DAYS
from marketplace.domain.words import ChainKind
from marketplace.domain.words_delivery import NoteState
from marketplace.domain.words_trace import LotStep, PartRole
from marketplace.services.days import day_of
from models.bulk import among
from models.chains import Chain
from models.deliveries import DeliveryNote, NoteLot
from models.lot_events import LotEvent, LotPart
from models.lots import Lot


@dataclass(frozen=True)
class NotedLot:
    """A lot on a note that both sides stand by; `linked_on` if it is traced."""

    contract_id: int
    note: str
    code: str
    on: date
    recorded_on: date
    linked_on: date | None


def shipped_lots(
    session: Session, chains: Sequence[Chain]
) -> dict[int, tuple[ShippedLots, ...] | None]:
    """The lots of safe chains by the chain's id; None where nobody keeps any yet."""
    safe = [one for one in chains if one.kind is ChainKind.SAFE_SUPPLY]
    contracts = {link.contract_id for chain in safe for link in chain.contracts}
    by_contract: defaultdict[int, list[NotedLot]] = defaultdict(list)
    for one in _noted(session, contracts):
        by_contract[one.contract_id].append(one)
    found: dict[int, tuple[ShippedLots, ...] | None] = dict.fromkeys(
        (chain.id for chain in chains), None
    )
    for chain in safe:
        lots = [
            one
            for link in chain.contracts
            for one in by_contract[link.contract_id]
            if Interval(link.linked_from, link.linked_to).contains(one.on)
        ]
        found[chain.id] = _together(lots)
    return found


def _together(lots: Iterable[NotedLot]) -> tuple[ShippedLots, ...] | None:
    """Lots of a day that became known together, as one; None if none is traced."""
    alike = Counter((one.on, one.linked_on, one.recorded_on) for one in lots)
    if not any(linked for _, linked, _ in alike):
        return None
    return tuple(
        ShippedLots(on, count, linked, recorded)
        for (on, linked, recorded), count in sorted(alike.items(), key=str)
    )


def untraced_lots(
    session: Session, contracts: Collection[int], *, today: date
) -> list[NotedLot]:
    """The lots of the last twelve months that lack a link, the newest first."""
    first = today - timedelta(days=LOT_DAYS)
    lots = [
        one
        for one in _noted(session, contracts)
        if first <= one.on and one.linked_on is None
    ]
    return sorted(lots, key=lambda one: (one.on, one.note, one.code), reverse=True)


def _noted(session: Session, contracts: Collection[int]) -> list[NotedLot]:
    """Every lot on a confirmed note of these contracts, with the shipment it became."""
    if not contracts:
        return []
    ship = _ships()
    same = and_(ship.c.note_id == NoteLot.note_id, ship.c.code == NoteLot.lot_code)
    rows: Iterable[Any] = session.execute(
        select(
            DeliveryNote.contract_id,
            DeliveryNote.public_id,
            NoteLot.lot_code,
            DeliveryNote.delivered_at,
            DeliveryNote.confirmed_at,
            ship.c.recorded_at,
        )
        .join(NoteLot, NoteLot.note_id == DeliveryNote.id)
        .outerjoin(ship, same)
        .where(
            among(session, DeliveryNote.contract_id, contracts),
            DeliveryNote.state == NoteState.CONFIRMED,
        )
        .order_by(DeliveryNote.id, NoteLot.number)
    )
    return [_lot(*row) for row in rows]


def _ships() -> Subquery:
    """The shipments that followed from notes, with the number of each lot in them."""
    return (
        select(LotEvent.note_id, Lot.code, LotEvent.recorded_at)
        .join(LotPart, LotPart.event_id == LotEvent.id)
        .join(Lot, Lot.id == LotPart.lot_id)
        .where(
            LotEvent.note_id.is_not(None),
            LotEvent.step == LotStep.SHIP,
            LotEvent.wrong_at.is_(None),
            LotPart.role == PartRole.INPUT,
        )
        .subquery()
    )


def _lot(
    contract_id: int,
    note: str,
    code: str,
    delivered_at: datetime,
    confirmed_at: datetime,
    shipped_at: datetime | None,
) -> NotedLot:
    return NotedLot(
        contract_id=contract_id,
        note=note,
        code=code,
        on=day_of(delivered_at),
        recorded_on=day_of(confirmed_at),
        linked_on=day_of(shipped_at) if shipped_at else None,
    )
