"""Any sequence of words: the legal ones lead on, the others are turned away."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.deliveries import (
    Delivery,
    DeliveryState,
    DeliveryWord,
    Obstacle,
    Said,
    after,
    fold_words,
    obstacle_to,
)
from marketplace.domain.words import Side

TODAY = date(2026, 7, 1)
PLANNED = TODAY + timedelta(days=10)
LAST = TODAY + timedelta(days=30)
DAYS = st.integers(-2, 32).map(lambda n: TODAY + timedelta(days=n))
SAID = st.builds(
    Said,
    st.sampled_from([word for word in DeliveryWord if word is not DeliveryWord.AMEND]),
    st.sampled_from([Side.SELLER, Side.BUYER, None]),
    st.none() | DAYS,
)


def allowed(delivery: Delivery, said: Said) -> bool:
    """The same rules told the other way round: what each word needs."""
    word, side, day = said.word, said.side, said.day
    open_ = delivery.proposed_by is not None
    needs = {
        "ready": side == "seller" and delivery.state != "ready",
        "blocked": side == "seller" and delivery.state != "blocked",
        "propose_day": side is not None
        and not open_
        and day is not None
        and day != delivery.day
        and TODAY <= day <= LAST,
        "accept_day": open_ and side is not None and side != delivery.proposed_by,
        "decline_day": open_ and side is not None and side != delivery.proposed_by,
        "cancel": side is None,
    }
    return delivery.state != "cancelled" and needs[word]


@given(st.lists(SAID, max_size=40))
def test_exactly_the_legal_words_are_let_through(tried):
    delivery, record = Delivery(PLANNED), []

    for said in tried:
        free = obstacle_to(delivery, said, today=TODAY, last_day=LAST) is None
        assert free == allowed(delivery, said), (delivery, said)
        if free:
            delivery = after(delivery, said)
            record.append(said)

    assert fold_words(PLANNED, record) == delivery
    assert (delivery.proposed_by is None) == (delivery.proposed_day is None)
    assert TODAY <= delivery.day <= LAST


def test_a_new_day_wipes_what_was_said_of_the_old_one():
    moved = PLANNED + timedelta(days=3)
    record = [
        Said(DeliveryWord.BLOCKED, Side.SELLER),
        Said(DeliveryWord.PROPOSE_DAY, Side.SELLER, moved),
        Said(DeliveryWord.ACCEPT_DAY, Side.BUYER),
    ]

    delivery = fold_words(PLANNED, record)

    assert delivery == Delivery(moved, DeliveryState.PLANNED)


def test_a_day_that_has_passed_meanwhile_can_only_be_declined():
    proposed = Delivery(PLANNED, proposed_by=Side.SELLER, proposed_day=TODAY)
    tomorrow = TODAY + timedelta(days=1)

    answers = [
        obstacle_to(proposed, Said(word, Side.BUYER), today=tomorrow, last_day=LAST)
        for word in (DeliveryWord.ACCEPT_DAY, DeliveryWord.DECLINE_DAY)
    ]

    assert answers == [Obstacle.DAY_PAST, None]


def test_every_day_of_the_term_but_its_own_can_be_proposed():
    planned = Delivery(PLANNED)

    for n in range(-2, 33):
        said = Said(DeliveryWord.PROPOSE_DAY, Side.BUYER, TODAY + timedelta(days=n))
        free = obstacle_to(planned, said, today=TODAY, last_day=LAST) is None

        assert free == (0 <= n <= 30 and n != 10), n


@given(st.lists(SAID, max_size=20), st.lists(SAID, max_size=20))
def test_an_amended_plan_forgets_what_was_said_of_the_former_one(before, later):
    amended = Said(DeliveryWord.AMEND)

    assert obstacle_to(Delivery(PLANNED), amended, today=TODAY, last_day=LAST) is None
    assert fold_words(PLANNED, [*before, amended, *later]) == fold_words(PLANNED, later)


@pytest.mark.parametrize("side", Side)
def test_only_the_contract_itself_amends_a_plan(side):
    said = Said(DeliveryWord.AMEND, side)

    assert obstacle_to(Delivery(PLANNED), said, today=TODAY, last_day=LAST)
