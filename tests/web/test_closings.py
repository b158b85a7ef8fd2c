"""The end of a contract on its pages: ready to close, early, let go, and expired."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from marketplace.domain.words import ContractState
from marketplace.services.contract_endings import expire_unsigned
from tests.acting import Acted
from tests.crawler import form_to
from tests.deals import Deals
from tests.doors import enter
from tests.factories import NOW

pytestmark = pytest.mark.databases("sqlite")
VALUE = 12_000 * 14_500


@pytest.fixture(autouse=True)
def later():
    """The hours for a claim are over."""
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        yield


@pytest.fixture
def acted(session, make):
    return Acted(session, make)


def pages_of(acted):
    base = f"/hop-dong/{acted.contract.public_id}"
    return base, f"{base}/thanh-ly", f"{base}/tien"


def test_a_small_rest_is_let_go_from_the_card_of_today_on(client, session, acted):
    acted.delivered(12_000)
    acted.paid(VALUE - 7_000, day=1)
    _base, closing, money = pages_of(acted)

    for who in (acted.seller, acted.buyer):
        enter(client, session, who)
        assert closing in client.get("/hom-nay").text
        page = client.get(closing).text
        assert "Phần lẻ 7.000" in page
        form = form_to(f"{closing}/xac-nhan", page, closing)
        client.post(form.path, data=dict(form.values))

    assert acted.contract.state is ContractState.CLOSED
    assert "đã bỏ phần lẻ 7.000" in client.get(money).text
    assert "Còn phải trả" not in client.get(money).text
    assert closing not in client.get("/hom-nay").text
    assert client.get(f"{closing}/pdf").status_code == 200


def test_before_its_end_the_page_says_how_to_end_it_early(client, session, acted):
    enter(client, session, acted.seller)
    base, closing, _money = pages_of(acted)
    assert closing in client.get(base).text

    page = client.get(closing).text

    assert "Muốn dừng sớm?" in page
    assert f"{base}/sua-doi" in page or "phụ lục" in page


def test_the_account_opens_with_what_is_due_and_folds_the_rest(client, session, acted):
    acted.delivered(12_000)
    enter(client, session, acted.buyer)

    page = client.get(pages_of(acted)[2]).text

    assert page.index("Chờ trả") < page.index("Bảng tính từng dòng")
    assert '<details class="card card--flush fold">' in page  # nothing is overdue
    assert 'fold" open' not in page


def test_what_waits_for_an_answer_is_open(client, session, acted):
    acted.delivered(12_000)
    acted.recorded("payment", 1_000_000)
    enter(client, session, acted.seller)

    page = client.get(pages_of(acted)[2]).text

    assert page.count('fold" open') == 1


def test_expired_says_whether_it_was_ever_signed(client, session, make, acted):
    contract = Deals(session, make).drawn(
        make.proposal(make.harvest(acted.contract.seller))
    )
    expire_unsigned(session, now=contract.sign_by + timedelta(hours=1))
    enter(client, session, acted.seller)

    page = client.get("/hop-dong/").text

    assert "Không ký kịp" in page
    assert "Hết thời hạn" not in page
