"""Proposals as the two sides see, accept and decline them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from marketplace.domain.actor import Actor, Role
from marketplace.domain.bargaining import LIVE, other
from marketplace.domain.errors import N_, Conflict, NotFound, Refused
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.words import (
    NoticeKind,
    OrganisationState,
    ProposalState,
    Side,
)
from marketplace.services.agreements import agree
from marketplace.services.jobs import enqueue_job
from marketplace.services.matching_told import keep_reasons, tell_reasons
from marketplace.services.proposal_making import tell
from models.contracts import Contract
from models.harvests import Harvest
from models.jobs import Job
from models.proposals import Proposal, Terms

MARKET = "market"
"""The key of the one line in which all runs of the matcher stand."""
NO_LONGER = N_("Đề xuất này không còn chờ trả lời")
TOO_LATE = N_("Đề xuất này đã quá hạn trả lời")
NEWER_ROUND = N_("Bên kia vừa đề nghị lại, hãy xem lại rồi trả lời")


def access_proposal(
    session: Session, who: Actor, public_id: str, action: str = "read"
) -> Proposal:
    """A proposal to the actor's own organisation; nobody else ever sees it.

    To `answer` it the organisation has to be verified still, and a purchaser
    does not sell.
    """
    proposal = session.scalars(
        select(Proposal).where(Proposal.public_id == public_id)
    ).first()
    if proposal is None or who.organisation_id not in (
        proposal.seller_id,
        proposal.buyer_id,
    ):
        raise NotFound
    if action == "answer":
        _check_may_answer(proposal, who)
    else:
        tell_reasons(session, [proposal], others=True)
    return proposal


def _check_may_answer(proposal: Proposal, who: Actor) -> None:
    sells = side_of(proposal, who) is Side.SELLER
    own = proposal.seller if sells else proposal.buyer
    if own.state is not OrganisationState.VERIFIED:
        raise Refused(N_("Tổ chức không còn được xác minh nên chưa trả lời được"))
    if sells and who.role is Role.BUYER:
        raise Refused(N_("Người thu mua không trả lời thay bên bán"))


def side_of(proposal: Proposal, who: Actor) -> Side:
    """On which side of the table the actor sits."""
    return Side.SELLER if who.organisation_id == proposal.seller_id else Side.BUYER


def current_terms(proposal: Proposal) -> Terms:
    """The terms that wait for an answer, or that were the last."""
    return proposal.terms[-1]


def accepted_by(terms: Terms, side: Side) -> datetime | None:
    """When a side said yes to these terms; a counter-offer is its maker's yes."""
    if side is Side.SELLER:
        return terms.seller_accepted_at
    return terms.buyer_accepted_at


def awaits(proposal: Proposal, side: Side, now: datetime) -> bool:
    """Whether this side has to answer, and still can."""
    terms = current_terms(proposal)
    return (
        proposal.state in LIVE
        and accepted_by(terms, side) is None
        and terms.expires_at > now
    )


def list_proposals(
    session: Session, who: Actor, states: Sequence[ProposalState] = ()
) -> list[Proposal]:
    """The proposals of the actor's organisation, the newest first."""
    wanted = (
        select(Proposal)
        .where(
            or_(
                Proposal.seller_id == who.organisation_id,
                Proposal.buyer_id == who.organisation_id,
            )
        )
        .options(selectinload(Proposal.terms).selectinload(Terms.lines))
        .order_by(Proposal.id.desc())
    )
    if states:
        wanted = wanted.where(Proposal.state.in_(states))
    found = list(session.scalars(wanted))
    tell_reasons(session, found)
    return found


def waiting_proposals(session: Session, who: Actor, *, now: datetime) -> list[Proposal]:
    """Those that wait for the actor's answer, the most urgent first."""
    live = list_proposals(session, who, tuple(LIVE))
    mine = [one for one in live if awaits(one, side_of(one, who), now)]
    return sorted(mine, key=lambda one: (current_terms(one).expires_at, one.id))


