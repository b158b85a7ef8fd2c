"""How a monitoring case ends: one officer concludes, another decides, then it closes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.monitoring import Audience, FindingSeverity, FindingState
from marketplace.domain.monitoring_cases import CaseState, Conclude
from marketplace.domain.words import NoticeKind
from marketplace.services.evidence import EvidenceFile, keep_files
from marketplace.services.monitoring import (
    look_again,
    said,
    tell_lead,
    tell_officers,
    write_fact,
)
from marketplace.services.monitoring_findings import open_finding
from marketplace.services.monitoring_records import lock_record, write_event
from models.chains import Chain
from models.monitoring_cases import MonitoringCase

TOO_EARLY = N_("Chờ bên chủ trì trả lời, hoặc chờ hết hạn trả lời")
CONCLUDED = N_("Vụ việc này đã có kết luận, chờ cán bộ thứ hai")
NOT_CONCLUDED = N_("Cần một cán bộ kết luận trước")
OWN_CONCLUSION = N_("Người kết luận không được tự quyết định, cần cán bộ thứ hai")
NOT_MENDED = N_("Lỗi của vụ việc này chưa khắc phục xong")


def conclude_case(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    command: Conclude,
    files: Sequence[EvidenceFile] = (),
    *,
    today: date,
    now: datetime,
) -> MonitoringCase:
    """The first pair of eyes: what the case has shown; nothing follows from it yet.

    Refused: before the lead has answered or its day is over, a second conclusion.
    """
    chain, case = lock_record(session, who, public_id, MonitoringCase, number)
    _check_may_conclude(case, today)
    case.conclusion = said(command.text, "text")
    needed = command.severity is not None
    case.measures = said(command.measures, "measures") if needed else ""
    case.severity, case.concluded_by_id = command.severity, who.user_id
    text, hidden = case.conclusion, Audience.OFFICERS
    event = write_event(session, chain, who, "case_concluded", case, text, now, hidden)
    keep_files(session, event, files, now=now)
    tell_officers(session, chain, NoticeKind.CASE_TO_DECIDE, event)
    return case


def _check_may_conclude(case: MonitoringCase, today: date) -> None:
    if case.concluded:
        raise Refused(CONCLUDED)
    if case.state is not CaseState.ACTIVE or case.answer_by is None:
        raise Refused(TOO_EARLY)
    if case.answered_on is None and today <= case.answer_by:
        raise Refused(TOO_EARLY)


def reject_conclusion(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    text: str,
    *,
    now: datetime,
) -> MonitoringCase:
    """The second pair of eyes does not agree: officers conclude anew."""
    chain, case = _to_decide(session, who, public_id, number)
    words = said(text, "text")
    case.severity, case.conclusion, case.measures = None, "", ""
    case.concluded_by_id = None
    hidden = Audience.OFFICERS
    event = write_event(session, chain, who, "case_rejected", case, words, now, hidden)
    tell_officers(session, chain, NoticeKind.CASE_ANSWERED, event)
    return case


def decide_case(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    *,
    today: date,
    now: datetime,
) -> MonitoringCase:
    """The second pair of eyes agrees; the lead is told, and mends what was found.

    Refused: nobody has concluded, or the one who decides did.
    """
    chain, case = _to_decide(session, who, public_id, number)
    wrong = case.severity is not None
    case.decided_on, case.decided_by_id = today, who.user_id
    state = CaseState.ADDRESSED if wrong else CaseState.DECLINED
    check_transition(Lifecycle.CASE, case.state, state)
    case.state = state
    text = "\n".join(filter(None, (case.conclusion, case.measures)))
    name = f"case_{state}"
    event = write_event(session, chain, who, name, case, text, now)
    tell_lead(session, chain, NoticeKind.CASE_DECIDED, event)
    if wrong:
        _ask_to_mend(session, chain, who, case, today, now)
    look_again(session, chain, today=today, now=now)
    return case


def _to_decide(
    session: Session, who: Actor, public_id: str, number: int
) -> tuple[Chain, MonitoringCase]:
    chain, case = lock_record(session, who, public_id, MonitoringCase, number)
    if not case.concluded or case.state is not CaseState.ACTIVE:
        raise Refused(NOT_CONCLUDED)
    if case.concluded_by_id == who.user_id:
        raise Refused(OWN_CONCLUSION)
    return chain, case


def _ask_to_mend(
    session: Session,
    chain: Chain,
    who: Actor,
    case: MonitoringCase,
    today: date,
    now: datetime,
) -> None:
    """A serious fault fails the chain until it is mended; it is no visit (S7)."""
    assert case.severity is not None
    fact = None
    if case.severity is FindingSeverity.SERIOUS:
        note = case.conclusion
        fact = write_fact(
            session, chain, who, "case", passed=False, note=note, today=today
        )
    case.finding_id = open_finding(
        session,
        chain,
        who,
        case.severity,
        case.measures,
        fact=fact,
        today=today,
        now=now,
    ).id


def close_case(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    *,
    today: date,
    now: datetime,
) -> MonitoringCase:
    """Nothing is left to do; Refused as long as what it found is not mended."""
    state = CaseState.CLOSED
    chain, case = lock_record(session, who, public_id, MonitoringCase, number, state)
    if case.finding and case.finding.state is not FindingState.CLOSED:
        raise Refused(NOT_MENDED)
    case.state, case.closed_on = state, today
    event = write_event(session, chain, who, "case_closed", case, "", now)
    tell_lead(session, chain, NoticeKind.CASE_DECIDED, event)
    return case
