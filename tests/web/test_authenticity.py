"""The authenticity page: what strangers learn of a paper, and what parties do."""

from __future__ import annotations

import pytest
import time_machine
from flask_limiter.util import get_qualified_name

from marketplace.domain.canonical import short_digest
from marketplace.domain.formats import format_number
from marketplace.domain.words import Side
from marketplace.domain.words_delivery import NoteState
from marketplace.services.amendment_answers import withdraw_amendment
from marketplace.web.limits import limiter
from tests.acting import Acted
from tests.amending import proposed
from tests.deals import Deals
from tests.doors import enter
from tests.factories import NOW
from tests.pages import problems_of


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def deal(session, make):
    contract = Deals(session, make).in_force()
    return contract, contract.versions[0].digest


def test_a_stranger_learns_that_it_is_genuine_and_nothing_else(client, deal):
    contract, digest = deal

    page = client.get(f"/xac-thuc/{digest}")

    assert page.status_code == 200
    assert "Giấy tờ có thật" in page.text
    assert "Còn hiệu lực" in page.text
    assert problems_of(page.text) == []
    secrets = (
        contract.number,
        contract.seller.name,
        contract.buyer.name,
        contract.public_id,
        format_number(contract.total_kg),
        format_number(contract.price_vnd),
        contract.product.name_vi,
    )
    assert [one for one in secrets if one in page.text] == []


def test_it_says_so_in_english_too(client, deal):
    _, digest = deal

    page = client.get(f"/xac-thuc/{digest}?lang=en")

    assert "This paper is genuine" in page.text
    assert "Valid" in page.text


def test_a_party_and_an_officer_get_a_link_and_others_do_not(app, session, make, deal):
    contract, digest = deal
    party = Deals(session, make).actor(contract, Side.BUYER)
    link = f"/hop-dong/{contract.public_id}"

    for who, expected in (
        (party, True),
        (make.officer(), True),
        (make.member(), False),
    ):
        browser = enter(app.test_client(), session, who)
        page = browser.get(f"/xac-thuc/{digest}")
        assert (link in page.text) is expected


def test_a_genuine_paper_that_no_longer_binds_warns(client, session, make):
    deals = Deals(session, make)
    note = deals.note(deals.in_force())
    note.state, note.void_reason = NoteState.VOID, "Cân sai"
    session.flush()

    page = client.get(f"/xac-thuc/{note.digest}")

    assert "Giấy này đã bị hủy, không còn giá trị." in page.text
    assert "Đây là bản đang có hiệu lực" not in page.text
    assert "Cân sai" not in page.text


@pytest.mark.databases("sqlite")
def test_an_unknown_digest_is_told_to_be_unknown(client):
    page = client.get("/xac-thuc/" + "0" * 64)

    assert page.status_code == 404
    assert "Không tìm thấy giấy tờ" in page.text
    assert problems_of(page.text) == []


def test_the_short_sign_finds_nothing_and_says_why(client, deal):
    _, digest = deal

    for part in (short_digest(digest), digest[:16], digest[:63]):
        typed = client.post("/xac-thuc", data={"digest": part})
        asked = client.get(f"/xac-thuc/{part}")
        assert (typed.status_code, asked.status_code) == (422, 404)
        assert "Cần đủ 64 ký tự" in typed.text
        assert "Cần đủ 64 ký tự" in asked.text
        assert problems_of(typed.text) == problems_of(asked.text) == []


def test_a_pasted_digest_leads_to_its_own_address(client, deal):
    _, digest = deal

    for typed in (f" {digest.upper()} ", f"https://x/xac-thuc/{digest}?lang=en"):
        answer = client.post("/xac-thuc", data={"digest": typed})
        assert answer.status_code == 302
        assert answer.location == f"/xac-thuc/{digest}"
    shouted = client.get(f"/xac-thuc/{digest.upper()}")
    assert shouted.location == f"/xac-thuc/{digest}"


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("endpoint", ["authenticity.check", "authenticity.show"])
def test_asking_is_limited(app, endpoint):
    view = app.view_functions[endpoint]
    name = get_qualified_name(view)

    limits = limiter.limit_manager.decorated_limits(name)

    assert [str(one.limit) for one in limits] == ["30 per 1 minute"]


def test_an_amendment_that_nobody_signed_never_was_in_force(client, session, make):
    acted = Acted(session, make)
    amendment = proposed(session, acted.seller, acted.contract, price_vnd=15_000)
    number = acted.contract.public_id
    withdraw_amendment(session, acted.seller, number, amendment.version, now=NOW)

    page = client.get(f"/xac-thuc/{amendment.wording.digest}").text

    assert "Chưa từng có hiệu lực" in page
    assert "chưa bao giờ có hiệu lực" in page
    assert "Đã hủy" not in page
