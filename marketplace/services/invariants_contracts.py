"""What must hold of every contract: its sums, its signatures, its history."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from marketplace.domain.words import ContractState
from marketplace.domain.words_delivery import NoteState, Outcome
from marketplace.services.contract_events import first_broken_link
from marketplace.services.violations import (
    Question,
    Violation,
    asked_alike,
    streamed,
)
from models.closings import ClosingConfirmation
from models.contracts import Contract, ContractLine, ContractVersion
from models.deliveries import DeliveryNote
from models.inspections import Inspection, InspectionPart
from models.signatures import Signature

SIGNED_STATES = (
    ContractState.SIGNED,
    ContractState.IN_FORCE,
    ContractState.SUSPENDED,
    ContractState.FULFILLED,
)


@asked_alike
def _contract_sums() -> Iterator[Question]:
    total = func.coalesce(func.sum(ContractLine.kg), 0)
    yield (
        "a contract's lines sum to its total, and its value follows",
        select(Contract.public_id, Contract.total_kg, total, Contract.value_vnd)
        .outerjoin(ContractLine, ContractLine.contract_id == Contract.id)
        .group_by(
            Contract.id,
            Contract.public_id,
            Contract.total_kg,
            Contract.price_vnd,
            Contract.value_vnd,
            Contract.current_version,
        )
        .having(
            or_(
                Contract.total_kg != total,
                and_(
                    Contract.current_version == 1,
                    Contract.value_vnd != Contract.total_kg * Contract.price_vnd,
                ),
            )
        ),
    )


@asked_alike
def _both_signed() -> Iterator[Question]:
    signed = (
        select(func.count())
        .select_from(Signature)
        .where(
            Signature.contract_id == Contract.id,
            Signature.version == Contract.current_version,
        )
        .scalar_subquery()
    )
    yield (
        "a signed contract carries both signatures",
        select(Contract.public_id, Contract.state, signed).where(
            Contract.state.in_(SIGNED_STATES), signed != 2
        ),
    )


def _words_are_as_signed(session: Session) -> Iterator[Violation]:
    """Columns alone, a batch at a time: a nation's contracts do not fit in memory."""
    row = ContractVersion
    wanted = select(row.contract_id, row.version, row.content, row.digest)
    for contract, version, content, digest in streamed(session, wanted):
        found = hashlib.sha256(content.encode()).hexdigest()
        if found != digest:
            yield Violation(
                "a version's digest is that of its words",
                f"{contract}/{version}",
                found,
            )


def _audit_chains_hold(session: Session) -> Iterator[Violation]:
    wanted = select(Contract).options(selectinload(Contract.events))
    for (contract,) in streamed(session, wanted):
        broken = first_broken_link(contract)
        if broken is not None:
            yield Violation(
                "the audit chain is unbroken", contract.public_id, f"link {broken}"
            )
        steps = [link.new_state for link in contract.events if link.new_state]
        if not contract.events or (steps or ["draft"])[-1] != contract.state:
            yield Violation(
                "every step of a contract is in its audit chain",
                contract.public_id,
                f"{contract.state} after {steps}",
            )


@asked_alike
def _gives_back_what_nobody_delivered() -> Iterator[Question]:
    noted = (
        select(func.coalesce(func.sum(DeliveryNote.net_kg), 0))
        .where(_of_line(), DeliveryNote.state != NoteState.VOID)
        .scalar_subquery()
    )
    yield (
        "what went back to the harvest was not delivered",
        select(ContractLine.contract_id, ContractLine.released_kg, noted).where(
            ContractLine.released_kg > 0,
            ContractLine.released_kg + noted > ContractLine.kg,
        ),
    )


@asked_alike
def _refuses_what_was_turned_away() -> Iterator[Question]:
    newer = aliased(Inspection)
    superseded = select(newer.id).where(
        newer.note_id == Inspection.note_id, newer.number > Inspection.number
    )
    rejected = (
        select(func.coalesce(func.sum(InspectionPart.kg), 0))
        .join(Inspection, Inspection.id == InspectionPart.inspection_id)
        .join(DeliveryNote, DeliveryNote.id == Inspection.note_id)
        .where(
            _of_line(),
            ~superseded.exists(),
            InspectionPart.outcome == Outcome.REJECTED,
        )
        .scalar_subquery()
    )
    yield (
        "what went back to the tranche alone was turned away",
        select(ContractLine.contract_id, ContractLine.refused_kg, rejected).where(
            ContractLine.refused_kg > rejected
        ),
    )


@asked_alike
def _both_closed() -> Iterator[Question]:
    """A third check of what the trigger forbids, past a restore without triggers."""
    confirmed = (
        select(ClosingConfirmation.digest)
        .where(ClosingConfirmation.contract_id == Contract.id)
        .group_by(ClosingConfirmation.digest)
        .having(func.count() == 2)
    )
    yield (
        "a closed contract has both confirmations over one digest",
        select(Contract.public_id, Contract.state).where(
            Contract.state == ContractState.CLOSED, ~confirmed.exists()
        ),
    )


def _of_line() -> ColumnElement[bool]:
    return and_(
        DeliveryNote.contract_id == ContractLine.contract_id,
        DeliveryNote.line == ContractLine.number,
    )


CHECKS_OF_CONTRACTS: tuple[Callable[[Session], Iterator[Violation]], ...] = (
    _contract_sums,
    _both_signed,
    _words_are_as_signed,
    _audit_chains_hold,
    _gives_back_what_nobody_delivered,
    _refuses_what_was_turned_away,
    _both_closed,
)
