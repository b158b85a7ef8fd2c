"""An organisation contests a fact of its record; an officer decides, with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.names import clean_text
from marketplace.domain.words import NoticeKind
from marketplace.services.notices import notify_officers, notify_organisation
from marketplace.services.organisations import oversees, within_scope
from models.contracts import Contract
from models.organisations import Organisation
from models.track_records import RecordContest, RecordDecision, RecordFact

SAY_WHY = N_("Nói rõ vì sao")


def access_fact(session: Session, who: Actor, public_id: str) -> RecordFact:
    """A fact of the actor's own organisation; NotFound for all others."""
    wanted = select(RecordFact).where(RecordFact.public_id == public_id)
    fact = session.scalars(wanted).first()
    if fact is None or fact.organisation_id != who.organisation_id:
        raise NotFound
    return fact


def contest_fact(
    session: Session, who: Actor, public_id: str, reason: str, *, now: datetime
) -> RecordContest:
    """Say why a fact is wrong; the officers of the place are told.

    Refused: no reason, a fact that was contested before.
    """
    fact = access_fact(session, who, public_id)
    session.refresh(fact, with_for_update=True)  # two at once take turns
    said = clean_text(reason, long=True, field="reason")
    if not said:
        raise Refused(SAY_WHY, "reason")
    if fact.contest is not None:
        raise Refused(N_("Số liệu này đã phản đối rồi"))
    contest = RecordContest(
        fact_id=fact.id, reason=said, raised_by_id=who.user_id, raised_at=now
    )
    session.add(contest)
    session.flush()  # the notice names it
    session.refresh(fact, ["contest"])
    notify_officers(
        session,
        fact.organisation.unit_id,
        NoticeKind.RECORD_CONTESTED,
        f"contest:{contest.public_id}",
        {"organisation": fact.organisation.short_name, "reason": said},
        now=now,
    )
    return contest


def access_contest(session: Session, who: Actor, public_id: str) -> RecordContest:
    """A contest of an organisation in the officer's scope; NotFound for all others."""
    wanted = select(RecordContest).where(RecordContest.public_id == public_id)
    contest = session.scalars(wanted).first()
    if contest is None or not oversees(who, contest.fact.organisation):
        raise NotFound
    return contest


def decide_contest(
    session: Session,
    who: Actor,
    public_id: str,
    *,
    excluded: bool,
    reason: str,
    now: datetime,
) -> RecordDecision:
    """Take the fact out of the record, or let it count; the organisation is told.

    Refused: no reason, decided before.
    """
    contest = access_contest(session, who, public_id)
    fact = contest.fact
    session.refresh(fact, with_for_update=True)  # two officers take turns
    session.refresh(contest, ["decision"])
    if contest.decision is not None:
        raise Refused(N_("Phản đối này đã có trả lời"))
    said = clean_text(reason, long=True, field="reason")
    if not said:
        raise Refused(SAY_WHY, "reason")
    decision = RecordDecision(
        contest_id=contest.id,
        excluded=excluded,
        reason=said,
        decided_by_id=who.user_id,
        decided_at=now,
    )
    session.add(decision)
    session.flush()  # the record reads it from here on
    session.refresh(contest, ["decision"])
    _tell(session, fact, decision, now)
    return decision


def _tell(
    session: Session, fact: RecordFact, decision: RecordDecision, now: datetime
) -> None:
    notify_organisation(
        session,
        fact.organisation_id,
        NoticeKind.RECORD_DECIDED,
        f"record:{fact.organisation.public_id}",
        {"number": fact.contract.number, "reason": decision.reason},
        now=now,
        version=decision.contest_id,
    )


def open_contests(
    session: Session, who: Actor, *, limit: int = 20, offset: int = 0
) -> tuple[Sequence[RecordContest], int]:
    """What waits for an officer's answer, the oldest first, and how many."""
    waiting = _waiting(session, who)
    total = session.scalar(select(func.count()).select_from(waiting.subquery())) or 0
    fact = joinedload(RecordContest.fact)
    page = waiting.options(
        fact.joinedload(RecordFact.organisation),
        fact.joinedload(RecordFact.contract).joinedload(Contract.product),
    ).order_by(RecordContest.raised_at, RecordContest.id)
    return session.scalars(page.limit(limit).offset(offset)).all(), total


def _waiting(session: Session, who: Actor) -> Select[RecordContest]:
    decided = select(RecordDecision.contest_id)
    return (
        select(RecordContest)
        .join(RecordFact, RecordFact.id == RecordContest.fact_id)
        .join(Organisation, Organisation.id == RecordFact.organisation_id)
        .where(RecordContest.id.not_in(decided), within_scope(session, who))
    )
