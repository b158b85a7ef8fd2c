"""Proposals written and taken back by the matcher, many at a time.

What somebody has acted on is not its any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from operator import attrgetter
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, select, update
from sqlalchemy.orm import Session

from marketplace.domain.bargaining import Bid, Line, expiry
from marketplace.domain.words import ProposalState
from marketplace.services.matching_solved import Pair, Plan
from marketplace.services.proposal_news import tell_of_new
from marketplace.services.rules import rule
from models.bulk import among, insert_rows, new_ids
from models.database import new_public_id
from models.harvests import Harvest
from models.proposals import Proposal, Terms, TermsLine
from models.reference import Product

ACTED: BindParameter[Any] = bindparam(
    "acted",
    [one for one in ProposalState if one is not ProposalState.PROPOSED],
    expanding=True,
    literal_execute=True,
)
"""All states but the first, which most have. PostgreSQL would take one that is named
for rare until it has counted, and look up the harvest of each row by itself; so it
would forever if the states came as parameters.
"""


@dataclass(frozen=True)
class Untouched:
    """A proposal of the matcher that nobody has acted on."""

    id: int
    pair: Pair
    posts_digest: str
    bid: Bid


def lock_products(session: Session, products: Collection[int]) -> None:
    """One at a time stores what is found for a product; posting goes on."""
    session.execute(
        select(Product.id)
        .where(Product.id.in_(products))
        .order_by(Product.id)
        .with_for_update(key_share=True)
    )


def lock_untouched(
    session: Session, which: ColumnElement[bool], harvests: Collection[int]
) -> list[Untouched]:
    """Lock what may be replaced, and keep the harvests from being promised.

    `which` are proposals by themselves or by their harvests, `harvests` those
    that get new ones. Harvests come before proposals, each in the order of ids:
    the one order of the whole house.
    """
    seen = session.execute(
        select(Proposal.id, Proposal.harvest_id)
        .join(Proposal.harvest)
        .where(Proposal.state.not_in(ACTED), which)
    ).all()
    harvests = {*harvests, *(harvest for _, harvest in seen)}
    session.execute(
        select(Harvest.id)
        .where(among(session, Harvest.id, harvests))
        .order_by(Harvest.id)
        .with_for_update(read=True)
    )
    return _untouched(session, [one for one, _ in seen]) if seen else []


def _untouched(session: Session, ids: Collection[int]) -> list[Untouched]:
    """Those of these that still are, locked."""
    columns = (Proposal.id, Proposal.harvest_id, Proposal.offer_id)
    found = session.execute(
        select(*columns, Proposal.posts_digest, Terms.price_vnd)
        .join(Terms, and_(Terms.proposal_id == Proposal.id, Terms.round == 0))
        .where(
            among(session, Proposal.id, ids), Proposal.state == ProposalState.PROPOSED
        )
        .order_by(Proposal.id)
        .with_for_update(of=Proposal, key_share=True)
    ).all()
    lines: defaultdict[int, list[Line]] = defaultdict(list)
    for proposal, *line in session.execute(
        select(
            TermsLine.proposal_id, *(getattr(TermsLine, name) for name in LINE)
        ).where(among(session, TermsLine.proposal_id, ids), TermsLine.round == 0)
    ):
        lines[proposal].append(Line(*line))
    return [
        Untouched(one, (harvest, offer), digest, Bid(price, tuple(sorted(lines[one]))))
        for one, harvest, offer, digest, price in found
    ]


def replace_proposals(
    session: Session,
    untouched: Collection[Untouched],
    found: Mapping[Pair, Plan],
    run_id: int,
    *,
    today: date,
    now: datetime,
) -> tuple[int, int]:
    """Take back what does not stand, keep what does, make the rest; (new, kept)."""
    plans = dict(found)
    gone = [one for one in untouched if not stands(one, plans.get(one.pair))]
    supersede(session, [one.id for one in gone])
    refresh_reasons(session, plans, kept := set(untouched) - set(gone))
    for one in kept:
        del plans[one.pair]
    replaced = {one.pair for one in gone}
    make_proposals(
        session, plans.values(), run_id, replaced=replaced, today=today, now=now
    )
    return len(plans), len(kept)


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
        (one, public_id, run_id, now, now, *_said(plan, replaced))
        for one, public_id, plan in made
    )
    insert_rows(session, Proposal, (*NAMED, *SAID), rows)
    hours = int(rule(session, "proposal.expiry", today)["hours"])
    end = cache(partial(_end, hours, now))
    ends = {one: end(plan.bid.first_day, plan.answer_by) for one, _, plan in made}
    terms = ((one, 0, now, ends[one], plan.bid.price_vnd) for one, _, plan in made)
    insert_rows(session, Terms, TERMS, terms)
    lines = (
        (one, 0, *OF_LINE(line)) for one, _, plan in made for line in plan.bid.lines
    )
    insert_rows(session, TermsLine, ("proposal_id", "round", *LINE), lines)
    tell_of_new(session, [(p, plan, ends[one]) for one, p, plan in made], now=now)
    return ids


NAMED = ("id", "public_id", "run_id", "created_at", "updated_at")
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
OF_PLAN, OF_LINE = attrgetter(*SAID[:-1]), attrgetter(*LINE)


def _said(plan: Plan, replaced: Collection[Pair]) -> tuple[Any, ...]:
    pair = (plan.harvest_id, plan.offer_id)
    digest = plan.posts_digest(replaced_now=pair in replaced)
    return (*OF_PLAN(plan), digest)


def _end(hours: int, now: datetime, first: date, answer_by: date | None) -> datetime:
    """When the matcher's own terms lapse, which both sides answer."""
    return expiry(now, hours, first_delivery=first, answer_by=answer_by)
