"""What the pages of a contract that is over say, and which of them offer no form."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from marketplace.domain.errors import Refused
from marketplace.domain.formats import format_day
from marketplace.domain.words import ContractState, Side
from marketplace.services.closing_pdf import closing_pdf
from marketplace.services.closings import closing_of, closing_paper, confirm_closing
from marketplace.services.issued_statements import issue_statement
from marketplace.web.statement_papers import said_in
from tests.acting import Acted
from tests.deals import Deals
from tests.doors import enter
from tests.factories import NOW, TODAY
from tests.printed import Printed

pytestmark = pytest.mark.databases("sqlite")
LATER = {"today": TODAY + timedelta(days=3), "now": NOW + timedelta(days=3)}


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(LATER["now"], tick=False):
        yield


@pytest.fixture
def acted(session, make):
    return Acted(session, make)


def confirm(acted, who):
    digest = closing_of(acted.session, acted.contract, today=LATER["today"]).digest
    confirm_closing(acted.session, who, acted.contract.public_id, digest, **LATER)


@pytest.fixture
def closed(acted):
    acted.delivered(12_000)
    acted.paid(12_000 * 14_500, day=2)
    for who in (acted.seller, acted.buyer):
        confirm(acted, who)
    assert acted.contract.state is ContractState.CLOSED
    return acted


def test_a_closed_contract_names_the_day_on_which_it_ended(client, session, closed):
    enter(client, session, closed.seller)

    page = client.get(f"/hop-dong/{closed.contract.public_id}/thanh-ly").text
    rows = closing_paper(session, closed.contract)
    paper = Printed(closing_pdf(rows, "vi", "https://example.vn"))

    day = format_day(LATER["today"])
    assert day in page.split("Ngày kết thúc")[1].split("</dd>")[0]
    assert day in paper.text.split("Ngày kết thúc")[1][:20]


def test_the_head_of_a_contract_names_its_last_day_in_force(client, session, acted):
    enter(client, session, acted.seller)

    page = client.get(f"/hop-dong/{acted.contract.public_id}").text

    last = acted.contract.effective_to - timedelta(days=1)
    assert f"hết hạn {format_day(last)}" in page
    assert f"đến hết ngày {format_day(last)}" in page


def test_a_closing_is_a_preview_until_both_have_confirmed(client, session, acted):
    acted.delivered(12_000)
    acted.paid(12_000 * 14_500, day=2)
    address = f"/hop-dong/{acted.contract.public_id}/thanh-ly"
    enter(client, session, acted.seller)

    confirm(acted, acted.seller)
    before = client.get(address).text
    confirm(acted, acted.buyer)
    after = client.get(address).text

    assert "In bản xem trước" in before
    assert "In biên bản thanh lý" not in before
    assert "In biên bản thanh lý" in after


FORMS = ("phu-luc/moi", "bat-kha-khang/bao", "tien/ghi", "tien/hoa-don")


@pytest.mark.parametrize("form", FORMS)
def test_a_closed_contract_offers_no_form_but_says_why(client, session, closed, form):
    enter(client, session, closed.seller)

    answer = client.get(f"/hop-dong/{closed.contract.public_id}/{form}")

    assert answer.status_code == 422
    assert "Hợp đồng này không còn hiệu lực" in answer.text
    assert "<form" not in answer.text


def test_what_is_not_signed_is_not_hindered_yet(client, session, make):
    deals = Deals(session, make)
    contract = deals.drawn()
    enter(client, session, deals.actor(contract, Side.SELLER))

    answer = client.get(f"/hop-dong/{contract.public_id}/bat-kha-khang/bao")

    assert answer.status_code == 422
    assert "chưa được hai bên ký đủ" in answer.text
    assert "<form" not in answer.text


def test_no_more_seasons_are_proposed_once_a_side_has_signed(client, session, make):
    deals = Deals(session, make)
    contract = deals.signed()
    enter(client, session, deals.actor(contract, Side.SELLER))

    answer = client.get(f"/hop-dong/{contract.public_id}/nhieu-vu/de-nghi")

    assert answer.status_code == 422
    assert "Đã có bên ký" in answer.text
    assert "<form" not in answer.text


def test_nothing_is_reconciled_after_the_closing(client, session, closed):
    enter(client, session, closed.seller)
    number = closed.contract.public_id

    assert "Lập biên bản hôm nay" not in client.get(f"/hop-dong/{number}/tien").text
    with pytest.raises(Refused, match="đã thanh lý"):
        issue_statement(session, closed.seller, number, said_in, **LATER)
