"""Terms that nobody answered in time; and a word before it comes to that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from marketplace.domain.bargaining import LIVE
from marketplace.domain.words import NoticeKind, ProposalState, Side
from marketplace.services.proposal_making import tell, tell_both
from marketplace.services.proposals import (
    accepted_by,
    current_terms,
    lock_proposal,
    move,
    rematch,
)
from marketplace.services.rules import rule
from models.proposals import Proposal, Terms


def expire_proposals(
    session: Session, *, now: datetime, limit: int = 50, look_again: bool = True
) -> int:
    """Let go of proposals whose terms have lapsed, oldest first.

    Returns how many. Safe to repeat and to run twice at once. The matcher is
    asked to look again, unless it is the one that calls.
    """
    expired = 0
    for found in _live(session, Terms.expires_at <= now, limit):
        proposal = lock_proposal(session, found)
        if proposal.state not in LIVE or current_terms(proposal).expires_at > now:
            continue  # answered while this one waited in line
        move(proposal, ProposalState.EXPIRED)
        tell_both(session, proposal, NoticeKind.PROPOSAL_EXPIRED, now=now)
        expired += 1
    if expired and look_again:
        rematch(session)
    return expired


def warn_expiring(
    session: Session, *, today: date, now: datetime, limit: int = 500
) -> int:
    """Tell each side that has not answered yet that time is short; once a round.

    Only terms whose life was longer than the warning are worth it: who was told
    of them an hour ago needs no second word.
    """
    params = rule(session, "proposal.expiry", today)
    soon = timedelta(hours=int(params["warn_hours"]))
    due = and_(Terms.expires_at > now, Terms.expires_at <= now + soon)
    warned = 0
    for proposal in _live(session, due, limit):
        terms = current_terms(proposal)
        if terms.expires_at - terms.made_at <= soon:
            continue
        for side, own in (
            (Side.SELLER, proposal.seller_id),
            (Side.BUYER, proposal.buyer_id),
        ):
            if accepted_by(terms, side) is None:
                tell(session, proposal, own, NoticeKind.PROPOSAL_EXPIRING, now=now)
                warned += 1
    return warned


def _live(
    session: Session, when: ColumnElement[bool], limit: int
) -> Sequence[Proposal]:
    """Live proposals whose current terms fulfil a condition, by harvest and id."""
    return session.scalars(
        select(Proposal)
        .join(
            Terms,
            and_(Terms.proposal_id == Proposal.id, Terms.round == Proposal.round),
        )
        .where(Proposal.state.in_(LIVE), when)
        .order_by(Proposal.harvest_id, Proposal.id)
        .limit(limit)
    ).all()
