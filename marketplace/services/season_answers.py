"""The answer to a plan of several seasons: yes, no, or taken back."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.names import clean_text
from marketplace.domain.season_plans import place_lines
from marketplace.domain.words import ContractState, NoticeKind, PriceMode, Side
from marketplace.domain.words_seasons import SeasonPlanState
from marketplace.services.contract_events import move_contract
from marketplace.services.season_drawing import draw_seasons
from marketplace.services.season_plans import (
    lines_of,
    lock_unsigned,
    open_plan,
    spans_for,
    tell_of_plan,
)
from models.contracts import Contract
from models.season_plans import SeasonPlan

NO_PLAN = N_("Không còn đề nghị nào chờ trả lời")


def agree_to_seasons(
    session: Session,
    who: Actor,
    public_id: str,
    *,
    keeps_price: bool,
    today: date,
    now: datetime,
) -> SeasonPlan:
    """Say yes: the contract is worded anew over all its seasons, for both to sign.

    A fixed price holds for later seasons only if both keep it; else they go by the
    market that the plan names. Refused as the plan was, and for its own proposer.
    """
    contract, side, plan = _lock_plan(session, who, public_id, now)
    if side is plan.proposed_by:
        raise Refused(N_("Việc này là của bên kia"))
    fixed = contract.price_mode is PriceMode.FIXED
    keeps = plan.keeps_price and (keeps_price or not fixed)
    spans = spans_for(session, contract, plan.seasons, today=today)
    placed = place_lines(lines_of(plan), spans[1:])
    version = draw_seasons(
        session, contract, spans, placed, "" if keeps else plan.market, who=who, now=now
    )
    plan.version = version.version
    _close(plan, SeasonPlanState.AGREED, now)
    _answered(session, contract, side, plan, who, now)
    return plan


def refuse_seasons(
    session: Session, who: Actor, public_id: str, answer: str, *, now: datetime
) -> SeasonPlan:
    """Say no, and why: the contract stays over one season."""
    contract, side, plan = _lock_plan(session, who, public_id, now)
    if side is plan.proposed_by:
        raise Refused(N_("Việc này là của bên kia"))
    plan.answer = clean_text(answer, long=True, field="answer")
    if not plan.answer:
        raise Refused(N_("Nói rõ vì sao từ chối"), "answer")
    _close(plan, SeasonPlanState.REFUSED, now)
    _answered(session, contract, side, plan, who, now)
    return plan


def withdraw_seasons(
    session: Session, who: Actor, public_id: str, *, now: datetime
) -> SeasonPlan:
    """Whoever proposed it takes it back."""
    contract, side, plan = _lock_plan(session, who, public_id, now)
    if side is not plan.proposed_by:
        raise Refused(N_("Việc này là của bên kia"))
    _close(plan, SeasonPlanState.WITHDRAWN, now)
    _answered(session, contract, side, plan, who, now)
    return plan


def _lock_plan(
    session: Session, who: Actor, public_id: str, now: datetime
) -> tuple[Contract, Side, SeasonPlan]:
    contract, side = lock_unsigned(session, who, public_id, now)
    plan = open_plan(session, contract)
    if plan is None:
        raise Refused(NO_PLAN)
    return contract, side, plan


def _close(plan: SeasonPlan, state: SeasonPlanState, now: datetime) -> None:
    check_transition(Lifecycle.SEASON_PLAN, plan.state, state)
    plan.state, plan.closed_at = state, now


def _answered(
    session: Session,
    contract: Contract,
    side: Side,
    plan: SeasonPlan,
    who: Actor,
    now: datetime,
) -> None:
    """Back to be signed, whatever came of the plan; the other side hears of it."""
    move_contract(
        session,
        contract,
        ContractState.PROPOSED,
        f"seasons_{plan.state}",
        who,
        now=now,
        data={"number": plan.number, "version": contract.current_version},
    )
    tell_of_plan(session, contract, side, NoticeKind.SEASONS_ANSWERED, plan)
