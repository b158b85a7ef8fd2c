"""Two officers on a chain that may have stopped: an opinion, a decision, an undoing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.monitoring import Audience
from marketplace.domain.words import NoticeKind
from marketplace.services.chain_dormancy import is_sleeping
from marketplace.services.monitoring import (
    look_again,
    said,
    tell_lead,
    tell_officers,
    write_fact,
)
from marketplace.services.monitoring_records import (
    lock_record,
    records_waiting,
    write_event,
)
from marketplace.services.units import lies_within
from models.chain_dormancy import DormancyProposal
from models.chains import Chain

OVER = N_("Đề nghị này đã xong")
NOT_LOOKED = N_("Cần một cán bộ ghi ý kiến trước")
OWN_OPINION = N_("Người ghi ý kiến không được tự quyết định, cần cán bộ thứ hai")
NOT_DORMANT = N_("Chuỗi này vẫn có giao hàng")
NOT_DECIDED = N_("Chưa có quyết định nào để hoàn tác")


def give_opinion(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    text: str,
    *,
    now: datetime,
) -> DormancyProposal:
    """The first pair of eyes: what an officer has found out; another one decides."""
    chain, proposal = lock_record(session, who, public_id, DormancyProposal, number)
    words = said(text, "text")
    if not proposal.is_open:
        raise Refused(OVER)
    proposal.looked_by_id, proposal.opinion = who.user_id, words
    event = write_event(
        session, chain, who, "dormancy_seen", proposal, words, now, Audience.OFFICERS
    )
    day = proposal.quiet_from.isoformat()
    tell_officers(session, chain, NoticeKind.CHAIN_DORMANT, event, day=day)
    return proposal


def confirm_dormancy(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    text: str,
    *,
    today: date,
    now: datetime,
) -> DormancyProposal:
    """The second pair of eyes agrees: the chain is stopped, and the lead is told.

    Refused: nobody gave an opinion, one's own, a chain that delivered meanwhile.
    """
    chain, proposal = _to_decide(session, who, public_id, number)
    words = said(text, "text")
    if not is_sleeping(session, chain, today=today):
        raise Refused(NOT_DORMANT)
    proposal.stopped, proposal.decided_on = True, today
    proposal.decided_by_id = who.user_id
    write_fact(session, chain, who, "stop", passed=None, note=words, today=today)
    event = write_event(
        session, chain, who, "chain_dormant", proposal, words, now, Audience.EVERYBODY
    )
    tell_lead(session, chain, NoticeKind.CHAIN_DORMANT, event)
    look_again(session, chain, today=today, now=now)
    return proposal


def refuse_dormancy(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    text: str,
    *,
    today: date,
    now: datetime,
) -> DormancyProposal:
    """The second pair of eyes finds it alive; it is proposed again after as long."""
    chain, proposal = _to_decide(session, who, public_id, number)
    words = said(text, "text")
    proposal.stopped, proposal.decided_on = False, today
    proposal.decided_by_id = who.user_id
    hidden = Audience.OFFICERS
    write_event(session, chain, who, "dormancy_refused", proposal, words, now, hidden)
    return proposal


def undo_decision(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    text: str,
    *,
    today: date,
    now: datetime,
) -> DormancyProposal:
    """It was decided wrongly: a chain that was stopped goes on, one that was not sleeps.

    Refused: nothing decided, undone already, no reason, a stop that is no longer one.
    """
    chain, proposal = lock_record(session, who, public_id, DormancyProposal, number)
    words = said(text, "text")
    if proposal.decided_on is None or proposal.undone_on is not None:
        raise Refused(NOT_DECIDED)
    proposal.undone_on, proposal.undone_by_id = today, who.user_id
    proposal.undone_why = words
    seen_by = Audience.EVERYBODY if proposal.stopped else Audience.OFFICERS
    event = write_event(
        session, chain, who, "dormancy_undone", proposal, words, now, seen_by
    )
    if proposal.stopped:
        write_fact(session, chain, who, "resume", passed=None, note=words, today=today)
        tell_lead(session, chain, NoticeKind.CHAIN_STOPPED, event)
        look_again(session, chain, today=today, now=now)
    return proposal


def _to_decide(
    session: Session, who: Actor, public_id: str, number: int
) -> tuple[Chain, DormancyProposal]:
    chain, proposal = lock_record(session, who, public_id, DormancyProposal, number)
    if not proposal.is_open:
        raise Refused(OVER)
    if proposal.looked_by_id is None:
        raise Refused(NOT_LOOKED)
    if proposal.looked_by_id == who.user_id:
        raise Refused(OWN_OPINION)
    return chain, proposal


def proposals_open(session: Session, who: Actor) -> Sequence[DormancyProposal]:
    """Chains of the officer's area that may have stopped, the longest asleep first."""
    if not who.is_officer:
        return []
    row = DormancyProposal
    undecided = row.decided_on.is_(None), row.ended_on.is_(None)
    return records_waiting(session, who, row, row.quiet_from, *undecided)


def proposals_waiting(session: Session, who: Actor) -> Sequence[DormancyProposal]:
    """Those that wait for this officer: whoever gave an opinion waits for another."""
    return [
        one for one in proposals_open(session, who) if one.looked_by_id != who.user_id
    ]


def proposals_decided(
    session: Session, who: Actor, *, since: date
) -> Sequence[DormancyProposal]:
    """What was decided since a day in the officer's area, or undone."""
    if not who.is_officer:
        return []
    row = DormancyProposal
    return records_waiting(session, who, row, row.decided_on, row.decided_on >= since)


def open_proposal(session: Session, chain: Chain) -> DormancyProposal | None:
    """What the night proposed about a chain and nobody decided yet."""
    row = DormancyProposal
    return session.scalars(
        select(row).where(
            row.chain_id == chain.id, row.decided_on.is_(None), row.ended_on.is_(None)
        )
    ).first()


def count_open(session: Session, who: Actor) -> int:
    """How many chains of the officer's area may have stopped."""
    row = DormancyProposal
    wanted = (
        select(func.count(row.id))
        .join(Chain, Chain.id == row.chain_id)
        .where(
            row.decided_on.is_(None),
            row.ended_on.is_(None),
            lies_within(session, Chain.unit_id, who.scope_unit_ids),
        )
    )
    return session.scalar(wanted) or 0
