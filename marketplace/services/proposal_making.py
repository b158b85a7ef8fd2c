"""Proposals made and replaced by the matcher; what somebody acted on is not its."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from marketplace.domain.bargaining import Bid, Line, expiry
from marketplace.domain.words import NoticeKind, ProposalState
from marketplace.services.matching_inputs import Snapshot
from marketplace.services.matching_plan import Plan
from marketplace.services.notices import notify_organisation
from marketplace.services.rules import rule
from models.harvests import Harvest
from models.matching import MatchRun
from models.proposals import Proposal, Terms, TermsLine


def bid_of(terms: Terms) -> Bid:
    """The terms of a round as values."""
    return Bid(
        terms.price_vnd,
        tuple(
            sorted(
                Line(line.tranche_id, line.kg, line.deliver_from, line.deliver_to)
                for line in terms.lines
            )
        ),
    )


def lines_of(bid: Bid) -> list[TermsLine]:
    """The rows of a bid's lines."""
    return [
        TermsLine(
            tranche_id=line.tranche_id,
            kg=line.kg,
            deliver_from=line.deliver_from,
            deliver_to=line.deliver_to,
        )
        for line in bid.lines
    ]


def lock_untouched(session: Session, plans: Iterable[Plan]) -> list[Proposal]:
    """Lock what a run may replace, and keep the harvests from being promised.

    Harvests come before proposals, each in the order of ids: the one order of
    the whole house.
    """
    untouched = select(Proposal).where(Proposal.state == ProposalState.PROPOSED)
    harvests = {plan.harvest_id for plan in plans}
    harvests |= set(session.scalars(untouched.with_only_columns(Proposal.harvest_id)))
    session.execute(
        select(Harvest.id)
        .where(Harvest.id.in_(harvests))
        .order_by(Harvest.id)
        .with_for_update(read=True)
    )
    return list(
        session.scalars(
            untouched.order_by(Proposal.id)
            .with_for_update(of=Proposal, key_share=True)
            .options(selectinload(Proposal.terms).selectinload(Terms.lines))
            .execution_options(populate_existing=True)
        )
    )


def stands(proposal: Proposal, plan: Plan | None) -> bool:
    """Whether a run proposes again exactly what lies there already."""
    return (
        plan is not None
        and proposal.posts_digest == plan.posts_digest
        and bid_of(proposal.terms[0]) == plan.bid
    )


def supersede(session: Session, proposals: Sequence[Proposal]) -> None:
    """Take back proposals that nobody has acted on."""
    if not proposals:
        return
    session.execute(
        update(Proposal)
        .where(
            Proposal.id.in_([proposal.id for proposal in proposals]),
            Proposal.state == ProposalState.PROPOSED,
        )
        .values(state=ProposalState.SUPERSEDED)
    )


def make_proposal(
    session: Session,
    snapshot: Snapshot,
    plan: Plan,
    run: MatchRun,
    *,
    today: date,
    now: datetime,
) -> Proposal:
    """Store one plan as a proposal with the terms of round 0; tell both sides."""
    offer = snapshot.offers[plan.offer_id]
    proposal = Proposal(
        run_id=run.id,
        harvest_id=plan.harvest_id,
        offer_id=plan.offer_id,
        seller_id=snapshot.lots[plan.harvest_id].organisation_id,
        buyer_id=offer.organisation_id,
        posts_digest=plan.posts_digest,
        reasons=plan.reasons,
        transport_vnd=plan.transport_vnd,
        distance_km=plan.distance_km,
    )
    hours = int(rule(session, "proposal.expiry", today)["hours"])
    proposal.terms = [_round_zero(plan.bid, hours, offer.answer_by, now)]
    session.add(proposal)
    session.flush()  # the notices name it
    tell_both(session, proposal, NoticeKind.PROPOSAL_NEW, now=now)
    return proposal


def _round_zero(bid: Bid, hours: int, answer_by: date | None, now: datetime) -> Terms:
    """The matcher's own terms, which both sides answer."""
    first = bid.first_day
    return Terms(
        round=0,
        made_at=now,
        expires_at=expiry(now, hours, first_delivery=first, answer_by=answer_by),
        price_vnd=bid.price_vnd,
        lines=lines_of(bid),
    )


def tell_both(
    session: Session, proposal: Proposal, kind: NoticeKind, *, now: datetime
) -> None:
    """Tell both sides, each with the other's name."""
    for own in (proposal.seller_id, proposal.buyer_id):
        tell(session, proposal, own, kind, now=now)


def tell(
    session: Session,
    proposal: Proposal,
    organisation_id: int,
    kind: NoticeKind,
    *,
    now: datetime,
) -> None:
    """Tell one side; the round is the version, so each round speaks once."""
    seller = organisation_id == proposal.seller_id
    partner = proposal.buyer if seller else proposal.seller
    terms = proposal.terms[-1]
    notify_organisation(
        session,
        organisation_id,
        kind,
        f"proposal:{proposal.public_id}",
        {
            "partner": partner.short_name,
            "product": proposal.harvest.product.name_vi,
            "product_en": proposal.harvest.product.name_en,
            "kg": sum(line.kg for line in terms.lines),
            "price_vnd": terms.price_vnd,
            "expires_at": terms.expires_at.isoformat(),
        },
        now=now,
        version=terms.round + 1,
    )
