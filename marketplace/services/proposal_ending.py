"""Proposals that nobody can agree to any more, because a post or a party is gone.

Whoever takes a post off the market ends what is not yet agreed about it in the same
transaction. What became hopeless in another way (sold elsewhere, a party that may
not trade) is found by the clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.domain.bargaining import LIVE
from marketplace.domain.words import (
    HarvestState,
    NoticeKind,
    OfferState,
    OrganisationState,
    ProposalState,
    Side,
)
from marketplace.services.matching_asking import ask_for_matching
from marketplace.services.proposal_making import tell
from marketplace.services.proposals import lock_proposal, move, partner_of
from models.harvests import Harvest
from models.offers import Offer, Tranche
from models.organisations import Organisation
from models.proposals import Proposal, TermsLine

WITHDRAWN, HARVESTED, CLOSED = "harvest_withdrawn", "harvest_closed", "offer_closed"
SUSPENDED, SOLD, BOUGHT = "suspended", "sold", "bought"
GONE_SIDE = {
    WITHDRAWN: Side.SELLER,
    HARVESTED: Side.SELLER,
    SOLD: Side.SELLER,
    CLOSED: Side.BUYER,
    BOUGHT: Side.BUYER,
}


def end_of_harvest(
    session: Session, harvest: Harvest, why: str, *, now: datetime
) -> None:
    """Nothing more is sold of this harvest; the caller holds its lock."""
    _end(session, Proposal.harvest_id == harvest.id, why, Side.SELLER, now)


def end_of_offer(session: Session, offer: Offer, *, now: datetime) -> None:
    """Nothing more is bought by this offer."""
    _end(session, Proposal.offer_id == offer.id, CLOSED, Side.BUYER, now)


def end_of_party(
    session: Session, organisation: Organisation, *, now: datetime
) -> None:
    """The organisation may not trade now."""
    for side, own in (
        (Side.SELLER, Proposal.seller_id),
        (Side.BUYER, Proposal.buyer_id),
    ):
        _end(session, own == organisation.id, SUSPENDED, side, now)


def end_hopeless(session: Session, *, now: datetime, limit: int = 50) -> int:
    """End what somebody has acted on and nobody can agree to; returns how many.

    Safe to repeat and to run twice at once.
    """
    ended = 0
    for found, _why in _hopeless(session, limit):
        lock_proposal(session, found)
        again = _hopeless(session, 1, Proposal.id == found.id)
        for proposal, cause in again:
            side = GONE_SIDE.get(cause) or _side_gone(proposal)
            _withdraw(session, proposal, cause, side, now)
            ended += 1
    return ended


def _end(
    session: Session, which: ColumnElement[bool], why: str, gone: Side, now: datetime
) -> None:
    session.flush()  # what was set on the post belongs before its proposals
    found: Iterable[Proposal] = session.scalars(
        select(Proposal)
        .where(Proposal.state.in_(LIVE), which)
        .order_by(Proposal.harvest_id, Proposal.id)
    ).all()
    for one in found:
        proposal = lock_proposal(session, one)
        if proposal.state in LIVE:
            _withdraw(session, proposal, why, gone, now)


def _withdraw(
    session: Session, proposal: Proposal, why: str, gone: Side, now: datetime
) -> None:
    """Tell the other side, whose kilograms look for somebody else at once."""
    move(proposal, ProposalState.SUPERSEDED)
    other = partner_of(proposal, gone)
    told = NoticeKind.PROPOSAL_DECLINED
    tell(session, proposal, other, told, now=now, more={"gone": why})
    session.flush()  # what the matcher is asked for sees it
    if gone is Side.SELLER:
        ask_for_matching(session, offer_id=proposal.offer_id)
    else:
        ask_for_matching(session, harvest_id=proposal.harvest_id)


def _side_gone(proposal: Proposal) -> Side:
    verified = OrganisationState.VERIFIED
    return Side.BUYER if proposal.seller.state is verified else Side.SELLER


def _hopeless(
    session: Session, limit: int, *which: ColumnElement[bool]
) -> list[tuple[Proposal, str]]:
    """Proposals under negotiation of which something is gone, and what."""
    seller, buyer = aliased(Organisation), aliased(Organisation)
    why = case(
        (Harvest.state == HarvestState.WITHDRAWN, WITHDRAWN),
        (Harvest.state != HarvestState.OPEN, HARVESTED),
        (Offer.state == OfferState.CLOSED, CLOSED),
        (seller.state != OrganisationState.VERIFIED, SUSPENDED),
        (buyer.state != OrganisationState.VERIFIED, SUSPENDED),
        (or_(Harvest.over_promised, _asked_kg() > _left_kg()), SOLD),
        (_overbought(), BOUGHT),
        else_="",
    )
    rows = session.execute(
        select(Proposal, why)
        .join(Harvest, Harvest.id == Proposal.harvest_id)
        .join(Offer, Offer.id == Proposal.offer_id)
        .join(seller, seller.id == Proposal.seller_id)
        .join(buyer, buyer.id == Proposal.buyer_id)
        .where(Proposal.state == ProposalState.NEGOTIATING, why != "", *which)
        .order_by(Proposal.harvest_id, Proposal.id)
        .limit(limit)
    )
    return [(proposal, str(cause)) for proposal, cause in rows]


def _left_kg() -> ColumnElement[int]:
    return Harvest.limit_kg - Harvest.promised_kg


def _now_asked() -> ColumnElement[bool]:
    """The lines of the terms that wait."""
    return and_(TermsLine.proposal_id == Proposal.id, TermsLine.round == Proposal.round)


def _asked_kg() -> ColumnElement[int]:
    asked = select(func.sum(TermsLine.kg)).where(_now_asked())
    return asked.correlate(Proposal).scalar_subquery()


def _overbought() -> ColumnElement[bool]:
    """Whether a delivery no longer needs what the terms bring."""
    too_much = Tranche.promised_kg + TermsLine.kg > Tranche.kg
    return sa.exists(
        select(TermsLine.proposal_id)
        .join(Tranche, Tranche.id == TermsLine.tranche_id)
        .where(_now_asked(), too_much)
        .correlate(Proposal)
    )
