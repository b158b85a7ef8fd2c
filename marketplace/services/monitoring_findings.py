"""Non-conformities: found, mended by the lead, and closed by another officer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.monitoring import (
    CheckPoint,
    FindingSeverity,
    FindingState,
)
from marketplace.domain.words import NoticeKind
from marketplace.services.evidence import EvidenceFile, keep_files
from marketplace.services.monitoring import (
    deadlines_on,
    lock_for_lead,
    look_again,
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
from models.chains import Chain, ChainFact
from models.corrective_actions import CorrectiveAction
from models.monitoring import Nonconformity, PostCheck, SampleTest

SAY_WHAT = N_("Nói rõ đã khắc phục thế nào")
SAY_WHY = N_("Nói rõ vì sao chưa được")
ACTIONS_OPEN = N_("Còn việc khắc phục chưa được cán bộ nhận")
OWN_FINDING = N_("Người ghi lỗi không được tự đóng lỗi, cần cán bộ thứ hai")


def open_finding(
    session: Session,
    chain: Chain,
    who: Actor,
    severity: FindingSeverity,
    text: str,
    *,
    fact: ChainFact | None,
    today: date,
    now: datetime,
    found_by: PostCheck | SampleTest | None = None,
    point: CheckPoint | None = None,
) -> Nonconformity:
    """Write down what is wrong, and tell the lead until when to mend it.

    `fact` is what the evaluation reads, if it reads of this. The lead has its days from
    today on, also for what was found earlier. The caller holds the chain's lock.
    """
    finding = Nonconformity(
        chain_id=chain.id,
        number=next_number(
            session, chain, Nonconformity.number, Nonconformity.chain_id
        ),
        severity=severity,
        check_id=found_by.id if isinstance(found_by, PostCheck) else None,
        sample_id=found_by.id if isinstance(found_by, SampleTest) else None,
        point=point,
        text=text,
        found_on=fact.on if fact else today,
        found_by_id=who.user_id,
        due_on=deadlines_on(session, today).due_on(severity, today),
        fact_id=fact.id if fact else None,
    )
    session.add(finding)
    event = write_event(session, chain, who, "finding_opened", finding, text, now)
    day = finding.due_on.isoformat()
    tell_lead(session, chain, NoticeKind.FINDING_OPENED, event, day=day)
    return finding


def answer_finding(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    text: str,
    files: Sequence[EvidenceFile] = (),
    *,
    now: datetime,
) -> Nonconformity:
    """The lead says how it mended it, with photos or files; officers look.

    Refused: no words, a finding that does not wait for the lead.
    """
    args, state = (who, public_id, Nonconformity, number), FindingState.ANSWERED
    chain, finding = lock_record(session, *args, state, lock_for_lead)
    words = said(text, "text", SAY_WHAT)
    finding.state = state
    event = write_event(session, chain, who, "finding_answered", finding, words, now)
    keep_files(session, event, files, now=now)
    tell_officers(session, chain, NoticeKind.FINDING_ANSWERED, event)
    return finding


def refuse_correction(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    text: str,
    *,
    now: datetime,
) -> Nonconformity:
    """An officer finds it not mended: the lead is asked again."""
    state = FindingState.OPEN
    chain, finding = lock_record(session, who, public_id, Nonconformity, number, state)
    words = said(text, "text", SAY_WHY)
    finding.state = state
    event = write_event(session, chain, who, "finding_refused", finding, words, now)
    day = finding.due_on.isoformat()
    tell_lead(session, chain, NoticeKind.FINDING_JUDGED, event, day=day)
    return finding


def accept_correction(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    text: str = "",
    *,
    today: date,
    now: datetime,
) -> Nonconformity:
    """Another officer has seen that it is mended; the chain is looked at again.

    Refused: the officer who found it, a finding that the lead has not answered, one
    of whose actions no officer has accepted.
    """
    chain, finding = lock_record(session, who, public_id, Nonconformity, number)
    if finding.found_by_id == who.user_id:
        raise Refused(OWN_FINDING)
    if _has_open_actions(session, finding):
        raise Refused(ACTIONS_OPEN)
    check_transition(Lifecycle.FINDING, finding.state, FindingState.CLOSED)
    finding.state, finding.closed_on = FindingState.CLOSED, today
    finding.closed_by_id = who.user_id
    session.flush()  # what is still open is asked for
    _settle(session, finding, today)
    said_so = text.strip(), now
    event = write_event(session, chain, who, "finding_closed", finding, *said_so)
    tell_lead(session, chain, NoticeKind.FINDING_JUDGED, event)
    look_again(session, chain, today=today, now=now)
    return finding


def _has_open_actions(session: Session, finding: Nonconformity) -> bool:
    """Whether the lead planned something that no officer has accepted."""
    left = select(CorrectiveAction.id).where(
        CorrectiveAction.finding_id == finding.id,
        CorrectiveAction.accepted_on.is_(None),
    )
    return session.scalar(left.limit(1)) is not None


def _settle(session: Session, finding: Nonconformity, today: date) -> None:
    """What failed is settled once nothing serious of it is open."""
    left = select(Nonconformity.id).where(
        Nonconformity.fact_id == finding.fact_id,
        Nonconformity.severity == FindingSeverity.SERIOUS,
        Nonconformity.state != FindingState.CLOSED,
    )
    fact = finding.fact
    if fact and not fact.passed and session.scalar(left.limit(1)) is None:
        fact.settled_on = today


def list_findings(session: Session, chain: Chain) -> Sequence[Nonconformity]:
    """Everything that was found, what is open first."""
    wanted = select(Nonconformity).where(Nonconformity.chain_id == chain.id)
    rows = session.scalars(wanted.order_by(Nonconformity.number)).all()
    return sorted(rows, key=lambda row: row.state is FindingState.CLOSED)


def findings_waiting(session: Session, who: Actor) -> Sequence[Nonconformity]:
    """What waits for the actor: to mend as the lead, to look at as an officer."""
    which = [Nonconformity.state == FindingState.OPEN]
    if who.is_officer:
        which = [
            Nonconformity.state == FindingState.ANSWERED,
            Nonconformity.found_by_id != who.user_id,
        ]
    due = Nonconformity.due_on
    return records_waiting(session, who, Nonconformity, due, *which)
