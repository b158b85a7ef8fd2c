"""Every page there is, as everybody may see it: whole, named, in both languages.

Generated from the URL map with things of the viewer's own organisation, so that
a new page is looked at from the day it is there.
"""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
import sqlalchemy as sa
import time_machine

from marketplace.domain.actor import Role
from marketplace.domain.words import Side
from models.database import Base
from tests.doors import enter, may_open, seat_of
from tests.estate import Estate, addresses, names_an_object, routes, rule_of
from tests.factories import NOW
from tests.pages import problems_of, read

pytestmark = pytest.mark.timeout(300)

# No pages: files, signs of life, and what answers in a format of its own.
NO_PAGES = frozenset({"static", "health.alive", "health.ready"}) | {
    "digital_links.goods",
    "digital_links.location",
}
VIEWERS = ("anonymous", "director", "buyer", "officer")
LANGUAGES = ("vi", "en")
# A plan, a bargain and a draft are no business of an officer.
PRIVATE = frozenset(
    {"amendments", "contracts", "offers", "proposals", "renewals", "seasons"}
    # Of another authority, or of a colleague who asked for them.
    | {"register_files", "register_imports", "report_orders"}
)
# Letters that English words never have.
ONLY_VIETNAMESE = re.compile(
    r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉĩịọỏốồổỗộớờởỡợụủũứừửữựỳỵỷỹ]", re.IGNORECASE
)


TOKEN = re.compile(r'(?<=name="csrf_token" value=")[^"]*')
SPOKEN = ("aria-label", "alt", "placeholder", "title")
LONGEST_NAME = 200
# Places are also named without what they are.
PLACE = re.compile(r"^(xã|phường|thị trấn|huyện|tỉnh|thành phố) ", re.IGNORECASE)


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


# Who stands in the sample contract that previews a template.
SAMPLE_NAMES = {
    "HTX Nông nghiệp Mẫu",
    "Công ty TNHH Thu mua Mẫu",
    "Nguyễn Văn Mẫu",
    "Bản Mẫu",
    "Kho Mẫu",
    "Xã Mẫu",
}
# Papers of what has not come about: nobody has signed the amendment or the closing.
NOT_YET = frozenset({"amendments.version_pdf", "closings.paper"})
# Only who opened a recall lifts it, only who holds a lot answers for it.
HOLDERS = frozenset({"recalls.answer", "recalls.lift"})
# Refused at once where there is nothing to do, with a page that says why.
REFUSED = frozenset({"notes.inspect"})


class Viewer:
    """Somebody who looks, and what is theirs."""

    def __init__(self, client, session, make, kind):
        organisation = make.buyer() if kind == "buyer" else make.organisation()
        side = Side.BUYER if kind == "buyer" else Side.SELLER
        self.estate = Estate(session, make, organisation, side)
        self.kind, self.seat = kind, None
        if kind != "anonymous":
            who = {
                "director": lambda: self.estate.director,
                "buyer": lambda: make.member(organisation, Role.BUYER),
                "officer": make.officer,
            }[kind]()
            enter(client, session, who)
            self.seat = seat_of(client, session)

    def expected(self, app, route):
        """How the page may answer this viewer."""
        if not may_open(self.seat, rule_of(app, route)):
            return {302, 401, 403}
        private = route.endpoint.partition(".")[0] in PRIVATE
        if private and self.kind == "officer" and names_an_object(route):
            return {404}
        if self.kind == "officer" and route.endpoint in HOLDERS:
            return {404}
        if route.endpoint in NOT_YET:
            return {404}
        if route.endpoint in REFUSED:
            return {422}
        return {200, 302}


@pytest.fixture
def viewer(client, session, make, kind):
    return Viewer(client, session, make, kind)


def pages(app, estate):
    """Every address that answers to GET, with its route."""
    for route in routes(app):
        if "GET" in route.methods and route.endpoint not in NO_PAGES:
            for target in addresses(app, route, estate):
                yield target, route


def wrong_of(answer, expected, known, refusals):
    """What is wrong with an answer: its status, its HTML, its language.

    `refusals` keeps what was wrong with those that had the same words.
    """
    if answer.status_code not in expected:
        return [answer.status]
    if answer.mimetype != "text/html" or answer.status_code == 302:
        return []
    if answer.status_code >= 400:
        page = without_address(answer)
        if page not in refusals:
            refusals[page] = wrong_in(page, known)
        return refusals[page]
    sample = answer.request.path.startswith("/thanh-phan")  # says what it likes
    return wrong_in(answer.text, known, sample=sample)


def wrong_in(page, known, *, sample=False):
    left = [] if sample else vietnamese_in(page, known)
    return [*problems_of(page), *left]


def without_address(answer):
    """The page without its own address and the tokens that protect its forms."""
    path = answer.request.path
    page = TOKEN.sub("", answer.text)
    for written in (path, quote(path), quote(path, safe="")):
        page = page.replace(written, "/")
    return page


def vietnamese_in(html, known):
    """Words that an English page has left in Vietnamese, but for what is data."""
    if '<html lang="en"' not in html:
        return []
    said = " | ".join(_texts(read(html)[0]))
    for text in known:
        said = said.replace(text, "")
    return sorted(
        {piece for piece in said.split(" | ") if ONLY_VIETNAMESE.search(piece)}
    )


def _texts(element):
    """Texts as they are shown, without those that say they are Vietnamese."""
    if not isinstance(element.tag, str) or element.get("lang") == "vi":
        return
    yield from (element.get(name, "") for name in SPOKEN)
    yield element.text or ""
    for child in element:
        yield from _texts(child)
        yield child.tail or ""


def data_of(session):
    """Every short text in the database that is a name or was typed by somebody."""
    found = {"Liên kết", "tỷ (billion)"}  # the unit that may be typed, glossed
    found |= SAMPLE_NAMES
    for table in Base.metadata.sorted_tables:
        columns = [c for c in table.columns if not c.name.endswith("_vi")]
        for row in session.execute(sa.select(*columns)):
            for value in row:
                found |= set(_strings(value))
    return sorted((one for one in found if ONLY_VIETNAMESE.search(one)), key=len)[::-1]


def _strings(value):
    if isinstance(value, str) and len(value) < LONGEST_NAME:
        yield value
        yield PLACE.sub("", value)
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", VIEWERS)
def test_every_page_is_whole(app, client, session, viewer, language):
    targets = list(pages(app, viewer.estate))
    known, refusals = data_of(session), {}

    found = {
        target: wrong_of(
            client.get(target, query_string={"lang": language}),
            viewer.expected(app, route),
            known,
            refusals,
        )
        for target, route in targets
    }

    assert {target: wrong for target, wrong in found.items() if wrong} == {}


@pytest.mark.databases("postgres")
@pytest.mark.parametrize("kind", VIEWERS)
def test_every_page_opens_on_postgres_too(app, client, viewer):
    answers = {
        target: client.get(target).status_code
        for target, route in pages(app, viewer.estate)
        if 200 in viewer.expected(app, route)
    }

    assert {t: code for t, code in answers.items() if code not in (200, 302)} == {}
