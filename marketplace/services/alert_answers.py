"""What one side of a contract has to answer: notes, inspections, claims, entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.early_warning_facts import AlertCode, Waiting
from marketplace.domain.words import Side
from marketplace.domain.words_delivery import ClaimState, EntryState, NoteState
from marketplace.services.days import day_of
from models.contracts import Contract
from models.deliveries import DeliveryNote
from models.inspections import Claim, Inspection
from models.settlements import AccountEntry


def waiting_answers(
    session: Session,
    contract: Contract,
    notes: Sequence[DeliveryNote],
    found: Sequence[Inspection],
) -> Iterator[Waiting]:
    """Everything that a side has not answered yet, with whom it waits for."""
    inspected = {one.note_id for one in found}
    for note in notes:
        if note.state is NoteState.WRITTEN:
            day = day_of(note.received_at)
            yield Waiting(AlertCode.NOTE_WAITING, _other(note.written_by), day)
        elif note.confirmed_at and note.id not in inspected:
            day = day_of(note.confirmed_at)
            yield Waiting(AlertCode.INSPECTION_WAITING, Side.BUYER, day)
    yield from _claims(session, contract)
    yield from _entries(session, contract)


def _claims(session: Session, contract: Contract) -> Iterator[Waiting]:
    """A claim waits for the side that has not spoken last."""
    claims = session.scalars(
        select(Claim)
        .join(DeliveryNote, DeliveryNote.id == Claim.note_id)
        .where(
            DeliveryNote.contract_id == contract.id,
            Claim.state.in_((ClaimState.OPEN, ClaimState.MEDIATION)),
        )
    )
    sides = {contract.seller_id: Side.SELLER, contract.buyer_id: Side.BUYER}
    for claim in claims:
        last = claim.words[-1] if claim.words else None
        spoke = sides.get(last.by_organisation_id) if last else None
        since = day_of(last.at if last else claim.raised_at)
        on = _other(spoke or claim.raised_by)
        yield Waiting(AlertCode.CLAIM_WAITING, on, since)


def _entries(session: Session, contract: Contract) -> Iterator[Waiting]:
    entries = session.scalars(
        select(AccountEntry).where(
            AccountEntry.contract_id == contract.id,
            AccountEntry.state == EntryState.RECORDED,
        )
    )
    for entry in entries:
        on = _other(entry.recorded_by)
        yield Waiting(AlertCode.ENTRY_WAITING, on, day_of(entry.recorded_at))


def _other(side: Side) -> Side:
    return Side.BUYER if side is Side.SELLER else Side.SELLER
