"""Several seasons through the browser's eyes: proposed, answered, signed, printed."""

from __future__ import annotations

import pytest
import time_machine

from marketplace.domain.words import ContractState
from models.season_plans import SeasonPlan
from tests.crawler import forms_of
from tests.doors import enter
from tests.factories import NOW, PASSWORD
from tests.pages import problems_of
from tests.printed import Printed
from tests.seasons import MARKET, Seasons

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def both(session, make):
    return Seasons(session, make)


def shown(client, url):
    page = client.get(url)
    assert page.status_code == 200, page.text
    assert problems_of(page.text) == []
    return page.text


def filled(client, url, to=None, **over):
    """The form as it is on the page, with what is given typed over it."""
    path = (to or url).partition("?")[0]
    found = forms_of(shown(client, url), url)
    form = next(one for one in found if (one.path, one.method) == (path, "post"))
    return dict(form.values) | over


def test_both_bind_three_seasons_through_the_pages(client, session, both):
    base = both.address
    enter(client, session, both.seller)
    asked = f"{base}/nhieu-vu/de-nghi?so_vu=3"
    sent = client.post(asked, data=filled(client, asked, market=MARKET))
    assert sent.status_code == 302, sent.text
    assert "Chờ" in shown(client, base)
    enter(client, session, both.buyer)
    assert "muốn ký 3 vụ" in client.get("/hom-nay").text
    answer = filled(client, f"{base}/nhieu-vu", f"{base}/nhieu-vu/dong-y", keeps="y")

    done = client.post(f"{base}/nhieu-vu/dong-y", data=answer)

    assert done.status_code == 302, done.text
    assert "Vụ 2028" in shown(client, base)
    for who in (both.buyer, both.seller):
        enter(client, session, who)
        told = filled(client, f"{base}/ky", agreed="y", password=PASSWORD)
        assert client.post(f"{base}/ky", data=told).status_code == 302
    session.refresh(both.contract)
    assert both.contract.state is ContractState.IN_FORCE
    for path in ("", "/nhieu-vu", "/tien", "/giao"):
        for lang in ("en", "vi"):
            shown(client, f"{base}{path}?lang={lang}")
    assert "Theo từng vụ" in shown(client, f"{base}/tien")


def test_the_paper_has_a_table_for_each_season(client, session, both):
    both.propose()
    both.agree()
    enter(client, session, both.buyer)

    text = Printed(client.get(f"{both.address}/pdf").data).text

    for words in ("Vụ 2026", "Vụ 2027", "Vụ 2028", "Cả vụ"):
        assert words in text


def test_a_refusal_says_why_and_a_plan_is_taken_back(client, session, both):
    both.propose()
    enter(client, session, both.buyer)
    url = f"{both.address}/nhieu-vu"
    assert client.post(f"{url}/tu-choi", data={"answer": " "}).status_code == 422
    assert client.post(f"{url}/tu-choi", data={"answer": "Xa quá"}).status_code == 302
    both.propose()
    enter(client, session, both.seller)

    done = client.post(f"{url}/rut-lai")

    assert done.status_code == 302
    session.refresh(both.contract)
    assert both.contract.state is ContractState.PROPOSED
    states = [one.state for one in session.query(SeasonPlan).order_by(SeasonPlan.id)]
    assert states == ["refused", "withdrawn"]


def test_a_delivery_outside_its_season_comes_back_with_the_reason(
    client, session, both
):
    enter(client, session, both.seller)
    url = f"{both.address}/nhieu-vu/de-nghi?so_vu=2"
    data = filled(client, url, market=MARKET)
    data |= {"lines-0-first_day": "05/01/2029", "lines-0-last_day": "05/01/2029"}

    sent = client.post(url, data=data)

    assert sent.status_code == 422
    assert "nằm ngoài các vụ" in sent.text
    assert problems_of(sent.text) == []
