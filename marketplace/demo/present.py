"""The market of these days: posts, proposals, a counter-offer, words to sign."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

from sqlalchemy import select, update

from marketplace.demo import open_market
from marketplace.demo.buyers import SAO_XANH
from marketplace.demo.cooperatives import TOAN_THANG
from marketplace.demo.deals import (
    Deal,
    agree_today,
    director_of,
    post_demand,
    post_supply,
    sign_for,
)
from marketplace.demo.diary import Diary, World
from marketplace.demo.harvest_days import (
    days,
    plan_year_round,
    season_ending,
    split,
)
from marketplace.demo.posts import (
    SOONEST_END,
    harvest_days_in,
    pause_and_draft,
    post_harvest,
    post_longan,
    post_offer,
    revise,
)
from marketplace.domain.bargaining import Bid, CounterOffer
from marketplace.domain.windows import Window
from marketplace.domain.words import (
    LetterState,
    ProposalState,
)
from marketplace.services.counters import counter_terms
from marketplace.services.matching import run_matching
from marketplace.services.notices import read_all_notices
from marketplace.services.proposal_making import bid_of
from marketplace.services.proposals import current_terms
from models.contracts import Contract
from models.harvests import Harvest
from models.notices import Letter
from models.proposals import Proposal
from models.reference import Product

POSTED, SIGNING, NEWS_READ = 1, 5, 6  # days ago
ROUND_DOWN_VND = 500


def note_present(world: World, diary: Diary, longan_ends: date) -> None:
    """What is posted these days; the matcher runs when all lies there."""
    diary.note(world.day(NEWS_READ), partial(_read_news, world))
    for row in open_market.TO_SIGN:
        diary.note(world.day(SIGNING), partial(_to_sign, world, diary, *row))
    posted = world.day(POSTED)
    for revision in open_market.REVISED:
        diary.note(posted, partial(revise, world, *revision))
    for supply in open_market.HARVESTS:
        diary.note(posted, partial(post_harvest, world, supply))
    for demand in open_market.OFFERS:
        diary.note(posted, partial(post_offer, world, demand))
    diary.note(posted, partial(post_longan, world, longan_ends))
    diary.note(posted, partial(pause_and_draft, world))
    diary.note(world.today, partial(_match, world))


def _read_news(world: World, day: date) -> None:
    """Whoever signs in sees what is new, not a year of notices."""
    for actor in world.actors.values():
        read_all_notices(world.session, actor, now=world.at(day))


def _to_sign(
    world: World,
    diary: Diary,
    seller: str,
    product: str,
    tonnes: int,
    signed: bool,
    day: date,
) -> None:
    """Agreed days ago; one side or none has signed."""
    contract = agree_ahead(world, seller, product, tonnes, day)
    if signed:
        buyer = world.actors[SAO_XANH]
        later = world.day(SIGNING - 1)
        diary.note(later, partial(sign_for, world, buyer, contract))


def agree_ahead(
    world: World, seller: str, product: str, tonnes: int, day: date
) -> Contract:
    """What the seller and the one buyer agree on for the season that lies ahead."""
    plan = plan_year_round(day, world.today + days(100), 3, keeps=True)
    season = season_ending(product, world.today + days(SOONEST_END))
    if season is not None:
        plan = replace(plan, harvest=harvest_days_in(world, season))
        picked = plan.harvest
        first = Window(picked.first + days(3), picked.last)
        plan = replace(plan, deliveries=tuple(split(first, 3)))
    deal = Deal(seller, SAO_XANH, product, tonnes, plan)
    harvest, offer = post_supply(world, deal, day), post_demand(world, deal, day)
    return agree_today(world, harvest, offer, day)


def _match(world: World, day: date) -> None:
    """Proposals for all; one is answered with a counter-offer."""
    session, now = world.session, world.at(day)
    run_matching(session, today=day, now=now)
    proposal = _to_toan_thang(world)
    bid = bid_of(current_terms(proposal))
    lower = Bid(bid.price_vnd - ROUND_DOWN_VND, bid.lines)
    counter_terms(
        session,
        director_of(world, proposal.buyer_id),
        proposal.public_id,
        0,
        CounterOffer(lower, "Giá này tính cả xe lạnh đến tận vườn"),
        today=day,
        now=now,
    )
    run_matching(session, today=day, now=now)


def _to_toan_thang(world: World) -> Proposal:
    """A proposal to Toàn Thắng for its longan."""
    return world.session.scalars(
        select(Proposal)
        .join(Harvest, Harvest.id == Proposal.harvest_id)
        .join(Product, Product.id == Harvest.product_id)
        .where(
            Proposal.seller_id == world.organisations[TOAN_THANG].id,
            Proposal.state == ProposalState.PROPOSED,
            Product.code == "longan",
        )
        .order_by(Proposal.id)
        .limit(1)
    ).one()


def send_past_letters(world: World) -> None:
    """What was written before today reached its readers long ago."""
    world.session.execute(
        update(Letter)
        .where(Letter.state == LetterState.PENDING, Letter.due_at < world.now)
        .values(state=LetterState.SENT, sent_at=Letter.due_at)
    )
