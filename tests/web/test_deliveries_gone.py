"""A delivery that is cancelled or lost says so, and offers nothing more to do."""

from __future__ import annotations

import pytest
import time_machine

from marketplace.domain.deliveries import DeliveryWord
from marketplace.domain.errors import Refused
from marketplace.domain.majeure import Hindered
from marketplace.services.deliveries import say_of_delivery
from marketplace.services.majeure import withdraw_notice
from marketplace.services.majeure_answers import acknowledge_notice
from tests.acting import Acted
from tests.doors import enter
from tests.factories import NOW, TODAY
from tests.majeure_rows import told


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def acted(session, make):
    return Acted(session, make)


def struck(acted, kg):
    told(acted.session, acted.seller, acted.contract, Hindered(1, kg))


def stands(acted):
    public_id = acted.contract.public_id
    acknowledge_notice(acted.session, acted.buyer, public_id, 1, now=NOW)


def ready(acted):
    return say_of_delivery(
        acted.session,
        acted.seller,
        acted.contract.public_id,
        1,
        DeliveryWord.READY,
        now=NOW,
        today=TODAY,
    )


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("handed_over", [0, 2_000])
def test_what_was_lost_whole_offers_nothing_to_do(client, session, acted, handed_over):
    if handed_over:
        acted.delivered(handed_over)
    url = f"/hop-dong/{acted.contract.public_id}"
    for who in (acted.seller, acted.buyer):
        enter(client, session, who)
        assert "/giao/1/doi-ngay" in client.get(f"{url}/giao").text

    struck(acted, 12_000 - handed_over)
    stands(acted)

    for who in (acted.seller, acted.buyer):
        enter(client, session, who)
        for page in (f"{url}/giao", url):
            shown = client.get(page).text
            acts = ("/giao/1/san-hang", "/giao/1/doi-ngay", "/giao/1/khong-giao")
            assert [act for act in acts if act in shown] == []
            assert "Ghi phiếu giao<span" not in shown


def test_whoever_acts_on_a_cancelled_one_hears_that_it_is(acted):
    struck(acted, 12_000)
    stands(acted)

    with pytest.raises(Refused, match="đã hủy"):
        ready(acted)
    with pytest.raises(Refused, match="đã hủy"):
        acted.weighed(1_000)


def test_goods_under_a_notice_that_waits_are_not_ready(session, acted):
    struck(acted, 12_000)

    with pytest.raises(Refused, match="bất khả kháng"):
        ready(acted)

    public_id = acted.contract.public_id
    withdraw_notice(session, acted.seller, public_id, 1, now=NOW)
    assert ready(acted).delivery.state == "ready"


def test_what_a_notice_leaves_of_a_delivery_may_be_ready(acted):
    struck(acted, 5_000)

    assert ready(acted).delivery.state == "ready"
