"""Why not another: the nearest post that would fit, by what everybody may see."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from marketplace.domain.words import Side
from marketplace.services.matching import run_matching
from marketplace.services.matching_instead import nearest_other
from models.proposals import Proposal
from tests.factories import NOW, TODAY

DAY = date(2026, 7, 28)
HANOI, HAIPHONG, LANGSON = (21.03, 105.85), (20.86, 106.68), (21.85, 106.76)


def an_offer(make, place, **values):
    values = {"tranches": [(DAY, 12_000)]} | values
    latitude, longitude = place
    return make.offer(make.buyer(), latitude=latitude, longitude=longitude, **values)


@pytest.fixture
def harvest(make):
    """Enough for one offer, and no more."""
    return make.harvest(likely_kg=12_000, floor_price_vnd=12_000)


def matched(session):
    run_matching(session, today=TODAY, now=NOW)
    (proposal,) = session.scalars(select(Proposal))
    return proposal


def other_of(session, proposal, side=Side.SELLER):
    return nearest_other(session, proposal, side, today=TODAY)


def test_the_nearest_other_offer_is_told_with_its_road(session, make, harvest):
    best = an_offer(make, HANOI, ceiling_price_vnd=20_000)
    an_offer(make, LANGSON, ceiling_price_vnd=16_000)
    near = an_offer(make, HAIPHONG, ceiling_price_vnd=16_000)

    proposal = matched(session)
    other = other_of(session, proposal)

    assert proposal.offer_id == best.id
    assert other.post is near
    assert 300 < other.km < 500
    assert other.transport_vnd > proposal.transport_vnd


def test_secret_limits_choose_no_alternative(session, make, harvest):
    """It is told even where its ceiling is below the floor: none sees which."""
    an_offer(make, HANOI, ceiling_price_vnd=20_000)
    poor = an_offer(make, HAIPHONG, ceiling_price_vnd=9_000)
    an_offer(make, LANGSON, ceiling_price_vnd=19_000)

    assert other_of(session, matched(session)).post is poor


def test_what_cannot_be_delivered_is_no_alternative(session, make, harvest):
    an_offer(make, HANOI, ceiling_price_vnd=20_000)
    an_offer(make, HAIPHONG, tranches=[(date(2027, 3, 1), 12_000)])

    assert other_of(session, matched(session)) is None


def test_what_is_proposed_already_is_no_alternative(session, make):
    make.harvest(likely_kg=30_000, floor_price_vnd=12_000)
    for place in (HANOI, HAIPHONG):
        an_offer(make, place, ceiling_price_vnd=20_000)
    run_matching(session, today=TODAY, now=NOW)

    one, two = session.scalars(select(Proposal).order_by(Proposal.id))
    assert one.offer_id != two.offer_id
    assert other_of(session, one) is other_of(session, two) is None


def test_a_buyer_reads_of_another_harvest(session, make, harvest):
    an_offer(make, HANOI, ceiling_price_vnd=20_000)
    rival = make.harvest(likely_kg=9_000, floor_price_vnd=15_000)

    proposal = matched(session)
    other = other_of(session, proposal, Side.BUYER)

    assert proposal.harvest_id == harvest.id
    assert other.post is rival


def test_before_any_run_there_is_nothing_to_tell(session, make):
    offer = an_offer(make, HANOI)
    alone = Proposal(offer_id=offer.id, harvest_id=make.harvest().id)
    assert other_of(session, alone) is None
