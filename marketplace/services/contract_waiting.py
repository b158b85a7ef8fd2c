"""What contracts in force wait for from one side, or from an officer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.call_offs import CallOffState, FrameState
from marketplace.domain.words import ContractState, Side
from marketplace.domain.words_delivery import ClaimState, EntryState, NoteState
from marketplace.services.deliveries import Planned, planned_deliveries
from models.bulk import within
from models.call_offs import CallOff, CallOffFrame
from models.contracts import Contract
from models.deliveries import DeliveryNote, DeliverySaid, NoteConfirmation
from models.inspections import Claim, Inspection
from models.organisations import Organisation
from models.settlements import AccountEntry


@dataclass(frozen=True)
class Waiting:
    """Rows that wait for the side, the oldest first."""

    to_confirm: Sequence[DeliveryNote] = ()
    to_inspect: Sequence[DeliveryNote] = ()
    claims: Sequence[Claim] = ()
    entries: Sequence[AccountEntry] = ()
    days: Sequence[tuple[Contract, Planned]] = ()
    frames: Sequence[CallOffFrame] = ()
    calls: Sequence[CallOff] = ()


def waiting_for(session: Session, who: Actor) -> Waiting:
    """Everything under contracts in force that waits for this organisation."""
    return Waiting(
        to_confirm=_notes(session, _unconfirmed(who)),
        to_inspect=_notes(session, _uninspected(who)),
        claims=_claims(session, who),
        entries=_entries(session, who),
        days=_days(session, who),
        frames=_frames(session, who),
        calls=_calls(session, who),
    )


def claims_for_officer(session: Session, who: Actor) -> list[Claim]:
    """Claims in the officer's scope in which a side called for a decision."""
    wanted = (
        select(Claim)
        .join(DeliveryNote, DeliveryNote.id == Claim.note_id)
        .join(Contract, Contract.id == DeliveryNote.contract_id)
        .join(
            Organisation,
            or_(
                Organisation.id == Contract.seller_id,
                Organisation.id == Contract.buyer_id,
            ),
        )
        .where(
            Claim.state == ClaimState.MEDIATION,
            within(session, Organisation.unit_id, who.scope_unit_ids),
        )
        .distinct()
    )
    return list(session.scalars(wanted.order_by(Claim.id)))


def _party(who: Actor) -> ColumnElement[bool]:
    mine = who.organisation_id
    return or_(Contract.seller_id == mine, Contract.buyer_id == mine)


def _notes(session: Session, wanted: Select[DeliveryNote]) -> Sequence[DeliveryNote]:
    loaded = wanted.options(joinedload(DeliveryNote.contract))
    return session.scalars(loaded.order_by(DeliveryNote.received_at)).all()


def _unconfirmed(who: Actor) -> Select[DeliveryNote]:
    stood_by = exists().where(
        NoteConfirmation.note_id == DeliveryNote.id,
        NoteConfirmation.organisation_id == who.organisation_id,
    )
    return (
        select(DeliveryNote)
        .join(Contract, Contract.id == DeliveryNote.contract_id)
        .where(
            DeliveryNote.state == NoteState.WRITTEN,
            Contract.state == ContractState.IN_FORCE,
            _party(who),
            ~stood_by,
        )
    )


def _uninspected(who: Actor) -> Select[DeliveryNote]:
    return (
        select(DeliveryNote)
        .join(Contract, Contract.id == DeliveryNote.contract_id)
        .where(
            DeliveryNote.state == NoteState.CONFIRMED,
            Contract.state == ContractState.IN_FORCE,
            Contract.buyer_id == who.organisation_id,
            ~exists().where(Inspection.note_id == DeliveryNote.id),
        )
    )


def _claims(session: Session, who: Actor) -> list[Claim]:
    """Claims in which the other side spoke last."""
    wanted = (
        select(Claim)
        .join(DeliveryNote, DeliveryNote.id == Claim.note_id)
        .join(Contract, Contract.id == DeliveryNote.contract_id)
        .where(Claim.state == ClaimState.OPEN, _party(who))
    )
    return [
        claim
        for claim in session.scalars(wanted.order_by(Claim.id))
        if claim.words[-1].by_organisation_id != who.organisation_id
    ]


def _entries(session: Session, who: Actor) -> Sequence[AccountEntry]:
    mine = who.organisation_id
    bought, sold = (
        AccountEntry.recorded_by == Side.BUYER,
        AccountEntry.recorded_by == Side.SELLER,
    )
    wanted = (
        select(AccountEntry)
        .join(Contract, Contract.id == AccountEntry.contract_id)
        .where(
            AccountEntry.state == EntryState.RECORDED,
            or_(
                and_(Contract.seller_id == mine, bought),
                and_(Contract.buyer_id == mine, sold),
            ),
        )
    )
    return session.scalars(wanted.order_by(AccountEntry.recorded_at)).all()


def _days(session: Session, who: Actor) -> list[tuple[Contract, Planned]]:
    """Days that the other side asked for; only contracts with words are read."""
    spoken = exists().where(DeliverySaid.contract_id == Contract.id)
    wanted = select(Contract).where(
        Contract.state == ContractState.IN_FORCE, _party(who), spoken
    )
    return [
        (contract, planned)
        for contract in session.scalars(wanted.order_by(Contract.id))
        for planned in planned_deliveries(session, contract)
        if planned.delivery.proposed_by is not None
        and planned.delivery.proposed_by is not _side(contract, who)
    ]


def _frames(session: Session, who: Actor) -> Sequence[CallOffFrame]:
    """Standing agreements that the other side proposed, or wants to end early."""
    mine = who.organisation_id
    asked = case(
        (CallOffFrame.state == FrameState.PROPOSED, CallOffFrame.proposed_by),
        else_=CallOffFrame.end_asked_by,
    )
    bought, sold = asked == Side.BUYER, asked == Side.SELLER
    wanted = (
        select(CallOffFrame)
        .join(Contract, Contract.id == CallOffFrame.contract_id)
        .where(
            CallOffFrame.state.in_((FrameState.PROPOSED, FrameState.AGREED)),
            Contract.state.in_((ContractState.IN_FORCE, ContractState.PROPOSED)),
            or_(
                and_(Contract.seller_id == mine, bought),
                and_(Contract.buyer_id == mine, sold),
            ),
        )
    )
    return session.scalars(wanted.order_by(CallOffFrame.id)).all()


def _calls(session: Session, who: Actor) -> Sequence[CallOff]:
    """Call-offs that the cooperative has not answered."""
    wanted = (
        select(CallOff)
        .join(CallOffFrame, CallOffFrame.id == CallOff.frame_id)
        .join(Contract, Contract.id == CallOffFrame.contract_id)
        .where(
            CallOff.state == CallOffState.POSTED,
            Contract.state == ContractState.IN_FORCE,
            Contract.seller_id == who.organisation_id,
        )
    )
    return session.scalars(wanted.order_by(CallOff.answer_by)).all()


def _side(contract: Contract, who: Actor) -> Side:
    return Side.SELLER if contract.seller_id == who.organisation_id else Side.BUYER
