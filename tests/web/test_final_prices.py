"""A contract that lacks nothing but its final price says so, before and after its end."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from marketplace.domain.words import ContractState
from marketplace.services.closings import NOT_PRICED, obstacles_to_closing
from marketplace.services.contract_endings import end_over
from marketplace.services.final_prices import awaited_quotes
from tests.acting import Acted
from tests.doors import enter
from tests.factories import NOW, TODAY
from tests.services.test_statements import MARKET, resigned

FLOOR = {"mode": "floor", "price_vnd": 14_000, "share_pct": 50, **MARKET}
NO_QUOTE = "Chưa có giá tham chiếu của Chợ đầu mối Long Biên ngày"
NOT_ENDED = "còn hàng chưa giao hoặc tiền chưa trả"
AWAITED = "Hết thời hạn, đã giao đủ; chờ giá cuối."


@pytest.fixture
def paid(session, make):
    """All delivered and the floor paid; of the market nothing is known."""
    acted = Acted(session, make)
    resigned(acted, **FLOOR)
    acted.delivered(12_000)
    acted.paid(12_000 * 14_000, day=1)
    return acted


def closing_page(client, acted, day):
    with time_machine.travel(NOW + timedelta(days=day), tick=False):
        enter(client, acted.session, acted.seller)
        return client.get(f"/hop-dong/{acted.contract.public_id}/thanh-ly").text


def test_what_it_waits_for_is_named_while_it_is_in_force(client, paid):
    page = closing_page(client, paid, 3)

    assert paid.contract.state is ContractState.IN_FORCE
    assert NO_QUOTE in page
    assert NOT_ENDED not in page
    assert "Muốn dừng sớm" not in page
    [(market, day)] = awaited_quotes(paid.session, paid.contract)
    assert (market.code, day) == ("long_bien", TODAY)


def test_one_that_ended_without_its_price_says_why_it_is_not_closed(client, paid):
    days = (paid.contract.effective_to - TODAY).days
    end = TODAY + timedelta(days=days)
    end_over(paid.session, today=end, now=NOW + timedelta(days=days))

    page = closing_page(client, paid, days)

    assert paid.contract.state is ContractState.EXPIRED
    assert AWAITED in page
    assert NO_QUOTE in page
    with time_machine.travel(NOW + timedelta(days=days), tick=False):
        contract = client.get(f"/hop-dong/{paid.contract.public_id}").text
    assert AWAITED in contract


def test_with_the_quote_the_rest_is_owed_and_nothing_is_awaited(client, paid, make):
    later = {"today": TODAY + timedelta(days=3), "now": NOW + timedelta(days=3)}
    assert obstacles_to_closing(paid.session, paid.contract, **later) == [NOT_PRICED]
    make.quote(15_000, 17_000, day=TODAY)

    page = closing_page(client, paid, 3)

    assert "chưa trả" in page
    assert NO_QUOTE not in page
    assert awaited_quotes(paid.session, paid.contract) == []
