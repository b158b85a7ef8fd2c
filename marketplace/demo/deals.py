"""Contracts of the past: posted, matched, accepted by both, signed by both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from marketplace.demo.buyers import FIRMS, SAO_XANH
from marketplace.demo.diary import Diary, World
from marketplace.demo.handing_over import hand_over
from marketplace.demo.harvest_days import PAYMENT_DAYS, Plan
from marketplace.demo.people import PASSWORD
from marketplace.domain.actor import Actor
from marketplace.domain.commands_harvests import CloseHarvest, Forecast, PostHarvest
from marketplace.domain.commands_offers import PostOffer, TrancheLine
from marketplace.domain.offers import split_evenly
from marketplace.domain.words import PriceMode
from marketplace.services.harvest_changes import close_harvest
from marketplace.services.harvests import post_harvest
from marketplace.services.matching import run_matching
from marketplace.services.offers import close_offer, post_offer
from marketplace.services.proposals import accept_terms, contract_of
from marketplace.services.signing import Sign, current_version, sign_contract
from models.contracts import Contract
from models.harvests import Harvest
from models.offers import Offer
from models.proposals import Proposal

# Secret floors and ceilings, đồng a kilogram, before the way to the buyer.
PRICES_VND = {
    "longan": (14_000, 19_500),
    "mango": (9_000, 13_500),
    "pomelo": (14_000, 20_500),
    "vegetable": (8_000, 13_000),
    "honey": (130_000, 168_000),
    "mango_dried": (120_000, 165_000),
    "cassava": (1_700, 2_500),
    "maize": (5_600, 7_400),
}
QUOTED = {"longan": "long_bien", "mango": "long_bien"}  # where prices are noted
SHARE_PCT = 60
GRADES = ((1, 600), (2, 400))
_FAR_VND = {firm.short: firm.far_vnd for firm in FIRMS}
_PLACES = {firm.short: firm.place for firm in FIRMS}


@dataclass(frozen=True)
class Deal:
    """Who sells what to whom, how much, and when."""

    seller: str
    buyer: str
    product: str
    tonnes: int
    plan: Plan
    variety: str = ""

    @property
    def kg(self) -> int:
        return self.tonnes * 1000


def note_deal(
    world: World, diary: Diary, deal: Deal, then: Callable[[Contract, date], object]
) -> None:
    """Agreed on its day and signed the day after; `then` what comes of it."""
    diary.note(deal.plan.made, partial(_make, world, diary, deal, then))


def _make(
    world: World,
    diary: Diary,
    deal: Deal,
    then: Callable[[Contract, date], object],
    day: date,
) -> None:
    harvest = post_supply(world, deal, day)
    offer = post_demand(world, deal, day)
    contract = agree_today(world, harvest, offer, day)

    def sign(on: date) -> None:
        for party in (deal.seller, deal.buyer):
            sign_for(world, world.actors[party], contract, on)
        buyer = world.actors[deal.buyer]
        close_offer(world.session, buyer, offer.public_id, now=world.at(on))
        hand_over(
            world, diary, contract, world.actors[deal.seller], world.actors[deal.buyer]
        )
        then(contract, on)

    diary.note(day + timedelta(days=1), sign)
    over = deal.plan.harvest.last + timedelta(days=6)
    if over < world.today:
        diary.note(over, partial(_close, world, deal, harvest))


def post_supply(world: World, deal: Deal, day: date) -> Harvest:
    """The seller's harvest, as it was expected on the day."""
    floor, _ = PRICES_VND[deal.product]
    garden = "mango" if deal.product == "mango_dried" else deal.product
    command = PostHarvest(
        product_code=deal.product,
        forecast=Forecast(deal.plan.harvest.first, deal.plan.harvest.last, deal.kg),
        variety_code=deal.variety,
        grades=GRADES,
        area=world.gardens.get((deal.seller, garden), ""),
        floor_price_vnd=floor,
    )
    who = world.actors[deal.seller]
    return post_harvest(world.session, who, command, today=day, now=world.at(day))


def post_demand(world: World, deal: Deal, day: date) -> Offer:
    """The buyer's offer for just that, in as many parts as there are deliveries."""
    _, ceiling = PRICES_VND[deal.product]
    windows = deal.plan.deliveries
    command = PostOffer(
        product_code=deal.product,
        place=_PLACES.get(deal.buyer, "Điểm tập kết Nà Nghịu"),
        payment_term_days=PAYMENT_DAYS,
        tranches=tuple(
            TrancheLine(
                window.first, window.last, kg, ceiling + _FAR_VND.get(deal.buyer, 300)
            )
            for window, kg in zip(
                windows, split_evenly(deal.kg, len(windows)), strict=True
            )
        ),
        least_grade=2,
        **_moving(deal),
    )
    who = world.actors[deal.buyer]
    return post_offer(world.session, who, command, today=day, now=world.at(day))


def _moving(deal: Deal) -> dict[str, Any]:
    """One buyer takes fresh fruit at a floor and shares what the market pays more."""
    if deal.buyer != SAO_XANH or deal.product not in QUOTED:
        return {}
    return {
        "price_mode": PriceMode.FLOOR,
        "share_pct": SHARE_PCT,
        "reference_market": QUOTED[deal.product],
    }


def agree_today(world: World, harvest: Harvest, offer: Offer, day: date) -> Contract:
    """The market is matched; both sides accept what it proposes for the two."""
    session, now = world.session, world.at(day)
    run_matching(session, today=day, now=now)
    proposal = session.scalars(
        select(Proposal).where(
            Proposal.harvest_id == harvest.id, Proposal.offer_id == offer.id
        )
    ).one()
    for post in (harvest, offer):
        who = director_of(world, post.organisation_id)
        accept_terms(session, who, proposal.public_id, 0, today=day, now=now)
    contract = contract_of(session, proposal)
    assert contract is not None
    return contract


def director_of(world: World, organisation_id: int) -> Actor:
    """Who represents an organisation of the demo."""
    return next(
        actor
        for actor in world.actors.values()
        if actor.organisation_id == organisation_id and actor.may_sign
    )


def sign_for(world: World, who: Actor, contract: Contract, day: date) -> None:
    """One side signs the words that lie there."""
    session = world.session
    digest = current_version(session, contract).digest
    command = Sign(digest, PASSWORD, agreed=True)
    now = world.at(day)
    sign_contract(session, who, contract.public_id, command, today=day, now=now)


def _close(world: World, deal: Deal, harvest: Harvest, day: date) -> None:
    """The season is over: it bore a little more than was promised."""
    actual = deal.kg * world.rng.randrange(101, 112) // 100
    close_harvest(
        world.session,
        world.actors[deal.seller],
        harvest.public_id,
        CloseHarvest(actual),
        today=day,
        now=world.at(day),
    )
