"""Several seasons under one contract: proposed and answered before anybody signs.

What both want becomes the next version of the contract's words, and its plan; then
both sign as ever. Later seasons take nothing of the harvest or the offer that the
first one was made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.amendments import MOST_DELIVERIES
from marketplace.domain.errors import N_, Conflict, Refused
from marketplace.domain.renewals import PlanLine
from marketplace.domain.season_plans import (
    ProposeSeasons,
    SeasonSpan,
    place_lines,
    season_spans,
)
from marketplace.domain.words import ContractState, NoticeKind, PriceMode, Side
from marketplace.domain.words_seasons import SeasonPlanState
from marketplace.services.contract_events import move_contract
from marketplace.services.contract_sides import lock_party_contract, tell_other_side
from marketplace.services.contracts import NO_LONGER, WAITING
from marketplace.services.harvest_limits import harvest_months
from marketplace.services.price_lookup import market_of
from marketplace.services.rules import rule
from marketplace.services.signing import current_version
from models.contracts import Contract
from models.season_plans import SeasonPlan

ONLY_SIGNATORIES = N_("Chỉ người đại diện của tổ chức được ký")


def open_plan(session: Session, contract: Contract) -> SeasonPlan | None:
    """The plan that waits for an answer, while the contract waits for signatures."""
    if contract.state not in WAITING:
        return None
    wanted = select(SeasonPlan).where(
        SeasonPlan.contract_id == contract.id,
        SeasonPlan.state == SeasonPlanState.PROPOSED,
    )
    return session.scalars(wanted).first()


def plans_waiting(
    session: Session, who: Actor, *, now: datetime
) -> Sequence[SeasonPlan]:
    """Plans that the other side of the actor's contracts proposed, the oldest first."""
    mine = who.organisation_id
    asked = SeasonPlan.proposed_by
    wanted = (
        select(SeasonPlan)
        .join(Contract, Contract.id == SeasonPlan.contract_id)
        .where(
            SeasonPlan.state == SeasonPlanState.PROPOSED,
            Contract.state.in_(WAITING),
            Contract.sign_by > now,
            or_(
                and_(Contract.seller_id == mine, asked == Side.BUYER),
                and_(Contract.buyer_id == mine, asked == Side.SELLER),
            ),
        )
    )
    return session.scalars(wanted.order_by(SeasonPlan.id)).all()


def may_propose(session: Session, contract: Contract) -> bool:
    """Whether seasons may still be added: nobody signed, and no plan is open."""
    return (
        contract.state in WAITING
        and not current_version(session, contract).signatures
        and open_plan(session, contract) is None
    )


def check_may_propose(session: Session, contract: Contract) -> None:
    """Refused once a side has signed, or while a plan is open."""
    if not may_propose(session, contract):
        raise Refused(N_("Đã có bên ký hoặc đang có đề nghị chờ trả lời"))


def first_plan(contract: Contract) -> tuple[PlanLine, ...]:
    """The planned deliveries of the season that the contract was made over."""
    return tuple(
        PlanLine(line.deliver_from, line.deliver_to, line.kg)
        for line in contract.lines
        if not line.season
    )


def spans_for(
    session: Session, contract: Contract, seasons: int, *, today: date
) -> tuple[SeasonSpan, ...]:
    """The days of so many seasons of the contract, by the crop calendar."""
    variety = contract.harvest.variety if contract.harvest else None
    return season_spans(
        contract.season,
        first_plan(contract),
        harvest_months(session, contract.product.code, today),
        variety.code if variety else None,
        seasons,
        slack_days=int(rule(session, "contract.seasons", today)["slack_days"]),
    )


