"""Corrective actions: planned and done by the lead, accepted by an officer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.monitoring import FindingState, PlanAction
from marketplace.domain.words import NoticeKind
from marketplace.services.evidence import EvidenceFile, keep_files
from marketplace.services.monitoring import (
    lock_for_lead,
    next_number,
    said,
    tell_lead,
    tell_officers,
)
from marketplace.services.monitoring_records import (
    lock_record,
    records_waiting,
    write_event,
)
from marketplace.services.units import lies_within
from models.chains import Chain
from models.corrective_actions import CorrectiveAction
from models.monitoring import Nonconformity

Action = CorrectiveAction
NO_LONGER = N_("Lỗi này đã đóng")
IN_THE_PAST = N_("Ngày này đã qua")
DONE = N_("Việc này đã báo xong")
NOT_DONE = N_("Bên chủ trì chưa báo xong việc này")


def plan_action(
    session: Session,
    who: Actor,
    public_id: str,
    finding: int,
    command: PlanAction,
    *,
    today: date,
    now: datetime,
) -> CorrectiveAction:
    """The lead says what it does about a finding, who does it and until when.

    Refused: a finding that is closed, a day that has passed, no words.
    """
    args = who, public_id, Nonconformity, finding
    chain, found = lock_record(session, *args, lock=lock_for_lead)
    if found.state is FindingState.CLOSED:
        raise Refused(NO_LONGER)
    if command.due_on < today:
        raise Refused(IN_THE_PAST, "due_on")
    action = CorrectiveAction(
        chain_id=chain.id,
        number=next_number(session, chain, Action.number, Action.chain_id),
        finding_id=found.id,
        what=said(command.what, "what"),
        person=said(command.person, "person"),
        planned_on=today,
        planned_by_id=who.user_id,
        due_on=command.due_on,
    )
    session.add(action)
    write_event(session, chain, who, "action_planned", action, action.what, now)
    return action


def finish_action(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    text: str,
    files: Sequence[EvidenceFile] = (),
    *,
    today: date,
    now: datetime,
) -> CorrectiveAction:
    """The lead says that it is done, with evidence; officers look."""
    args = who, public_id, CorrectiveAction, number
    chain, action = lock_record(session, *args, lock=lock_for_lead)
    words = said(text, "text")
    if action.done_on is not None:
        raise Refused(DONE)
    action.done_on, action.done_by_id = today, who.user_id
    event = write_event(session, chain, who, "action_done", action, words, now)
    keep_files(session, event, files, now=now)
    tell_officers(session, chain, NoticeKind.FINDING_ANSWERED, event)
    return action


def accept_action(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    *,
    today: date,
    now: datetime,
) -> CorrectiveAction:
    """An officer has seen that it is done."""
    chain, action = _to_judge(session, who, public_id, number)
    action.accepted_on, action.accepted_by_id = today, who.user_id
    event = write_event(session, chain, who, "action_accepted", action, "", now)
    tell_lead(session, chain, NoticeKind.FINDING_JUDGED, event)
    return action


def return_action(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    text: str,
    *,
    now: datetime,
) -> CorrectiveAction:
    """An officer finds it not done: it is open again, with the day that it had."""
    chain, action = _to_judge(session, who, public_id, number)
    words = said(text, "text")
    action.done_on = action.done_by_id = None
    event = write_event(session, chain, who, "action_returned", action, words, now)
    day = action.due_on.isoformat()
    tell_lead(session, chain, NoticeKind.FINDING_JUDGED, event, day=day)
    return action


def _to_judge(
    session: Session, who: Actor, public_id: str, number: int
) -> tuple[Chain, CorrectiveAction]:
    chain, action = lock_record(session, who, public_id, CorrectiveAction, number)
    if action.done_on is None or action.accepted_on is not None:
        raise Refused(NOT_DONE)
    return chain, action


def actions_of(session: Session, finding: Nonconformity) -> Sequence[CorrectiveAction]:
    """What is done about a finding, in the order of its planning."""
    wanted = select(Action).where(Action.finding_id == finding.id)
    return session.scalars(wanted.order_by(Action.number)).all()


def actions_open(session: Session, who: Actor) -> Sequence[CorrectiveAction]:
    """What nobody has accepted yet, of the officer's area or of one's chains, by day."""
    open_ones = Action.accepted_on.is_(None)
    return records_waiting(session, who, Action, Action.due_on, open_ones)


def actions_waiting(session: Session, who: Actor) -> Sequence[CorrectiveAction]:
    """What waits for the actor: to do as the lead, to look at as an officer."""
    found = actions_open(session, who)
    return [one for one in found if (one.done_on is not None) is who.is_officer]


def count_overdue(session: Session, who: Actor, *, today: date) -> int:
    """Actions of the officer's area that are not done and whose day has passed."""
    wanted = (
        select(func.count(Action.id))
        .join(Chain, Chain.id == Action.chain_id)
        .where(
            Action.done_on.is_(None),
            Action.due_on < today,
            lies_within(session, Chain.unit_id, who.scope_unit_ids),
        )
    )
    return session.scalar(wanted) or 0
