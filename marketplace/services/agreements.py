"""The second yes: kilograms are promised on both sides, and a contract is drawn."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.domain.errors import N_, Refused
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.words import (
    HarvestState,
    OfferState,
    OrganisationState,
    ProposalState,
)
from marketplace.services.contracts import draw_contract
from marketplace.services.deliverable import check_deliverable, market_of
from marketplace.services.jobs import enqueue_job
from marketplace.services.proposal_making import bid_of
from marketplace.services.quantities import promise_kg, promise_tranche
from models.contracts import Contract
from models.proposals import Proposal, Terms


def agree(
    session: Session, proposal: Proposal, terms: Terms, *, today: date, now: datetime
) -> Contract:
    """Turn accepted terms into promised kilograms and a contract to sign.

    The caller holds the locks of the harvest and the proposal. Refused if a
    post is closed, a party is no longer verified, a paper lapses before the
    delivery, or either side has too little left.
    """
    _check_posts(proposal)
    left = market_of(session, proposal, today=today, first_come=True)
    check_deliverable(left, proposal, bid_of(terms))
    promise_kg(session, proposal.harvest_id, sum(line.kg for line in terms.lines))
    for line in sorted(terms.lines, key=lambda line: line.tranche_id):
        promise_tranche(session, line.tranche_id, line.kg)
    check_transition(Lifecycle.PROPOSAL, proposal.state, ProposalState.AGREED)
    proposal.state = ProposalState.AGREED
    proposal.agreed_at = now
    session.flush()  # the contract names an agreed proposal
    contract = draw_contract(session, proposal, terms, today=today, now=now)
    enqueue_job(session, "proposals.expire")  # others may have come too late
    enqueue_job(session, "matching.run", key="market", due_in_seconds=2)
    return contract


def _check_posts(proposal: Proposal) -> None:
    if proposal.harvest.state is not HarvestState.OPEN:
        raise Refused(N_("Vụ thu hoạch này không còn bán"))
    # A pause stops new proposals, not those that lie on the table.
    if proposal.offer.state not in (OfferState.OPEN, OfferState.PAUSED):
        raise Refused(N_("Đơn mua này đã đóng"))
    for party in (proposal.seller, proposal.buyer):
        if party.state is not OrganisationState.VERIFIED:
            raise Refused(N_("Một bên không còn được xác minh"))
