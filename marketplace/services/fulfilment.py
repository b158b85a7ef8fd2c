"""How far a contract is carried out: delivered, inspected, and beyond dispute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from marketplace.domain.deliveries import DeliveryState
from marketplace.domain.errors import N_
from marketplace.domain.majeure import OPEN as TOLD
from marketplace.domain.words_delivery import EntryState, NoteState
from marketplace.services.deliveries import Planned, planned_deliveries
from marketplace.services.dispute_records import OPEN
from marketplace.services.inspections import claim_until, current_inspection
from models.contracts import Contract
from models.deliveries import DeliveryNote
from models.inspections import Claim, Inspection
from models.majeure import MajeureNotice
from models.settlements import AccountEntry

NOTE_WAITS = N_("Có phiếu giao nhận chờ xác nhận")
NOT_INSPECTED = N_("Có phiếu giao nhận chưa nghiệm thu")
CLAIM_OPEN = N_("Có khiếu nại chưa khép lại")
ENTRY_WAITS = N_("Có khoản tiền chờ xác nhận")
MAJEURE_WAITS = N_("Có báo bất khả kháng chưa trả lời xong")


def all_delivered(session: Session, contract: Contract, *, today: date) -> bool:
    """Whether every planned delivery is cancelled or handed over.

    Once its days are over the agreed tolerance is enough; before, the rest may
    still come.
    """
    planned = planned_deliveries(session, contract)
    return all(_done(contract, one, today) for one in planned)


def _done(contract: Contract, one: Planned, today: date) -> bool:
    if one.delivery.state is DeliveryState.CANCELLED:
        return True
    least = max(0, one.line.kg - one.lost_kg)
    if today > max(one.line.deliver_to, one.delivery.day):
        least -= least * contract.tolerance_pct // 100
    return one.delivered_kg >= least


def notes_wait(session: Session, contract: Contract) -> bool:
    """Whether a load waits for the second side to stand by its weights."""
    return _any(session, _notes(contract, NoteState.WRITTEN))


def open_matters(session: Session, contract: Contract) -> list[str]:
    """What has to be done with goods and money that are on the table, as msgids."""
    inspected = select(Inspection.id).where(Inspection.note_id == DeliveryNote.id)
    claims = (
        select(func.count())
        .select_from(Claim)
        .join(DeliveryNote, Claim.note_id == DeliveryNote.id)
        .where(DeliveryNote.contract_id == contract.id, Claim.state.in_(OPEN))
    )
    entries = (
        select(func.count())
        .select_from(AccountEntry)
        .where(
            AccountEntry.contract_id == contract.id,
            AccountEntry.state == EntryState.RECORDED,
        )
    )
    uninspected = _notes(contract, NoteState.CONFIRMED).where(~inspected.exists())
    told = _majeure(contract)
    found = (
        (NOT_INSPECTED, uninspected),
        (CLAIM_OPEN, claims),
        (ENTRY_WAITS, entries),
        (MAJEURE_WAITS, told),
    )
    return [message for message, wanted in found if _any(session, wanted)]


def _majeure(contract: Contract) -> Select[int]:
    return select(func.count(MajeureNotice.id)).where(
        MajeureNotice.contract_id == contract.id, MajeureNotice.state.in_(TOLD)
    )


def may_still_be_disputed(
    session: Session, contract: Contract, *, now: datetime
) -> bool:
    """Whether the contract's hours for a claim still run for some finding."""
    return any(now < end for end in _claim_ends(session, contract))


def _claim_ends(session: Session, contract: Contract) -> Iterator[datetime]:
    wanted = select(DeliveryNote).where(
        DeliveryNote.contract_id == contract.id,
        DeliveryNote.state == NoteState.CONFIRMED,
    )
    for note in session.scalars(wanted):
        inspection = current_inspection(session, note)
        if inspection is not None:
            yield claim_until(session, inspection)


def _notes(contract: Contract, state: NoteState) -> Select[int]:
    return (
        select(func.count())
        .select_from(DeliveryNote)
        .where(DeliveryNote.contract_id == contract.id, DeliveryNote.state == state)
    )


def _any(session: Session, counted: Select[int]) -> bool:
    return bool(session.scalar(counted))
