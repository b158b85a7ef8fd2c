"""What is put on the market these days, as the plan of the open market says."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from marketplace.demo import open_market
from marketplace.demo.buyers import FIRMS, SAO_XANH
from marketplace.demo.cooperatives import BAO_MINH
from marketplace.demo.diary import World
from marketplace.demo.harvest_days import (
    LONGEST_HARVEST,
    PAYMENT_DAYS,
    days,
    season_ending,
    split,
)
from marketplace.demo.open_market import Demand, Supply
from marketplace.domain.commands_harvests import Forecast, PostHarvest, ReviseForecast
from marketplace.domain.commands_offers import PostOffer, Requirement, TrancheLine
from marketplace.domain.offers import split_evenly
from marketplace.domain.windows import Window
from marketplace.domain.words import (
    CertificateScheme,
    HarvestState,
)
from marketplace.services import harvests, offers
from marketplace.services.harvest_changes import revise_harvest
from models.harvests import Harvest
from models.offers import Offer
from models.reference import Product

SOONEST_END = 40  # days; a season that ends sooner is left for the next one
_PLACES = {firm.short: firm.place for firm in FIRMS}


def harvest_days_in(world: World, season: Window) -> Window:
    """Most of a season, or what is left of it."""
    last = season.last - days(1)
    first = max(season.first + days(10), world.today + days(2))
    return Window(max(first, last - days(LONGEST_HARVEST)), last)


def _window(world: World, product: str, variety: str) -> Window:
    season = season_ending(product, world.today + days(SOONEST_END), variety)
    if season is None:
        return Window(world.today + days(3), world.today + days(90))
    return harvest_days_in(world, season)


def _supply(world: World, supply: Supply) -> PostHarvest:
    window = _window(world, supply.product, supply.variety)
    garden = "mango" if supply.product == "mango_dried" else supply.product
    best = supply.best_permille
    return PostHarvest(
        product_code=supply.product,
        forecast=Forecast(window.first, window.last, supply.tonnes * 1000),
        variety_code=supply.variety,
        grades=((1, best), (2, 1000 - best)),
        area=world.gardens.get((supply.seller, garden), ""),
        floor_price_vnd=supply.floor_vnd,
        asking_price_vnd=supply.asking_vnd,
        smallest_lot_kg=supply.smallest_tonnes * 1000,
        packaging=supply.packaging,
    )


def post_harvest(world: World, supply: Supply, day: date) -> None:
    """One harvest of the plan."""
    harvests.post_harvest(
        world.session,
        world.actors[supply.seller],
        _supply(world, supply),
        today=day,
        now=world.at(day),
    )


def _demand(world: World, demand: Demand) -> PostOffer:
    window = _window(world, demand.product, "".join(demand.varieties[:1]))
    ahead = Window(window.first + days(4), window.last)
    kg = split_evenly(demand.tonnes * 1000, demand.parts)
    return PostOffer(
        product_code=demand.product,
        place=_PLACES.get(demand.buyer, "Điểm tập kết Nà Nghịu"),
        payment_term_days=PAYMENT_DAYS,
        tranches=tuple(
            TrancheLine(part.first, part.last, share, demand.ceiling_vnd)
            for part, share in zip(split(ahead, demand.parts), kg, strict=True)
        ),
        requirements=demand.needs,
        variety_codes=demand.varieties,
        least_grade=demand.least_grade,
        market=demand.market,
        show_price=demand.show_price,
        smallest_lot_kg=demand.smallest_tonnes * 1000,
        most_suppliers=demand.most_suppliers,
        deposit_pct=demand.deposit_pct,
        cold_chain=demand.cold_chain,
    )


def post_offer(world: World, demand: Demand, day: date) -> Offer:
    """One offer of the plan."""
    who, command = world.actors[demand.buyer], _demand(world, demand)
    now = world.at(day)
    return offers.post_offer(world.session, who, command, today=day, now=now)


def post_longan(world: World, longan_ends: date, day: date) -> None:
    """Three deliveries while Bảo Minh's VietGAP is valid, and one after it."""
    command = PostOffer(
        product_code="longan",
        place=_PLACES[SAO_XANH],
        payment_term_days=PAYMENT_DAYS,
        tranches=_longan_tranches(world, longan_ends),
        requirements=(Requirement(scheme=CertificateScheme.VIETGAP),),
        variety_codes=("mien_thiet",),
        least_grade=1,
        smallest_lot_kg=30_000,
        most_suppliers=1,
        cold_chain=True,
        traceability=True,
        packaging="Rổ nhựa 10 kg",
    )
    who, now = world.actors[SAO_XANH], world.at(day)
    offers.post_offer(world.session, who, command, today=day, now=now)


def _longan_tranches(world: World, longan_ends: date) -> tuple[TrancheLine, ...]:
    soonest = world.today + days(3)
    return tuple(
        TrancheLine(
            max(longan_ends + days(first), soonest),
            max(longan_ends + days(last), soonest + days(2)),
            open_market.LONGAN_TONNES * 1000,
            open_market.LONGAN_CEILING_VND,
        )
        for first, last in open_market.LONGAN_DAYS
    )


def revise(
    world: World, seller: str, product: str, tonnes: int, reason: str, day: date
) -> None:
    """A contracted harvest turns out larger or smaller than was thought."""
    harvest = world.session.scalars(
        select(Harvest)
        .join(Product, Product.id == Harvest.product_id)
        .where(
            Harvest.organisation_id == world.organisations[seller].id,
            Product.code == product,
            Harvest.state == HarvestState.OPEN,
        )
        .order_by(Harvest.id.desc())
        .limit(1)
    ).one()
    forecast = Forecast(harvest.window_start, harvest.window_end, tonnes * 1000)
    revise_harvest(
        world.session,
        world.actors[seller],
        harvest.public_id,
        ReviseForecast(forecast, reason),
        today=day,
        now=world.at(day),
    )


def pause_and_draft(world: World, day: date) -> None:
    """An offer that rests, and drafts that nobody else sees."""
    session, now = world.session, world.at(day)
    paused = post_offer(world, open_market.PAUSED, day)
    offers.pause_offer(
        session, world.actors[open_market.PAUSED.buyer], paused.public_id
    )
    draft = open_market.DRAFT_OFFER
    buyer = world.actors[draft.buyer]
    offers.save_draft(session, buyer, _demand(world, draft), today=day)
    supply = _supply(world, open_market.DRAFT_HARVEST)
    seller = world.actors[BAO_MINH]
    harvests.save_draft(session, seller, supply, today=day, now=now)
