"""The market of these days: posts, proposals, a counter-offer, words to sign."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

from sqlalchemy import select, update

from marketplace.demo import open_market
from marketplace.demo.buyers import FIRMS, SAO_XANH
from marketplace.demo.cooperatives import BAO_MINH, TOAN_THANG
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
    LONGEST_HARVEST,
    PAYMENT_DAYS,
    days,
    plan_year_round,
    season_ending,
    split,
)
from marketplace.demo.open_market import Demand, Supply
from marketplace.domain.bargaining import Bid, CounterOffer
from marketplace.domain.commands_harvests import Forecast, PostHarvest, ReviseForecast
from marketplace.domain.commands_offers import PostOffer, Requirement, TrancheLine
from marketplace.domain.offers import split_evenly
from marketplace.domain.windows import Window
from marketplace.domain.words import (
    CertificateScheme,
    HarvestState,
    LetterState,
    ProposalState,
)
from marketplace.services import harvests, offers
from marketplace.services.counters import counter_terms
from marketplace.services.harvest_changes import revise_harvest
from marketplace.services.matching import run_matching
from marketplace.services.notices import read_all_notices
from marketplace.services.proposal_making import bid_of
from marketplace.services.proposals import current_terms
from models.harvests import Harvest
from models.notices import Letter
from models.offers import Offer
from models.proposals import Proposal
from models.reference import Product

POSTED, SIGNING, NEWS_READ = 1, 5, 6  # days ago
ROUND_DOWN_VND = 500
_PLACES = {firm.short: firm.place for firm in FIRMS}
_FRUIT_PARTS = 40  # a season that ends sooner is left for the next one


def note_present(world: World, diary: Diary, longan_ends: date) -> None:
    """What is posted these days; the matcher runs when all lies there."""
    diary.note(world.day(NEWS_READ), partial(_read_news, world))
    for row in open_market.TO_SIGN:
        diary.note(world.day(SIGNING), partial(_to_sign, world, diary, *row))
    posted = world.day(POSTED)
    for revision in open_market.REVISED:
        diary.note(posted, partial(_revise, world, *revision))
    for supply in open_market.HARVESTS:
        diary.note(posted, partial(_post_supply, world, supply))
    for demand in open_market.OFFERS:
        diary.note(posted, partial(_post_demand, world, demand))
    diary.note(posted, partial(_post_longan, world, longan_ends))
    diary.note(posted, partial(_paused_and_drafts, world))
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
    plan = plan_year_round(day, world.today + days(100), 3, keeps=True)
    season = season_ending(product, world.today + days(_FRUIT_PARTS))
    if season is not None:
        plan = replace(plan, harvest=_harvest_days(world, season))
        picked = plan.harvest
        first = Window(picked.first + days(3), picked.last)
        plan = replace(plan, deliveries=tuple(split(first, 3)))
    deal = Deal(seller, SAO_XANH, product, tonnes, plan)
    harvest, offer = post_supply(world, deal, day), post_demand(world, deal, day)
    contract = agree_today(world, harvest, offer, day)
    if signed:
        buyer = world.actors[SAO_XANH]
        later = world.day(SIGNING - 1)
        diary.note(later, partial(sign_for, world, buyer, contract))


def _harvest_days(world: World, season: Window) -> Window:
    """Most of a season, or what is left of it."""
    last = season.last - days(1)
    first = max(season.first + days(10), world.today + days(2))
    return Window(max(first, last - days(LONGEST_HARVEST)), last)


def _window(world: World, product: str, variety: str) -> Window:
    season = season_ending(product, world.today + days(_FRUIT_PARTS), variety)
    if season is None:
        return Window(world.today + days(3), world.today + days(90))
    return _harvest_days(world, season)


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


def _post_supply(world: World, supply: Supply, day: date) -> None:
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


def _post_demand(world: World, demand: Demand, day: date) -> Offer:
    who, command = world.actors[demand.buyer], _demand(world, demand)
    now = world.at(day)
    return offers.post_offer(world.session, who, command, today=day, now=now)


def _post_longan(world: World, longan_ends: date, day: date) -> None:
    """Three deliveries while Bảo Minh's VietGAP is valid, and one after it."""
    soonest = world.today + days(3)
    tranches = [
        TrancheLine(
            max(longan_ends + days(first), soonest),
            max(longan_ends + days(last), soonest + days(2)),
            open_market.LONGAN_TONNES * 1000,
            open_market.LONGAN_CEILING_VND,
        )
        for first, last in open_market.LONGAN_DAYS
    ]
    command = PostOffer(
        product_code="longan",
        place=_PLACES[SAO_XANH],
        payment_term_days=PAYMENT_DAYS,
        tranches=tuple(tranches),
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


def _revise(
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


def _paused_and_drafts(world: World, day: date) -> None:
    session, now = world.session, world.at(day)
    paused = _post_demand(world, open_market.PAUSED, day)
    offers.pause_offer(
        session, world.actors[open_market.PAUSED.buyer], paused.public_id
    )
    draft = open_market.DRAFT_OFFER
    buyer = world.actors[draft.buyer]
    offers.save_draft(session, buyer, _demand(world, draft), today=day)
    supply = _supply(world, open_market.DRAFT_HARVEST)
    seller = world.actors[BAO_MINH]
    harvests.save_draft(session, seller, supply, today=day, now=now)


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
    _send_past_letters(world)


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


def _send_past_letters(world: World) -> None:
    """What was written before today reached its readers long ago."""
    world.session.execute(
        update(Letter)
        .where(
            Letter.state == LetterState.PENDING,
            Letter.due_at < world.at(world.day(1)) + days(1),
        )
        .values(state=LetterState.SENT, sent_at=Letter.due_at)
    )
