"""The record of claims: what was said, what may be said, and the finding at the end."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_deliveries import Part
from marketplace.domain.disputes import ClaimWord, Offered, settle_parts
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.words import NoticeKind, Side
from marketplace.domain.words_delivery import ClaimState
from marketplace.services.contract_events import record_event
from marketplace.services.contract_sides import tell_both_sides
from marketplace.services.inspections import (
    add_inspection,
    current_inspection,
    told,
)
from models.deliveries import DeliveryNote
from models.inspections import Claim, ClaimSaid, Inspection

OPEN = (ClaimState.OPEN, ClaimState.MEDIATION)


def open_claim(session: Session, note: DeliveryNote) -> Claim | None:
    """The claim that is not at its end, if the note has one."""
    wanted = select(Claim).where(Claim.note_id == note.id, Claim.state.in_(OPEN))
    return session.scalars(wanted).first()


def ended_claim(session: Session, inspection: Inspection) -> bool:
    """Whether both agreed on this finding or an officer decided it."""
    wanted = select(Claim.id).where(Claim.outcome_id == inspection.id)
    return session.scalar(wanted) is not None


def list_claims(session: Session, note: DeliveryNote) -> list[Claim]:
    """Every claim of a note, the oldest first."""
    wanted = select(Claim).where(Claim.note_id == note.id)
    return list(session.scalars(wanted.order_by(Claim.id)))


def possible_words(claim: Claim, side: Side) -> set[ClaimWord]:
    """What this side may say now."""
    if claim.state not in OPEN:
        return set()
    words = {ClaimWord.SAY, ClaimWord.OFFER}
    if claim.raised_by is side:
        words.add(ClaimWord.WITHDRAW)
    if claim.state is ClaimState.OPEN:
        words.add(ClaimWord.CALL_OFFICER)
    if offer_for(claim, side) is not None:
        words.add(ClaimWord.ACCEPT)
    return words


def offer_for(claim: Claim, side: Side) -> Offered | None:
    """The last offer of the other side, if this side has made none since."""
    for said in reversed(claim.words):
        if said.accepted_kg is None or said.deduction_vnd is None:
            continue
        contract = claim.note.contract
        mine = contract.seller_id if side is Side.SELLER else contract.buyer_id
        if said.by_organisation_id == mine:
            return None
        return Offered(said.accepted_kg, said.deduction_vnd)
    return None


def parts_of(inspection: Inspection | None) -> list[Part]:
    """The parts of a stored finding as values."""
    assert inspection is not None
    return [
        Part(
            part.kg,
            part.outcome,
            part.grade.code if part.grade else "",
            part.deduction_vnd,
            part.reason,
        )
        for part in inspection.parts
    ]


def say(
    session: Session,
    claim: Claim,
    who: Actor,
    word: ClaimWord,
    text: str,
    offered: Offered | None,
    now: datetime,
) -> None:
    """Append what was said."""
    position = len(claim.words)
    claim.words.append(
        ClaimSaid(
            position=position,
            previous=position - 1 if position else None,
            word=word,
            text=text,
            accepted_kg=offered.accepted_kg if offered else None,
            deduction_vnd=offered.deduction_vnd if offered else None,
            by_user_id=who.user_id,
            by_organisation_id=who.organisation_id,
            at=now,
        )
    )
    session.flush()


def move_claim(claim: Claim, state: ClaimState, closed_at: datetime | None) -> None:
    """Take one legal step."""
    check_transition(Lifecycle.CLAIM, claim.state, state)
    claim.state, claim.closed_at = state, closed_at


def settle_claim(
    session: Session,
    claim: Claim,
    state: ClaimState,
    offered: Offered,
    who: Actor | None,
    reason: str,
    now: datetime,
) -> None:
    """End a claim with a new finding; both sides are told."""
    note = claim.note
    parts = settle_parts(parts_of(current_inspection(session, note)), offered, reason)
    finding = add_inspection(session, note, parts, who=who, now=now, reason=reason)
    claim.outcome_id = finding.id
    move_claim(claim, state, now)
    session.flush()
    event = record_event(
        session, note.contract, f"claim_{state}", who, now=now, data=told(finding)
    )
    tell_both_sides(
        session,
        note.contract,
        NoticeKind.CLAIM_CLOSED,
        event,
        {"kg": finding.accepted_kg},
        subject=f"note:{note.public_id}",
    )
