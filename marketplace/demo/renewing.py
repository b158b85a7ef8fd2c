"""Two contracts near their end: one that is to be spoken of, one gone on with."""

from __future__ import annotations

from datetime import date
from functools import partial

from marketplace.demo.buyers import SAO_XANH
from marketplace.demo.cooperatives import TOAN_THANG
from marketplace.demo.deals import Deal, director_of, note_deal, sign_for
from marketplace.demo.diary import Diary, World
from marketplace.demo.harvest_days import plan_year_round
from marketplace.services.proposals import accept_terms, contract_of
from marketplace.services.renewal_posts import NEW
from marketplace.services.renewal_telling import tell_due
from marketplace.services.renewals import go_on
from models.contracts import Contract

MADE, LAST_DELIVERY = 124, 24  # days ago: the term ends some weeks from now
TO_SPEAK_OF = (TOAN_THANG, SAO_XANH, 2)
GONE_ON = ("Hương Rừng", "Vườn Nhà", 3)


def note_renewals(world: World, diary: Diary) -> None:
    """Dried mango keeps, so its season ends when the two have agreed that it does."""
    made, until = world.day(MADE), world.day(LAST_DELIVERY)
    plan = plan_year_round(made, until, 3, keeps=True)
    for seller, buyer, tonnes in (TO_SPEAK_OF, GONE_ON):
        deal = Deal(seller, buyer, "mango_dried", tonnes, plan)
        then = partial(_later, world, diary, deal)
        note_deal(world, diary, deal, then)


def _later(
    world: World, diary: Diary, deal: Deal, contract: Contract, _day: date
) -> None:
    """Today both sides are reminded, and one pair goes on."""
    if deal.seller == TOAN_THANG:
        diary.note(world.today, partial(_remind, world))
    else:
        diary.note(world.today, partial(_go_on, world, contract))


def _remind(world: World, day: date) -> None:
    tell_due(world.session, today=day, now=world.at(day))


def _go_on(world: World, contract: Contract, day: date) -> None:
    """Asked, joined, agreed and signed on one day."""
    session, now = world.session, world.at(day)
    seller = director_of(world, contract.seller_id)
    buyer = director_of(world, contract.buyer_id)
    for who in (seller, buyer):
        made = go_on(session, who, contract.public_id, NEW, today=day, now=now)
        if made.proposal is not None:
            break
    assert made.proposal is not None
    for who in (seller, buyer):
        accept_terms(session, who, made.proposal.public_id, 0, today=day, now=now)
    new = contract_of(session, made.proposal)
    assert new is not None
    for who in (seller, buyer):
        sign_for(world, who, new, day)