def propose_seasons(
    session: Session,
    who: Actor,
    public_id: str,
    command: ProposeSeasons,
    *,
    today: date,
    now: datetime,
) -> SeasonPlan:
    """Lay a plan of several seasons before the other side.

    Refused: not a representative, somebody has signed, another plan is open, a
    delivery outside its season; Conflict if the words changed since they were read.
    """
    contract, side = lock_unsigned(session, who, public_id, now)
    version = current_version(session, contract)
    if version.digest != command.digest:
        raise Conflict(N_("Nội dung hợp đồng đã thay đổi, hãy đọc lại"))
    check_may_propose(session, contract)
    _check(session, contract, command, today)
    plan = _add(session, contract, command, side, who, now)
    move_contract(
        session,
        contract,
        ContractState.NEGOTIATING,
        "seasons_proposed",
        who,
        now=now,
        data={"number": plan.number, "seasons": plan.seasons},
    )
    tell_of_plan(session, contract, side, NoticeKind.SEASONS_PROPOSED, plan)
    return plan


def lock_unsigned(
    session: Session, who: Actor, public_id: str, now: datetime
) -> tuple[Contract, Side]:
    """A contract that waits for signatures, locked, for whoever may sign it."""
    contract, side = lock_party_contract(session, who, public_id, live=False)
    if not who.may_sign:
        raise Refused(ONLY_SIGNATORIES)
    if contract.state not in WAITING or contract.sign_by <= now:
        raise Refused(NO_LONGER)
    return contract, side


def _check(
    session: Session, contract: Contract, command: ProposeSeasons, today: date
) -> None:
    most = int(rule(session, "contract.seasons", today)["most"])
    if not 2 <= command.seasons <= most:
        raise Refused(N_("Chọn từ 2 đến %(most)s vụ"), "seasons", most=most)
    if len(command.lines) > MOST_DELIVERIES:
        raise Refused(N_("Nhiều nhất %(most)s đợt giao"), "lines", most=MOST_DELIVERIES)
    if any(line.kg <= 0 for line in command.lines):
        raise Refused(N_("Mỗi đợt giao phải có số kg"), "lines")
    spans = spans_for(session, contract, command.seasons, today=today)
    place_lines(command.lines, spans[1:])
    # A fixed price holds on only where both want it, so what holds else is named.
    fixed = contract.price_mode is PriceMode.FIXED
    if fixed or not command.keeps_price or command.market:
        market_of(session, command.market, "market")


def _add(
    session: Session,
    contract: Contract,
    command: ProposeSeasons,
    side: Side,
    who: Actor,
    now: datetime,
) -> SeasonPlan:
    plan = SeasonPlan(
        contract_id=contract.id,
        number=len(plans_of(session, contract)) + 1,
        seasons=command.seasons,
        lines=[_row(line) for line in sorted(command.lines)],
        keeps_price=command.keeps_price,
        market=command.market,
        proposed_by=side,
        proposed_by_id=who.user_id,
        proposed_at=now,
    )
    session.add(plan)
    session.flush()  # the notice and the event name it
    return plan


def _row(line: PlanLine) -> dict[str, Any]:
    days = {"first_day": line.first_day, "last_day": line.last_day}
    return {name: day.isoformat() for name, day in days.items()} | {"kg": line.kg}


def lines_of(plan: SeasonPlan) -> tuple[PlanLine, ...]:
    """The planned deliveries of a plan, in the order of their days."""
    return tuple(
        PlanLine(
            date.fromisoformat(row["first_day"]),
            date.fromisoformat(row["last_day"]),
            int(row["kg"]),
        )
        for row in plan.lines
    )


def plans_of(session: Session, contract: Contract) -> Sequence[SeasonPlan]:
    """Every plan that was ever proposed, the oldest first."""
    wanted = select(SeasonPlan).where(SeasonPlan.contract_id == contract.id)
    return session.scalars(wanted.order_by(SeasonPlan.number)).all()


def tell_of_plan(
    session: Session, contract: Contract, side: Side, kind: NoticeKind, plan: SeasonPlan
) -> None:
    """Tell the side that did not act of the step that was taken last."""
    event = contract.events[-1]
    params: dict[str, object] = {"seasons": plan.seasons}
    tell_other_side(
        session,
        contract,
        side,
        kind,
        event,
        params,
        subject=f"seasons:{contract.public_id}",
    )
