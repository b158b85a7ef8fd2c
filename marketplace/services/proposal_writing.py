"""Proposals written and taken back by the matcher, many at a time.

What somebody has acted on is not its any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from marketplace.domain.bargaining import Bid, Line, expiry
from marketplace.domain.words import NoticeKind, ProposalState
from marketplace.services.matching_solved import Pair, Plan
from marketplace.services.notices_bulk import members_of, notify_organisations
from marketplace.services.rules import rule
from models.bulk import among, insert_rows, new_ids
from models.database import new_public_id
from models.harvests import Harvest
from models.organisations import Organisation
from models.proposals import Proposal, Terms, TermsLine
from models.reference import Product


@dataclass(frozen=True)
class Untouched:
    """A proposal of the matcher that nobody has acted on."""

    id: int
    pair: Pair
    posts_digest: str
    bid: Bid


def lock_untouched(
    session: Session, products: Sequence[int], plans: Iterable[Plan]
) -> list[Untouched]:
    """Lock what a run may replace, and keep the harvests from being promised.

    Harvests come before proposals, each in the order of ids: the one order of
    the whole house.
    """
    mine = and_(
        Proposal.state == ProposalState.PROPOSED, Harvest.product_id.in_(products)
    )
    wanted = select(Proposal.harvest_id).join(Proposal.harvest).where(mine)
    harvests = {plan.harvest_id for plan in plans} | set(session.scalars(wanted))
    session.execute(
        select(Harvest.id)
        .where(among(session, Harvest.id, harvests))
        .order_by(Harvest.id)
        .with_for_update(read=True)
    )
    return _untouched(session, mine)


def _untouched(session: Session, mine: ColumnElement[bool]) -> list[Untouched]:
    columns = (Proposal.id, Proposal.harvest_id, Proposal.offer_id)
    found = session.execute(
        select(*columns, Proposal.posts_digest, Terms.price_vnd)
        .join(Proposal.harvest)
        .join(Terms, and_(Terms.proposal_id == Proposal.id, Terms.round == 0))
        .where(mine)
        .order_by(Proposal.id)
        .with_for_update(of=Proposal, key_share=True)
    ).all()
    lines: defaultdict[int, list[Line]] = defaultdict(list)
    for proposal, *line in session.execute(
        select(TermsLine.proposal_id, *(getattr(TermsLine, name) for name in LINE))
        .join(Proposal, Proposal.id == TermsLine.proposal_id)
        .join(Proposal.harvest)
        .where(mine, TermsLine.round == 0)
    ):
        lines[proposal].append(Line(*line))
    return [
        Untouched(one, (harvest, offer), digest, Bid(price, tuple(sorted(lines[one]))))
        for one, harvest, offer, digest, price in found
    ]


def stands(one: Untouched, plan: Plan | None) -> bool:
    """Whether a run proposes again exactly what lies there already."""
    return (
        plan is not None
        and one.bid == plan.bid
        and one.posts_digest == plan.posts_digest()
    )


def refresh_reasons(
    session: Session, plans: Mapping[Pair, Plan], kept: Iterable[Untouched]
) -> None:
    """Others have come and gone meanwhile, and the reasons count them."""
    told = [
        {"id": one.id, "reasons": plans[one.pair].reasons}
        for one in kept
        if plans[one.pair].reasons
    ]
    if told:
        session.execute(update(Proposal), told)


def supersede(session: Session, ids: Iterable[int]) -> None:
    """Take back proposals that nobody has acted on."""
    mine = among(session, Proposal.id, ids)
    session.execute(
        update(Proposal)
        .where(mine, Proposal.state == ProposalState.PROPOSED)
        .values(state=ProposalState.SUPERSEDED)
        .execution_options(synchronize_session=False)
    )


def make_proposals(
    session: Session,
    plans: Collection[Plan],
    run_id: int,
    *,
    replaced: Collection[Pair],
    today: date,
    now: datetime,
) -> list[int]:
    """Store plans as proposals with the terms of round 0; tell both sides.

    `replaced` are the pairs whose proposals are taken back in the same breath.
    Returns the ids, in the order of the plans.
    """
    if not plans:
        return []
    ids = new_ids(session, Proposal, len(plans))
    made = list(zip(ids, (new_public_id() for _ in ids), plans, strict=True))
    rows = (
        (one, public_id, run_id, *_said(plan, replaced))
        for one, public_id, plan in made
    )
    insert_rows(session, Proposal, ("id", "public_id", "run_id", *SAID), rows)
    hours = int(rule(session, "proposal.expiry", today)["hours"])
    ends = {one: _end(plan, hours, now) for one, _, plan in made}
    terms = ((one, 0, now, ends[one], plan.bid.price_vnd) for one, _, plan in made)
    insert_rows(session, Terms, TERMS, terms)
    lines = (
        (one, 0, *(getattr(line, name) for name in LINE))
        for one, _, plan in made
        for line in plan.bid.lines
    )
    insert_rows(session, TermsLine, ("proposal_id", "round", *LINE), lines)
    tell_of_new(session, [(p, plan, ends[one]) for one, p, plan in made], now=now)
    return ids


SAID = (
    "harvest_id",
    "offer_id",
    "seller_id",
    "buyer_id",
    "transport_vnd",
    "distance_km",
    "reasons",
    "posts_digest",
)
TERMS = ("proposal_id", "round", "made_at", "expires_at", "price_vnd")
LINE = ("tranche_id", "kg", "deliver_from", "deliver_to")


def _said(plan: Plan, replaced: Collection[Pair]) -> tuple[Any, ...]:
    pair = (plan.harvest_id, plan.offer_id)
    digest = plan.posts_digest(replaced_now=pair in replaced)
    return (*(getattr(plan, name) for name in SAID[:-1]), digest)


def _end(plan: Plan, hours: int, now: datetime) -> datetime:
    """When the matcher's own terms lapse, which both sides answer."""
    first = plan.bid.first_day
    return expiry(now, hours, first_delivery=first, answer_by=plan.answer_by)


