"""The night's look at monitoring: what is overdue is told to both sides."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.monitoring import CheckState, FindingState
from marketplace.domain.monitoring_cases import CaseState
from marketplace.domain.words import NoticeKind
from marketplace.services.monitoring import deadlines_on, subject_of
from marketplace.services.notices import notify_officers, notify_organisation
from models.chains import Chain
from models.corrective_actions import CorrectiveAction
from models.monitoring import Nonconformity, PostCheck
from models.monitoring_cases import MonitoringCase

# A version names who is told what; the record's id leads it, the round follows.
ROUNDS = 1000


def warn_overdue(session: Session, *, today: date, now: datetime) -> int:
    """Tell both sides of faults not mended and visits not made; how many are late.

    Each is told again after some days. Safe to repeat: a round is told once.
    """
    again = deadlines_on(session, today).again_days
    findings = session.scalars(
        select(Nonconformity).where(
            Nonconformity.state != FindingState.CLOSED, Nonconformity.due_on < today
        )
    ).all()
    for finding in findings:
        version = finding.id * ROUNDS + (today - finding.due_on).days // again
        params = {"day": finding.due_on.isoformat(), "reason": finding.text}
        _tell(session, finding.chain, NoticeKind.FINDING_OVERDUE, params, now, version)
    checks = session.scalars(
        select(PostCheck).where(
            PostCheck.state == CheckState.PLANNED, PostCheck.planned_on < today
        )
    ).all()
    for check in checks:
        version = check.id * ROUNDS + (today - check.planned_on).days // again
        params = {"day": check.planned_on.isoformat(), "reason": check.plan}
        _tell(session, check.chain, NoticeKind.CHECK_OVERDUE, params, now, version)
    late = _late_actions(session, today, again, now)
    late += _silent_cases(session, today, again, now)
    return len(findings) + len(checks) + late


def _late_actions(session: Session, today: date, again: int, now: datetime) -> int:
    """What the lead planned and has not done in time."""
    actions = session.scalars(
        select(CorrectiveAction).where(
            CorrectiveAction.done_on.is_(None), CorrectiveAction.due_on < today
        )
    ).all()
    for action in actions:
        # Below nought, for findings of the same kind count from nought up.
        version = -action.id * ROUNDS - (today - action.due_on).days // again
        params = {"day": action.due_on.isoformat(), "reason": action.what}
        _tell(session, action.chain, NoticeKind.FINDING_OVERDUE, params, now, version)
    return len(actions)


def _silent_cases(session: Session, today: date, again: int, now: datetime) -> int:
    """Cases whose lead has not answered in time; officers may conclude without it."""
    cases = session.scalars(
        select(MonitoringCase).where(
            MonitoringCase.state == CaseState.ACTIVE,
            MonitoringCase.answered_on.is_(None),
            MonitoringCase.concluded_by_id.is_(None),
            MonitoringCase.answer_by < today,
        )
    ).all()
    for case in cases:
        assert case.answer_by is not None
        version = case.id * ROUNDS + (today - case.answer_by).days // again
        params = {"day": case.answer_by.isoformat(), "reason": case.question}
        _tell(session, case.chain, NoticeKind.CASE_OVERDUE, params, now, version)
    return len(cases)


def _tell(
    session: Session,
    chain: Chain,
    kind: NoticeKind,
    params: dict[str, str],
    now: datetime,
    version: int,
) -> None:
    words: dict[str, object] = {"chain": chain.name, **params}
    subject = subject_of(chain)
    notify_organisation(
        session, chain.lead_id, kind, subject, words, now=now, version=version
    )
    notify_officers(
        session, chain.unit_id, kind, subject, words, now=now, version=version
    )
