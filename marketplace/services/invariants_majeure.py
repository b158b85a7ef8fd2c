"""What must hold of every notice of force majeure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.majeure import ACCEPTED, OPEN, MajeureState
from marketplace.domain.words import ContractState, Side
from marketplace.services.violations import Violation, violations
from models.contract_events import ContractEvent
from models.contracts import Contract, ContractLine
from models.majeure import MajeureLine, MajeureNotice
from models.organisations import Membership


def _touches_something(session: Session) -> Iterator[Violation]:
    lines = select(MajeureLine.line).where(MajeureLine.notice_id == MajeureNotice.id)
    yield from violations(
        session,
        "a notice of force majeure touches a delivery",
        select(MajeureNotice.public_id, MajeureNotice.state).where(~lines.exists()),
    )


def _no_more_than_was_promised(session: Session) -> Iterator[Violation]:
    lost = func.sum(MajeureLine.lost_kg)
    yield from violations(
        session,
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


def _answered_by_the_other_side(session: Session) -> Iterator[Violation]:
    other = case(
        (MajeureNotice.given_by == Side.SELLER, Contract.buyer_id),
        else_=Contract.seller_id,
    )
    seat = select(Membership.id).where(
        Membership.user_id == MajeureNotice.answered_by_id,
        Membership.organisation_id == other,
    )
    yield from violations(
        session,
        "the other side answers a notice of force majeure",
        select(MajeureNotice.public_id, MajeureNotice.state)
        .join(Contract, Contract.id == MajeureNotice.contract_id)
        .where(MajeureNotice.answered_at.is_not(None), ~seat.exists()),
    )


def _contested_in_time(session: Session) -> Iterator[Violation]:
    yield from violations(
        session,
        "nobody contests a notice of force majeure after the hours",
        select(MajeureNotice.public_id, MajeureNotice.answered_at).where(
            MajeureNotice.answer != "",
            MajeureNotice.answered_at >= MajeureNotice.answer_by,
        ),
    )


def _closed_contracts_wait_for_nothing(session: Session) -> Iterator[Violation]:
    yield from violations(
        session,
        "no notice of force majeure is open on a closed contract",
        select(MajeureNotice.public_id, MajeureNotice.state)
        .join(Contract, Contract.id == MajeureNotice.contract_id)
        .where(MajeureNotice.state.in_(OPEN), Contract.state == ContractState.CLOSED),
    )


def _told_in_the_chain(session: Session) -> Iterator[Violation]:
    """What became of a notice is an event of its contract."""
    event = select(ContractEvent.position).where(
        ContractEvent.contract_id == MajeureNotice.contract_id,
        or_(
            (MajeureNotice.state == MajeureState.NOTIFIED)
            & (ContractEvent.event == "majeure_given"),
            ContractEvent.event == "majeure_" + MajeureNotice.state,
        ),
    )
    yield from violations(
        session,
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
