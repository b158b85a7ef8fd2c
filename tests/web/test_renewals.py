"""The page of the next season: a card leads there, a button asks, the other answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from marketplace.domain.words import Side
from tests.deals import Deals
from tests.doors import enter
from tests.factories import NOW


@pytest.fixture
def deals(session, make):
    return Deals(session, make)


@pytest.fixture
def contract(deals):
    return deals.in_force()


@pytest.fixture
def near_the_end(contract):
    end = contract.effective_to - NOW.date()
    with time_machine.travel(NOW + end - timedelta(days=10), tick=False):
        yield contract


def browser(app, session, deals, contract, side):
    return enter(app.test_client(), session, deals.actor(contract, side))


def test_both_sides_find_the_card_and_the_proposal_comes_of_it(
    app, session, deals, near_the_end
):
    contract = near_the_end
    page = f"/hop-dong/{contract.public_id}/vu-toi"
    seller, buyer = (browser(app, session, deals, contract, side) for side in Side)
    for one, partner in ((seller, contract.buyer), (buyer, contract.seller)):
        assert f"Bàn vụ tới với {partner.short_name}" in one.get("/hom-nay").text

    asked = seller.post(page, data={"post": "new"})
    answered = buyer.post(page, data={"post": "new"})

    assert asked.location.endswith(page)
    assert answered.location.startswith("/de-xuat/")
    proposal = seller.get(answered.location).text
    assert "Trả lời" in proposal
    assert "/dong-y" in proposal
    assert "Bàn vụ tới" not in seller.get("/hom-nay").text


def test_who_asked_waits_and_the_other_is_asked_to_answer(
    app, session, deals, near_the_end
):
    contract = near_the_end
    page = f"/hop-dong/{contract.public_id}/vu-toi"
    seller, buyer = (browser(app, session, deals, contract, side) for side in Side)
    seller.post(page, data={"post": "new"})

    assert "muốn làm tiếp vụ tới" in buyer.get("/hom-nay").text
    assert "Rút đề nghị" in seller.get(page).text
    assert "Thôi, không làm tiếp" in buyer.get(page).text

    buyer.post(f"{page}/thoi")

    assert "Bàn vụ tới" in seller.get("/hom-nay").text


def test_neither_sees_what_the_other_would_pay_or_take(
    app, session, make, deals, near_the_end
):
    contract = near_the_end
    page = f"/hop-dong/{contract.public_id}/vu-toi"
    seller, buyer = (browser(app, session, deals, contract, side) for side in Side)
    seller.post(page, data={"post": "new"})

    assert "15.500" not in seller.get(page).text  # the ceiling
    assert "14.000" not in buyer.get(page).text  # the floor


def test_the_wrong_post_is_told_beside_the_list(app, session, deals, near_the_end):
    page = f"/hop-dong/{near_the_end.public_id}/vu-toi"
    seller = browser(app, session, deals, near_the_end, Side.SELLER)

    answer = seller.post(page, data={"post": "khac"})

    assert answer.status_code == 422


def test_a_stranger_and_an_officer_find_no_such_page(app, session, make, near_the_end):
    page = f"/hop-dong/{near_the_end.public_id}/vu-toi"

    for who in (make.member(), make.officer()):
        assert enter(app.test_client(), session, who).get(page).status_code == 404
