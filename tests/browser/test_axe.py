"""The main pages before axe, on a phone and at a desk, by day and by night.

With that they may run over no edge and give the browser nothing to complain of,
such as a style or a script that the policy forbids.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import select

from marketplace.domain.actor import Role
from marketplace.services.contracts import draw_contract
from marketplace.services.jobs import enqueue_job
from marketplace.web import clock
from models.database import db, transaction
from models.organisations import User
from models.proposals import Proposal
from tests.estate import Estate
from tests.factories import PASSWORD, Make

pytestmark = pytest.mark.timeout(240)

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
CHECKS = {"light": RULES, "dark": COLOURS}  # by night only the colours are others,
BAD = ("serious", "critical")
WIDTHS = (320, 390, 1280)
LOOKED_AT = {"light": (390, 1280), "dark": (390,)}  # and the same in all widths


@pytest.fixture(scope="module")
def market(live_market):
    """A pair that the worker has brought together, a contract, a chain, a case.

    Returns the addresses for each viewer, and by what e-mail they sign in.
    """
    with live_market.context():
        with transaction() as session:
            made, people = _rows(session, Make(session))
            enqueue_job(session, "matching.run", key="market")
        live_market.wait(lambda: _proposal(made["offer_id"]), "a proposal")
        proposal = f"/de-xuat/{_proposal(made['offer_id'])}"
        db.session.remove()
    seller = made["seller"] + [
        proposal,
        f"{proposal}/de-nghi-lai",
        f"{proposal}/dong-y",
    ]
    return {**made, "seller": seller, "buyer": [*made["buyer"], proposal]}, people


def _rows(session, make):
    first = clock.today() + timedelta(days=40)
    estate = Estate(session, make)
    window = {"window_start": first, "window_end": first + timedelta(days=30)}
    harvest = make.harvest(
        estate.owner, area_id=estate.area.id, papers=[estate.certificate], **window
    )
    buyer = make.buyer()
    days = [(first + timedelta(days=5 + 7 * n), 12_000) for n in range(3)]
    offer = make.offer(buyer, tranches=days)
    agreed = make.proposal(
        make.harvest(estate.owner, **window), make.offer(tranches=days)
    )
    agreed.state, agreed.agreed_at = "agreed", clock.now()
    terms = agreed.terms[0]
    drawn = draw_contract(session, agreed, terms, today=clock.today(), now=clock.now())
    contract = f"/hop-dong/{drawn.public_id}"
    people = {
        "seller": estate.director,
        "buyer": make.member(buyer, Role.BUYER),
        "officer": make.officer(),
    }
    emails = {k: session.get_one(User, who.user_id).email for k, who in people.items()}
    own = f"/vu-thu-hoach/{harvest.public_id}"
    return {
        "offer_id": offer.id,
        "public": ["/", "/san", f"/san/vu/{harvest.public_id}", "/so-lieu"],
        "seller": ["/hom-nay", "/vu-thu-hoach/moi", own, contract, f"{contract}/ky"],
        "buyer": ["/hom-nay", "/don-mua/moi", f"/don-mua/{offer.public_id}"],
        "officer": [
            "/tong-quan/",
            f"/chuoi/{estate.chain.public_id}",
            "/xac-minh/",
            f"/xac-minh/{estate.case.public_id}",
        ],
    }, emails


def _proposal(offer_id):
    with transaction(read_only=True) as session:
        wanted = select(Proposal.public_id).where(Proposal.offer_id == offer_id)
        return session.scalars(wanted).first()


@pytest.fixture
def page(browser, live_market):
    """A browser of one person, with all that it complained of."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, base_url=live_market.address
    )
    page = context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on(
        "console",
        lambda said: (
            page.complaints.append(said.text) if said.type == "error" else None
        ),
    )
    yield page
    context.close()


def faults(page):
    """What is wrong with the page that is open, in every width and scheme."""
    found = []
    for scheme, rules in CHECKS.items():
        page.emulate_media(color_scheme=scheme)
        page.reload()  # or axe meets colours on their way to others
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if over > 0:
                found.append((page.url, width, f"{over} px over the edge"))
            if width in LOOKED_AT[scheme]:
                found += [(page.url, width, scheme, *one) for one in axe(page, rules)]
    return found


def axe(page, rules):
    report = Axe().run(page, options=rules)
    assert report["passes"]
    for one in report["violations"]:
        if one["impact"] in BAD:
            yield one["id"], one["nodes"][0]["html"][:120]


def open_all(page, addresses):
    found = []
    for address in addresses:
        answer = page.goto(address)
        assert answer.status == 200, address
        found += faults(page)
    return found


@pytest.mark.parametrize("viewer", ["seller", "buyer", "officer"])
def test_the_main_pages_are_for_everybody(page, market, viewer):
    addresses, people = market
    page.goto("/dang-nhap")
    page.locator("[name=identifier]").fill(people[viewer])
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    expect(page).not_to_have_url(re.compile("dang-nhap"))

    assert open_all(page, addresses[viewer]) == []
    assert page.complaints == []


def test_the_public_pages_are_for_everybody(page, market):
    addresses, _people = market

    assert open_all(page, [*addresses["public"], "/dang-nhap"]) == []
    assert page.complaints == []


def test_the_steps_of_registration_are_for_everybody(page, live_market):
    found = open_all(page, ["/dang-ky/tai-khoan"])
    page.get_by_label("Họ và tên").fill("Lò Thị Thử")
    page.get_by_label("Số điện thoại").fill("0987 000 999")
    page.get_by_role("button", name="Tiếp tục").click()
    found += faults(page)
    page.locator("[name=pick][value=moi]").check(force=True)
    page.get_by_role("button", name="Tiếp tục").click()
    found += faults(page)

    assert page.url.endswith("/dang-ky/ho-so")
    assert found == []
    assert page.complaints == []