def tell_of_new(
    session: Session, made: Sequence[tuple[str, Plan, datetime]], *, now: datetime
) -> None:
    """Tell both sides of each new proposal, each with the other's name."""
    sides = {one for _, plan, _ in made for one in (plan.seller_id, plan.buyer_id)}
    members = members_of(session, sides)
    news = [
        (own, partner, f"proposal:{public_id}", plan, end)
        for public_id, plan, end in made
        for own, partner in (
            (plan.seller_id, plan.buyer_id),
            (plan.buyer_id, plan.seller_id),
        )
        if own in members
    ]
    names = _names(session, {partner for _, partner, *_ in news})
    products = _products(session, {plan.product_id for *_, plan, _ in news})
    told = [
        (
            own,
            subject,
            products[plan.product_id]
            | _terms_told(plan.bid, end)
            | {"partner": names[partner]},
        )
        for own, partner, subject, plan, end in news
    ]
    notify_organisations(session, NoticeKind.PROPOSAL_NEW, told, members, now=now)


def _names(session: Session, ids: Collection[int]) -> dict[int, str]:
    wanted = select(Organisation.id, Organisation.short_name)
    found = session.execute(wanted.where(among(session, Organisation.id, ids)))
    return {row.id: row.short_name for row in found}


def _products(session: Session, ids: Collection[int]) -> dict[int, dict[str, object]]:
    wanted = select(Product.id, Product.name_vi, Product.name_en)
    found = session.execute(wanted.where(Product.id.in_(ids)))
    return {one: {"product": vi, "product_en": en} for one, vi, en in found}


def _terms_told(bid: Bid, end: datetime) -> dict[str, object]:
    return {"kg": bid.kg, "price_vnd": bid.price_vnd, "expires_at": end.isoformat()}
