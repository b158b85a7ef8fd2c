"""Post-checks: planned, told to the lead, done with a list, or cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.monitoring import (
    Audience,
    CheckState,
    DoCheck,
    FindingSeverity,
    check_seen,
    day_of_look,
)
from marketplace.domain.words import NoticeKind
from marketplace.services.evidence import EvidenceFile, keep_files
from marketplace.services.monitoring import (
    first_day,
    lock_for_officer,
    look_again,
    next_number,
    said,
    tell_lead,
    write_fact,
)
from marketplace.services.monitoring_findings import open_finding
from marketplace.services.monitoring_records import (
    lock_record,
    records_waiting,
    write_event,
)
from models.chains import Chain, ChainFact
from models.monitoring import PostCheck

IN_THE_PAST = N_("Ngày này đã qua")
NEXT_LATER = N_("Lần sau phải sau hôm nay")


def plan_check(
    session: Session,
    who: Actor,
    public_id: str,
    planned_on: date,
    plan: str = "",
    *,
    today: date,
    now: datetime,
) -> PostCheck:
    """An officer sets the day of a visit; the lead is told.

    Refused: a day that has passed, an officer of a party.
    """
    chain = lock_for_officer(session, who, public_id)
    if planned_on < today:
        raise Refused(IN_THE_PAST, "day")
    check = _planned(session, chain, who, planned_on, plan.strip())
    event = write_event(session, chain, who, "check_planned", check, check.plan, now)
    day = planned_on.isoformat()
    tell_lead(session, chain, NoticeKind.CHECK_PLANNED, event, day=day)
    return check


def cancel_check(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    text: str,
    *,
    now: datetime,
) -> PostCheck:
    """A planned visit does not take place; Refused without a reason."""
    state = CheckState.CANCELLED
    chain, check = lock_record(session, who, public_id, PostCheck, number, state)
    words = said(text, "text")
    check.state = state
    event = write_event(session, chain, who, "check_cancelled", check, words, now)
    day = check.planned_on.isoformat()
    tell_lead(session, chain, NoticeKind.CHECK_PLANNED, event, day=day)
    return check


def do_check(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    command: DoCheck,
    files: Sequence[EvidenceFile] = (),
    *,
    today: date,
    now: datetime,
) -> PostCheck:
    """Write down what was seen; every fault is a non-conformity with its day.

    It passes without a serious fault. The next visit is planned at once, unless one is.
    """
    state = CheckState.DONE
    chain, check = lock_record(session, who, public_id, PostCheck, number, state)
    fact = _fill(session, chain, who, check, command, today)
    told = check.summary, now, Audience.EVERYBODY
    event = write_event(session, chain, who, "check_done", check, *told)
    keep_files(session, event, files, now=now)
    tell_lead(session, chain, NoticeKind.CHECK_DONE, event, passed=bool(check.passed))
    for one in command.seen:
        if one.severity:
            open_finding(
                session,
                chain,
                who,
                one.severity,
                one.text.strip(),
                fact=fact,
                today=today,
                now=now,
                found_by=check,
                point=one.point,
            )
    if not _is_planned(session, chain):
        _planned(session, chain, who, command.next_due_on, "")
    look_again(session, chain, today=today, now=now)
    return check


def _fill(
    session: Session,
    chain: Chain,
    who: Actor,
    check: PostCheck,
    command: DoCheck,
    today: date,
) -> ChainFact:
    seen = check_seen(command.seen)
    if command.next_due_on <= today:
        raise Refused(NEXT_LATER, "next_due")
    check.points = [
        {"point": str(one.point), "answer": str(one.answer), "text": one.text.strip()}
        for one in seen
    ]
    check.summary = said(command.summary, "summary")
    check.passed = all(one.severity is not FindingSeverity.SERIOUS for one in seen)
    earliest = first_day(chain)
    on = day_of_look(command.done_on, "done_on", earliest=earliest, today=today)
    check.state, check.done_on = CheckState.DONE, on
    check.done_by_id, check.next_due_on = who.user_id, command.next_due_on
    kind, note = "post_check", check.summary
    fact = write_fact(
        session, chain, who, kind, passed=check.passed, note=note, today=today, on=on
    )
    check.fact_id = fact.id
    return fact


def _is_planned(session: Session, chain: Chain) -> bool:
    """Whether officers come again anyway."""
    wanted = select(PostCheck.id).where(
        PostCheck.chain_id == chain.id, PostCheck.state == CheckState.PLANNED
    )
    return session.scalar(wanted.limit(1)) is not None


def _planned(
    session: Session, chain: Chain, who: Actor, planned_on: date, plan: str
) -> PostCheck:
    check = PostCheck(
        chain_id=chain.id,
        number=next_number(session, chain, PostCheck.number, PostCheck.chain_id),
        planned_on=planned_on,
        planned_by_id=who.user_id,
        plan=plan,
    )
    session.add(check)
    session.flush()  # its history names it
    return check


def list_checks(session: Session, chain: Chain) -> Sequence[PostCheck]:
    """The post-checks of a chain, the latest first."""
    wanted = select(PostCheck).where(PostCheck.chain_id == chain.id)
    return session.scalars(wanted.order_by(PostCheck.planned_on.desc())).all()


def checks_waiting(session: Session, who: Actor, *, until: date) -> Sequence[PostCheck]:
    """Visits that are planned until a day, of the officer's area or of one's chains."""
    planned = PostCheck.state == CheckState.PLANNED, PostCheck.planned_on <= until
    return records_waiting(session, who, PostCheck, PostCheck.planned_on, *planned)
