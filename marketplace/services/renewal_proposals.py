"""Two posts of the season ahead, brought together on the terms carried over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import and_
from sqlalchemy.orm import Session

from marketplace.domain.bargaining import Bid, expiry
from marketplace.domain.errors import N_, Refused
from marketplace.domain.renewals import Opening, PlanLine, fit_plan
from marketplace.domain.words import NoticeKind, ProposalState, Side
from marketplace.matching.delivery import shared_days
from marketplace.matching.transport import haul
from marketplace.services.deliverable import GONE, check_deliverable
from marketplace.services.matching_code import pair_digest
from marketplace.services.matching_held import read_held
from marketplace.services.matching_inputs import Snapshot, read_posts
from marketplace.services.matching_reasons import reasons_of
from marketplace.services.matching_told import Counts
from marketplace.services.proposal_making import lines_of, tell
from marketplace.services.proposal_writing import lock_untouched, supersede
from marketplace.services.proposals import rematch
from marketplace.services.rules import rule
from models.contracts import Contract
from models.harvests import Harvest
from models.offers import Offer
from models.proposals import Proposal, Terms

METRES = 1000
MET_BEFORE = N_("Vụ và đơn này đang bàn hoặc đã trả lời nhau rồi, chọn cái khác")
NO_DAY = N_("Không đợt giao nào của vụ tới trùng ngày với vụ và đơn đã chọn")


def join_posts(
    session: Session,
    contract: Contract,
    plan: Sequence[PlanLine],
    harvest: Harvest,
    offer: Offer,
    side: Side,
    *,
    today: date,
    now: datetime,
) -> Proposal:
    """A proposal between exactly these two, to which its maker has said yes.

    The price is the contract's, the deliveries its own in the season ahead, as
    far as both posts have room. Refused where a hard rule of either is broken.
    """
    _take_back_untouched(session, harvest, offer)
    snapshot = _read(session, harvest, offer, today)
    bid = _carried(snapshot, plan, contract.price_vnd)
    proposal = _proposal(snapshot, harvest, offer, bid)
    session.add(proposal)
    session.flush()  # the terms name it
    check_deliverable(snapshot.market, proposal, bid)
    hours = int(rule(session, "proposal.expiry", today)["hours"])
    proposal.terms.append(_terms(bid, side, hours, now))
    session.flush()  # the notice tells the terms
    partner = offer if side is Side.SELLER else harvest
    told = NoticeKind.PROPOSAL_NEW
    tell(session, proposal, partner.organisation_id, told, now=now)
    rematch(session)
    return proposal


def _take_back_untouched(session: Session, harvest: Harvest, offer: Offer) -> None:
    """What the matcher proposed for this pair, if nobody has acted on it."""
    pair = and_(Proposal.harvest_id == harvest.id, Proposal.offer_id == offer.id)
    supersede(session, [one.id for one in lock_untouched(session, pair, [harvest.id])])


def _read(session: Session, harvest: Harvest, offer: Offer, today: date) -> Snapshot:
    snapshot = read_posts(
        session,
        [harvest.id],
        [offer.id],
        held=read_held(session),
        today=today,
        for_new_proposals=True,
    )
    if not snapshot.market.lots or not snapshot.market.needs:
        raise Refused(GONE, "post")
    if snapshot.market.apart:
        raise Refused(MET_BEFORE, "post")
    return snapshot


def _carried(snapshot: Snapshot, plan: Sequence[PlanLine], price_vnd: int) -> Bid:
    market = snapshot.market
    lot = market.lots[0]
    openings = []
    for need in market.needs:
        _, _, transit_days = haul(lot, need, market.transport)
        if days := shared_days(lot, need, transit_days):
            first, last = date.fromordinal(days[0]), date.fromordinal(days[-1])
            openings.append(Opening(need.id, first, last, need.kg))
    lines = fit_plan(plan, openings, lot.fitting_kg(market.needs[0].least_grade))
    if not lines:
        raise Refused(NO_DAY, "post")
    return Bid(price_vnd, lines)


def _proposal(snapshot: Snapshot, harvest: Harvest, offer: Offer, bid: Bid) -> Proposal:
    """Both posts as they stand: whoever says no to them, says it once."""
    market, pair = snapshot.market, (harvest.id, offer.id)
    metres, transport_vnd, _ = haul(market.lots[0], market.needs[0], market.transport)
    return Proposal(
        harvest_id=harvest.id,
        offer_id=offer.id,
        seller_id=harvest.organisation_id,
        buyer_id=offer.organisation_id,
        posts_digest=pair_digest(
            snapshot.lots[harvest.id].digest,
            snapshot.offers[offer.id].digest,
            snapshot.superseded.get(pair, 0),
        ),
        state=ProposalState.NEGOTIATING,
        reasons=reasons_of(snapshot, Counts({}, {}), pair, bid),
        transport_vnd=transport_vnd,
        distance_km=metres // METRES,
    )


def _terms(bid: Bid, side: Side, hours: int, now: datetime) -> Terms:
    return Terms(
        round=0,
        made_at=now,
        expires_at=expiry(now, hours, first_delivery=bid.first_day),
        price_vnd=bid.price_vnd,
        seller_accepted_at=now if side is Side.SELLER else None,
        buyer_accepted_at=now if side is Side.BUYER else None,
        lines=lines_of(bid),
    )