def lock_proposal(session: Session, proposal: Proposal) -> Proposal:
    """Lock the harvest, then the proposal, and read it as it is stored now."""
    session.execute(
        select(Harvest.id)
        .where(Harvest.id == proposal.harvest_id)
        .with_for_update(key_share=True)
    )
    locked = session.scalars(
        select(Proposal)
        .where(Proposal.id == proposal.id)
        .with_for_update(of=Proposal, key_share=True)
        .options(selectinload(Proposal.terms).selectinload(Terms.lines))
        .execution_options(populate_existing=True)
    ).one()
    keep_reasons(session, locked)
    return locked


def check_answerable(proposal: Proposal, round_: int, now: datetime) -> Terms:
    """The terms of `round_` if they still wait; Refused or Conflict otherwise."""
    terms = current_terms(proposal)
    if proposal.state not in LIVE:
        raise Refused(NO_LONGER)
    if terms.round != round_:
        raise Conflict(NEWER_ROUND)
    if terms.expires_at <= now:
        raise Refused(TOO_LATE)
    return terms


def accept_terms(
    session: Session,
    who: Actor,
    public_id: str,
    round_: int,
    *,
    today: date,
    now: datetime,
) -> Proposal:
    """Say yes to the terms of a round; the second yes promises the kilograms.

    Saying yes twice is the same as once. Refused if it is too late, if the
    other side has meanwhile made a counter-offer, or if there is not enough
    left on either side.
    """
    found = access_proposal(session, who, public_id, "answer")
    proposal, side = lock_proposal(session, found), side_of(found, who)
    terms = current_terms(proposal)
    if terms.round == round_ and accepted_by(terms, side) is not None:
        return proposal
    terms = check_answerable(proposal, round_, now)
    _accept(terms, side, now)
    if accepted_by(terms, other(side)) is not None:
        agree(session, proposal, terms, today=today, now=now)
    else:
        move(proposal, ProposalState.NEGOTIATING)
    tell(session, proposal, partner_of(proposal, side), ACCEPTED, now=now)
    session.flush()  # a violated rule is this answer's
    return proposal


ACCEPTED = NoticeKind.PROPOSAL_ACCEPTED


def _accept(terms: Terms, side: Side, now: datetime) -> None:
    if side is Side.SELLER:
        terms.seller_accepted_at = now
    else:
        terms.buyer_accepted_at = now


def decline_proposal(
    session: Session, who: Actor, public_id: str, reason: str, *, now: datetime
) -> Proposal:
    """Say no with a reason; the two posts as they stand never meet again.

    Declining twice is the same as once.
    """
    found = access_proposal(session, who, public_id, "answer")
    proposal, side = lock_proposal(session, found), side_of(found, who)
    if proposal.state is ProposalState.DECLINED:
        return proposal
    if proposal.state not in LIVE:
        raise Refused(NO_LONGER)
    if not reason.strip():
        raise Refused(N_("Nói rõ vì sao từ chối"), "reason")
    move(proposal, ProposalState.DECLINED)
    proposal.declined_by = side
    proposal.declined_reason = reason.strip()
    told = NoticeKind.PROPOSAL_DECLINED
    tell(session, proposal, partner_of(proposal, side), told, now=now)
    rematch(session)
    return proposal


def move(proposal: Proposal, new: ProposalState) -> None:
    """Take a legal step; staying where it is, is no step."""
    if proposal.state is not new:
        check_transition(Lifecycle.PROPOSAL, proposal.state, new)
        proposal.state = new


def partner_of(proposal: Proposal, side: Side) -> int:
    """The organisation across the table."""
    return proposal.buyer_id if side is Side.SELLER else proposal.seller_id


def rematch(session: Session, trigger: str = "post", due_in_seconds: int = 2) -> Job:
    """Let the matcher look again soon; asked twice before it begins is once.

    Who asks in person is not to wait for the turn of a large market.
    """
    payload = {"trigger": trigger}
    job = enqueue_job(session, "matching.run", MARKET, payload, due_in_seconds)
    if trigger != "post":
        job.payload = payload
    return job


def contract_of(session: Session, proposal: Proposal) -> Contract | None:
    """The contract that came of a proposal."""
    return session.scalars(
        select(Contract).where(Contract.proposal_id == proposal.id)
    ).first()
