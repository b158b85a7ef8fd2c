"""Monitoring cases: opened by an officer, answered by the lead, seen by both."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import or_
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.monitoring import Audience
from marketplace.domain.monitoring_cases import (
    CaseState,
    OpenCase,
    answer_day,
)
from marketplace.domain.words import NoticeKind
from marketplace.services.evidence import EvidenceFile, keep_files
from marketplace.services.monitoring import (
    deadlines_on,
    lock_for_lead,
    lock_for_officer,
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
from models.monitoring_cases import MonitoringCase

ASK_SOMETHING = N_("Ghi điều cần bên chủ trì trả lời")
NOT_ASKED = N_("Vụ việc này không chờ bên chủ trì trả lời")


def open_case(
    session: Session,
    who: Actor,
    public_id: str,
    command: OpenCase,
    files: Sequence[EvidenceFile] = (),
    *,
    today: date,
    now: datetime,
) -> MonitoringCase:
    """An officer writes down grounds and question; a draft is for officers only."""
    chain = lock_for_officer(session, who, public_id)
    case = MonitoringCase(
        chain_id=chain.id,
        number=next_number(
            session, chain, MonitoringCase.number, MonitoringCase.chain_id
        ),
        ground=command.ground,
        about=said(command.about, "about"),
        question=said(command.question, "question", ASK_SOMETHING),
        opened_on=today,
        opened_by_id=who.user_id,
    )
    session.add(case)
    hidden = Audience.OFFICERS
    event = write_event(
        session, chain, who, "case_opened", case, case.about, now, hidden
    )
    keep_files(session, event, files, now=now)
    return case


def drop_case(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    text: str,
    *,
    now: datetime,
) -> MonitoringCase:
    """A draft that leads to nothing; Refused without a reason."""
    state = CaseState.DROPPED
    chain, case = lock_record(session, who, public_id, MonitoringCase, number, state)
    words = said(text, "text")
    case.state = state
    hidden = Audience.OFFICERS
    write_event(session, chain, who, "case_dropped", case, words, now, hidden)
    return case


def activate_case(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    *,
    today: date,
    now: datetime,
) -> MonitoringCase:
    """The lead is told of the grounds and asked to answer until a day."""
    state = CaseState.ACTIVE
    chain, case = lock_record(session, who, public_id, MonitoringCase, number, state)
    until = answer_day(today, deadlines_on(session, today).answer_days)
    case.state, case.active_on, case.answer_by = state, today, until
    text = f"{case.about}\n{case.question}"
    event = write_event(session, chain, who, "case_active", case, text, now)
    day = until.isoformat()
    tell_lead(session, chain, NoticeKind.CASE_OPENED, event, day=day)
    return case


def answer_case(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    text: str,
    files: Sequence[EvidenceFile] = (),
    *,
    today: date,
    now: datetime,
) -> MonitoringCase:
    """The lead answers, with evidence; it may add to it until officers conclude.

    An answer after the day is kept all the same, with its day.
    """
    args = who, public_id, MonitoringCase, number
    chain, case = lock_record(session, *args, lock=lock_for_lead)
    words = said(text, "text")
    if case.state is not CaseState.ACTIVE or case.concluded:
        raise Refused(NOT_ASKED)
    case.answered_on = case.answered_on or today
    event = write_event(session, chain, who, "case_answered", case, words, now)
    keep_files(session, event, files, now=now)
    tell_officers(session, chain, NoticeKind.CASE_ANSWERED, event)
    return case


def cases_waiting(session: Session, who: Actor) -> Sequence[MonitoringCase]:
    """Cases that wait for the actor: to answer as the lead, to go on as an officer."""
    which = [MonitoringCase.state == CaseState.ACTIVE]
    if who.is_officer:
        others = MonitoringCase.concluded_by_id != who.user_id
        which.append(or_(MonitoringCase.concluded_by_id.is_(None), others))
    else:
        which.append(MonitoringCase.answered_on.is_(None))
        which.append(MonitoringCase.concluded_by_id.is_(None))
    until = MonitoringCase.answer_by
    return records_waiting(session, who, MonitoringCase, until, *which)
