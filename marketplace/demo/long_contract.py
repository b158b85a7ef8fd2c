"""A contract of three seasons: proposed, agreed and signed before its first."""

from __future__ import annotations

from datetime import date
from functools import partial

from marketplace.demo.cooperatives import TOAN_THANG
from marketplace.demo.deals import director_of, sign_for
from marketplace.demo.diary import Diary, World
from marketplace.demo.present import SIGNING, agree_ahead
from marketplace.domain.season_plans import ProposeSeasons, plan_ahead
from marketplace.services.offers import close_offer
from marketplace.services.season_answers import agree_to_seasons
from marketplace.services.season_plans import first_plan, propose_seasons
from marketplace.services.signing import current_version

SEASONS, TONNES = 3, 6
MARKET = "long_bien"


def note_long_contract(world: World, diary: Diary) -> None:
    """Of the days in which other words wait to be signed."""
    diary.note(world.day(SIGNING), partial(_bind, world))


def _bind(world: World, day: date) -> None:
    """The seller asks for its price in all seasons; the buyer goes by the market."""
    session, now = world.session, world.at(day)
    contract = agree_ahead(world, TOAN_THANG, "pomelo", TONNES, day)
    seller = director_of(world, contract.seller_id)
    buyer = director_of(world, contract.buyer_id)
    command = ProposeSeasons(
        digest=current_version(session, contract).digest,
        seasons=SEASONS,
        lines=plan_ahead(first_plan(contract), SEASONS),
        keeps_price=True,
        market=MARKET,
    )
    key = contract.public_id
    propose_seasons(session, seller, key, command, today=day, now=now)
    agree_to_seasons(session, buyer, key, keeps_price=False, today=day, now=now)
    for who in (seller, buyer):
        sign_for(world, who, contract, day)
    assert contract.offer is not None
    close_offer(session, buyer, contract.offer.public_id, now=now)
