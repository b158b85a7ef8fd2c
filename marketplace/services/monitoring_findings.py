"""Non-conformities: found, mended by the lead, and closed by another officer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.monitoring import (
    Audience,
    CheckPoint,
    FindingSeverity,
    FindingState,
)
from marketplace.domain.words import NoticeKind
from marketplace.services.chains import access_chain
from marketplace.services.evidence import EvidenceFile, keep_files
from marketplace.services.monitoring import (
    deadlines_on,
    lock_for_lead,
    lock_for_officer,
    look_again,
    may_read,
    next_number,
    record_chain_event,
    said,
    tell_lead,
    tell_officers,
)
from models.chains import Chain, ChainFact
from models.monitoring import ChainEvent, Nonconformity, PostCheck, SampleTest

SAY_WHAT = N_("Nói rõ đã khắc phục thế nào")
SAY_WHY = N_("Nói rõ vì sao chưa được")
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

    `fact` is what the evaluation reads, if it reads of this. The caller holds the chain's lock.
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
        found_on=today,
        found_by_id=who.user_id,
        due_on=deadlines_on(session, today).due_on(severity, today),
        fact_id=fact.id if fact else None,
    )
    session.add(finding)
    event = _record(session, chain, who, "finding_opened", finding, text, now)
    day = finding.due_on.isoformat()
    tell_lead(session, chain, NoticeKind.FINDING_OPENED, event, day=day)
    return finding


def access_finding(
    session: Session, who: Actor, public_id: str, number: int
) -> Nonconformity:
    """A finding, for the lead and the officers of the area; NotFound for others."""
    chain = access_chain(session, who, public_id)
    finding = session.scalars(
        select(Nonconformity).where(
            Nonconformity.chain_id == chain.id, Nonconformity.number == number
        )
    ).first()
    if finding is None or not may_read(who, chain, Audience.LEAD):
        raise NotFound
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
    chain = lock_for_lead(session, who, public_id)
    words = said(text, "text", SAY_WHAT)
    finding = _move(session, who, public_id, number, FindingState.ANSWERED)
    event = _record(session, chain, who, "finding_answered", finding, words, now)
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
    chain = lock_for_officer(session, who, public_id)
    words = said(text, "text", SAY_WHY)
    finding = _move(session, who, public_id, number, FindingState.OPEN)
    event = _record(session, chain, who, "finding_refused", finding, words, now)
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

    Refused: the officer who found it, a finding that the lead has not answered.
    """
    chain = lock_for_officer(session, who, public_id)
    finding = access_finding(session, who, public_id, number)
    if finding.found_by_id == who.user_id:
        raise Refused(OWN_FINDING)
    check_transition(Lifecycle.FINDING, finding.state, FindingState.CLOSED)
    finding.state, finding.closed_on = FindingState.CLOSED, today
    finding.closed_by_id = who.user_id
    session.flush()  # what is still open is asked for
    _settle(session, finding, today)
    event = _record(session, chain, who, "finding_closed", finding, text.strip(), now)
    tell_lead(session, chain, NoticeKind.FINDING_JUDGED, event)
    look_again(session, chain, today=today, now=now)
    return finding


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


def _move(
    session: Session, who: Actor, public_id: str, number: int, state: FindingState
) -> Nonconformity:
    finding = access_finding(session, who, public_id, number)
    session.refresh(finding)
    check_transition(Lifecycle.FINDING, finding.state, state)
    finding.state = state
    return finding


def _record(
    session: Session,
    chain: Chain,
    who: Actor,
    name: str,
    finding: Nonconformity,
    text: str,
    now: datetime,
) -> ChainEvent:
    return record_chain_event(
        session,
        chain,
        who,
        name,
        now=now,
        about="finding",
        number=finding.number,
        text=text,
    )


def list_findings(session: Session, chain: Chain) -> Sequence[Nonconformity]:
    """Everything that was found, what is open first."""
    wanted = select(Nonconformity).where(Nonconformity.chain_id == chain.id)
    rows = session.scalars(wanted.order_by(Nonconformity.number)).all()
    return sorted(rows, key=lambda row: row.state is FindingState.CLOSED)


def findings_waiting(session: Session, who: Actor) -> Sequence[Nonconformity]:
    """What waits for the actor: to mend as the lead, to look at as an officer."""
    wanted = (
        select(Nonconformity)
        .join(Chain, Chain.id == Nonconformity.chain_id)
        .order_by(Nonconformity.due_on, Nonconformity.id)
    )
    if who.is_officer:
        return session.scalars(
            wanted.where(
                Nonconformity.state == FindingState.ANSWERED,
                Nonconformity.found_by_id != who.user_id,
                Chain.unit_id.in_(who.scope_unit_ids),
            )
        ).all()
    return session.scalars(
        wanted.where(
            Nonconformity.state == FindingState.OPEN,
            Chain.lead_id == who.organisation_id,
        )
    ).all()
