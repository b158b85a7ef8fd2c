"""What must hold of standing agreements, and of the deliveries made of their calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from sqlalchemy import Exists, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.domain.call_offs import CallOffState, week_of
from marketplace.services.violations import Question, Violation, asked_alike
from models.call_offs import CallOff, CallOffFrame
from models.contracts import ContractLine, ContractVersion

CONFIRMED = CallOff.state == CallOffState.CONFIRMED


@asked_alike
def _calls_keep_to_the_band() -> Iterator[Question]:
    """What is live of a week, summed, is within the week's most."""
    called = func.sum(func.coalesce(CallOff.confirmed_kg, CallOff.kg))
    yield (
        "what is called for a week is within the band that both agreed on",
        select(CallOffFrame.id, CallOff.week, called, CallOffFrame.most_kg)
        .select_from(CallOff)
        .join(CallOff.frame)
        .where(CallOff.state.in_((CallOffState.POSTED, CallOffState.CONFIRMED)))
        .group_by(CallOffFrame.id, CallOff.week, CallOffFrame.most_kg)
        .having(called > CallOffFrame.most_kg),
    )


def _calls_keep_to_their_weeks(session: Session) -> Iterator[Violation]:
    """Weeks are named by their Monday, and a call has its days in one of them."""
    found = session.execute(
        select(
            CallOff.public_id,
            CallOff.week,
            CallOff.first_day,
            CallOff.last_day,
            CallOffFrame.first_week,
            CallOffFrame.last_week,
        ).join(CallOff.frame)
    ).all()
    for row in found:
        sunday = row.week + timedelta(days=6)
        days = row.week <= row.first_day <= row.last_day <= sunday
        agreed = row.first_week <= row.week <= row.last_week
        if not (days and agreed and row.week == week_of(row.week)):
            yield Violation(
                "a call-off has its days in a week of its agreement",
                row.public_id,
                f"{row.first_day} to {row.last_day}, week {row.week}",
            )


@asked_alike
def _calls_below_the_least_were_the_rest() -> Iterator[Question]:
    """Less than the least is called only where it was all that was left.

    So nothing is called after it, until the other side has brought less or none.
    """
    later = aliased(CallOff)
    whole = and_(CONFIRMED, CallOff.confirmed_kg == CallOff.kg)
    after = exists().where(
        later.frame_id == CallOff.frame_id,
        later.id > CallOff.id,
        later.state == CallOffState.CONFIRMED,
        later.posted_at > CallOff.answered_at,
    )
    unreduced = ~exists().where(
        later.frame_id == CallOff.frame_id,
        later.state != CallOffState.POSTED,
        func.coalesce(later.confirmed_kg, 0) < later.kg,
    )
    yield (
        "less than the band's least is called only as the rest",
        select(CallOff.public_id, CallOff.kg, CallOffFrame.least_kg)
        .select_from(CallOff)
        .join(CallOff.frame)
        .where(CallOff.kg < CallOffFrame.least_kg, whole, after, unreduced),
    )


@asked_alike
def _confirmed_calls_are_deliveries() -> Iterator[Question]:
    """Of as many kilograms as confirmed, unless an amendment has changed them since."""
    line = and_(
        ContractLine.contract_id == CallOffFrame.contract_id,
        ContractLine.number == CallOff.delivery_line,
    )
    source = or_(
        ContractLine.called_from == CallOffFrame.line,
        ContractLine.number == CallOffFrame.line,
    )
    yield (
        "a confirmed call-off is a delivery of its kilograms out of the agreed one",
        select(CallOff.public_id, CallOff.confirmed_kg, ContractLine.kg)
        .select_from(CallOff)
        .join(CallOff.frame)
        .outerjoin(ContractLine, line)
        .where(
            CONFIRMED,
            or_(
                ContractLine.number.is_(None),
                ~source,
                and_(ContractLine.kg != CallOff.confirmed_kg, ~_amended_since()),
            ),
        ),
    )


def _amended_since() -> Exists:
    return exists().where(
        ContractVersion.contract_id == ContractLine.contract_id,
        ContractVersion.version == ContractLine.version,
        ContractVersion.made_at >= CallOff.answered_at,
        ContractVersion.version > 1,
    )


@asked_alike
def _called_deliveries_have_their_call() -> Iterator[Question]:
    calls = (
        select(func.count(CallOff.id))
        .join(CallOffFrame, CallOffFrame.id == CallOff.frame_id)
        .where(
            CallOffFrame.contract_id == ContractLine.contract_id,
            CallOff.delivery_line == ContractLine.number,
        )
        .scalar_subquery()
    )
    yield (
        "a delivery split off another has exactly one call-off",
        select(ContractLine.contract_id, ContractLine.number, calls).where(
            ContractLine.called_from.is_not(None), calls != 1
        ),
    )


CHECKS_OF_CALL_OFFS: tuple[Callable[[Session], Iterator[Violation]], ...] = (
    _calls_keep_to_the_band,
    _calls_keep_to_their_weeks,
    _calls_below_the_least_were_the_rest,
    _confirmed_calls_are_deliveries,
    _called_deliveries_have_their_call,
)
