"""What force majeure left of a delivery can be amended; what it took never comes back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.domain.deliveries import DeliveryState
from marketplace.domain.errors import Refused
from marketplace.domain.majeure import Hindered
from marketplace.domain.words import Side
from marketplace.services.amendment_plans import may_change
from marketplace.services.deliveries import planned_deliveries
from marketplace.services.invariants import find_violations
from marketplace.services.majeure_answers import acknowledge_notice
from tests.acting import Acted
from tests.amending import amended, moved, proposed
from tests.factories import NOW
from tests.majeure_rows import told

DAY = timedelta(days=1)


@pytest.fixture
def acted(session, make):
    return Acted(session, make)


def sides_of(acted):
    return {Side.SELLER: acted.seller, Side.BUYER: acted.buyer}


def lost(acted, kg):
    """The buyer lets stand that a flood took so much of the one delivery."""
    told(acted.session, acted.seller, acted.contract, Hindered(1, lost_kg=kg))
    public_id = acted.contract.public_id
    acknowledge_notice(acted.session, acted.buyer, public_id, 1, now=NOW)


def broken(session):
    found = find_violations(session)
    return [one for one in found if one.rule != "both sides accepted what is agreed"]


def test_the_rest_after_a_loss_is_moved_and_made_less(session, acted):
    contract = acted.contract
    lost(acted, 5_000)
    promised, day = contract.harvest.promised_kg, contract.lines[0].deliver_to + DAY
    later = moved(contract, 1, first_day=day, last_day=day, kg=9_000)

    amended(session, sides_of(acted), contract, deliveries=(later,), until=day + DAY)

    (planned,) = planned_deliveries(session, contract)
    assert planned.line.deliver_from == day
    assert planned.open_kg == 4_000
    assert planned.line.released_kg == 5_000
    assert contract.harvest.promised_kg == promised - 3_000
    assert broken(session) == []


def test_what_was_lost_or_handed_over_is_never_amended_away(session, acted):
    lost(acted, 5_000)
    acted.delivered(3_000)

    for kg in (0, 4_999, 7_999):
        less = (moved(acted.contract, 1, kg=kg),)
        with pytest.raises(Refused) as refusal:
            proposed(session, acted.seller, acted.contract, deliveries=less)
        assert refusal.value.field == "lines"

    amended(
        session,
        sides_of(acted),
        acted.contract,
        deliveries=(moved(acted.contract, 1, kg=8_000),),
    )
    (planned,) = planned_deliveries(session, acted.contract)
    assert planned.open_kg == 0
    assert broken(session) == []


def test_what_a_notice_that_waits_tells_of_is_not_amended_away(session, acted):
    told(session, acted.seller, acted.contract, Hindered(1, lost_kg=5_000))

    less = (moved(acted.contract, 1, kg=4_000),)

    with pytest.raises(Refused):
        proposed(session, acted.seller, acted.contract, deliveries=less)


def test_a_delivery_that_was_lost_whole_is_not_amended(session, acted):
    lost(acted, 12_000)

    (planned,) = planned_deliveries(session, acted.contract)
    assert planned.delivery.state is DeliveryState.CANCELLED
    assert not may_change(planned)
