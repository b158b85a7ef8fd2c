"""Monitoring cases: opened by an officer, answered by the lead, seen by both."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.monitoring import Audience
from marketplace.domain.monitoring_cases import (
    CaseState,
    OpenCase,
    answer_day,
)
from marketplace.domain.words import NoticeKind
from marketplace.services.chains import access_chain
from marketplace.services.evidence import EvidenceFile, keep_files
from marketplace.services.monitoring import (
    deadlines_on,
    lock_for_lead,
    lock_for_officer,
    may_read,
    next_number,
    record_chain_event,
    said,
    tell_lead,
    tell_officers,
)
from models.chains import Chain
from models.monitoring import ChainEvent
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
    event = record_case_event(
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
    chain = lock_for_officer(session, who, public_id)
    words = said(text, "text")
    case = move_case(session, who, public_id, number, CaseState.DROPPED)
    hidden = Audience.OFFICERS
    record_case_event(session, chain, who, "case_dropped", case, words, now, hidden)
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
    chain = lock_for_officer(session, who, public_id)
    case = access_case(session, who, public_id, number)
    check_transition(Lifecycle.CASE, case.state, CaseState.ACTIVE)
    until = answer_day(today, deadlines_on(session, today).answer_days)
    case.state, case.active_on, case.answer_by = CaseState.ACTIVE, today, until
    text = f"{case.about}\n{case.question}"
    event = record_case_event(session, chain, who, "case_active", case, text, now)
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
    chain = lock_for_lead(session, who, public_id)
    words = said(text, "text")
    case = access_case(session, who, public_id, number)
    if case.state is not CaseState.ACTIVE or case.concluded:
        raise Refused(NOT_ASKED)
    case.answered_on = case.answered_on or today
    event = record_case_event(session, chain, who, "case_answered", case, words, now)
    keep_files(session, event, files, now=now)
    tell_officers(session, chain, NoticeKind.CASE_ANSWERED, event)
    return case


def access_case(
    session: Session, who: Actor, public_id: str, number: int
) -> MonitoringCase:
    """A case, for officers of the area, and for the lead once it is active."""
    chain = access_chain(session, who, public_id)
    case = session.scalars(
        select(MonitoringCase).where(
            MonitoringCase.chain_id == chain.id, MonitoringCase.number == number
        )
    ).first()
    if case is None or not may_read(who, chain, _audience(case)):
        raise NotFound
    return case


def list_cases(session: Session, who: Actor, chain: Chain) -> Sequence[MonitoringCase]:
    """The cases of a chain that the actor may see, the latest first."""
    wanted = select(MonitoringCase).where(MonitoringCase.chain_id == chain.id)
    found = session.scalars(wanted.order_by(MonitoringCase.number.desc()))
    return [one for one in found if may_read(who, chain, _audience(one))]


def _audience(case: MonitoringCase) -> Audience:
    return Audience.OFFICERS if case.active_on is None else Audience.LEAD


def move_case(
    session: Session, who: Actor, public_id: str, number: int, state: CaseState
) -> MonitoringCase:
    """Take one legal step; the caller holds the chain's lock."""
    case = access_case(session, who, public_id, number)
    session.refresh(case)
    check_transition(Lifecycle.CASE, case.state, state)
    case.state = state
    return case


def record_case_event(
    session: Session,
    chain: Chain,
    who: Actor,
    name: str,
    case: MonitoringCase,
    text: str,
    now: datetime,
    audience: Audience = Audience.LEAD,
) -> ChainEvent:
    """Write down what happened in a case."""
    return record_chain_event(
        session,
        chain,
        who,
        name,
        now=now,
        about="case",
        number=case.number,
        text=text,
        audience=audience,
    )


def cases_waiting(session: Session, who: Actor) -> Sequence[MonitoringCase]:
    """Cases that wait for the actor: to answer as the lead, to go on as an officer."""
    wanted = (
        select(MonitoringCase)
        .join(Chain, Chain.id == MonitoringCase.chain_id)
        .order_by(MonitoringCase.answer_by, MonitoringCase.id)
    )
    active = MonitoringCase.state == CaseState.ACTIVE
    if not who.is_officer:
        return session.scalars(
            wanted.where(
                active,
                MonitoringCase.answered_on.is_(None),
                MonitoringCase.concluded_by_id.is_(None),
                Chain.lead_id == who.organisation_id,
            )
        ).all()
    others = or_(
        MonitoringCase.concluded_by_id.is_(None),
        MonitoringCase.concluded_by_id != who.user_id,
    )
    return session.scalars(
        wanted.where(active, others, Chain.unit_id.in_(who.scope_unit_ids))
    ).all()
