"""What must hold of every notice of force majeure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.majeure import ACCEPTED, OPEN, MajeureState
from marketplace.domain.words import ContractState, Side
from marketplace.services.violations import Question, Violation, asked_alike
from models.contract_events import ContractEvent
from models.contracts import Contract, ContractLine
from models.majeure import MajeureLine, MajeureNotice
from models.organisations import Membership


@asked_alike
def _touches_something() -> Iterator[Question]:
    lines = select(MajeureLine.line).where(MajeureLine.notice_id == MajeureNotice.id)
    yield (
        "a notice of force majeure touches a delivery",
        select(MajeureNotice.public_id, MajeureNotice.state).where(~lines.exists()),
    )


@asked_alike
def _no_more_than_was_promised() -> Iterator[Question]:
    lost = func.sum(MajeureLine.lost_kg)
    yield (
        "what force majeure took was promised",
        select(MajeureLine.contract_id, MajeureLine.line, lost, ContractLine.kg)
        .join(MajeureNotice, MajeureNotice.id == MajeureLine.notice_id)
        .join(
            ContractLine,
            (ContractLine.contract_id == MajeureLine.contract_id)
            & (ContractLine.number == MajeureLine.line),
        )
        .where(MajeureNotice.state.in_(ACCEPTED))
        .group_by(MajeureLine.contract_id, MajeureLine.line, ContractLine.kg)
        .having(lost > ContractLine.kg),
    )


@asked_alike
def _answered_by_the_other_side() -> Iterator[Question]:
    other = case(
        (MajeureNotice.given_by == Side.SELLER, Contract.buyer_id),
        else_=Contract.seller_id,
    )
    seat = select(Membership.id).where(
        Membership.user_id == MajeureNotice.answered_by_id,
        Membership.organisation_id == other,
    )
    yield (
        "the other side answers a notice of force majeure",
        select(MajeureNotice.public_id, MajeureNotice.state)
        .join(Contract, Contract.id == MajeureNotice.contract_id)
        .where(MajeureNotice.answered_at.is_not(None), ~seat.exists()),
    )


@asked_alike
def _contested_in_time() -> Iterator[Question]:
    yield (
        "nobody contests a notice of force majeure after the hours",
        select(MajeureNotice.public_id, MajeureNotice.answered_at).where(
            MajeureNotice.answer != "",
            MajeureNotice.answered_at >= MajeureNotice.answer_by,
        ),
    )


@asked_alike
def _closed_contracts_wait_for_nothing() -> Iterator[Question]:
    yield (
        "no notice of force majeure is open on a closed contract",
        select(MajeureNotice.public_id, MajeureNotice.state)
        .join(Contract, Contract.id == MajeureNotice.contract_id)
        .where(MajeureNotice.state.in_(OPEN), Contract.state == ContractState.CLOSED),
    )


@asked_alike
def _told_in_the_chain() -> Iterator[Question]:
    """What became of a notice is an event of its contract."""
    event = select(ContractEvent.position).where(
        ContractEvent.contract_id == MajeureNotice.contract_id,
        or_(
            (MajeureNotice.state == MajeureState.NOTIFIED)
            & (ContractEvent.event == "majeure_given"),
            ContractEvent.event == "majeure_" + MajeureNotice.state,
        ),
    )
    yield (
        "every answer to force majeure is in the audit chain",
        select(MajeureNotice.public_id, MajeureNotice.state).where(~event.exists()),
    )


CHECKS_OF_MAJEURE: tuple[Callable[[Session], Iterator[Violation]], ...] = (
    _touches_something,
    _no_more_than_was_promised,
    _answered_by_the_other_side,
    _contested_in_time,
    _closed_contracts_wait_for_nothing,
    _told_in_the_chain,
)
