"""Two worlds that differ in one secret look the same to everybody else.

The worlds are built alike down to every random id and moment, so that whatever
differs in an answer can only come from the secret: the least price of a seller,
or the highest of a buyer. Both lie where the rule of prices gives one price.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select

from marketplace.domain.actor import Role
from marketplace.services.jobs import enqueue_job
from marketplace.services.matching import run_matching
from marketplace.web.access import PUBLIC
from models.notices import Letter, Notice
from models.proposals import Proposal
from tests.crawler import form_to
from tests.doors import enter, may_open, seat_of
from tests.estate import Estate, addresses, routes, rule_of
from tests.factories import NOW, TODAY
from tests.worlds import draw_ids, undone, without_chance

pytestmark = [pytest.mark.databases("sqlite"), pytest.mark.timeout(600)]

DAY = date(2026, 7, 28)
MORE = ("/tim?q=nhan", "/tim?q=bao", "/san?loai=don", "/san?san-pham=longan",
    "/san?q=nhan", "/so-lieu?san-pham=longan", "/de-xuat?loai=cho-ben-kia",
    "/?san-pham=longan", "/san?loai=don&san-pham=longan")  # fmt: skip
AFTER = ("/", "/san", "/so-lieu", "/hom-nay", "/de-xuat", "/thong-bao", "/hop-dong/",
    "/vu-thu-hoach/", "/don-mua/", "/tong-quan/", "/chuoi/", "/khop", "/tim?q=nhan",
    "/san?loai=don")  # fmt: skip
WANTED = {
    "product": "longan",
    "market": "domestic",
    "least_grade": "0",
    "tranches-0-window_start": "28/07/2026",
    "tranches-0-kg": "30",
    "tranches-0-ceiling": "14.000",
}
TOKEN = re.compile(rb'(?<=name="csrf_token" value=")[^"]*|(?<="csrf":")[^"]*')
ON_TABLE, AGREED = "on the table", "agreed"
OWN = "the rows that hold the secrets"


class World:
    """A little market, matched; `secrets` say what nobody else may learn."""

    def __init__(self, app, session, make, **secrets):
        self.app, self.session, self.make = app, session, make
        self.secrets = {"floor": 12_300, "ceiling": 17_400, "lofty": 25_000} | secrets
        self._sellers()
        self._buyers()
        self.people = {
            "seller": make.member(self.seller),
            "buyer": make.member(self.buyer, Role.BUYER),
            "rival seller": make.member(self.rival_seller),
            "rival buyer": make.member(self.rival_buyer, Role.BUYER),
            "officer": make.officer(),
        }
        self.browsers = {
            name: enter(app.test_client(), session, who)
            for name, who in self.people.items()
        } | {"public": app.test_client()}
        self._match()

    def _sellers(self):
        make = self.make
        self.seller = make.organisation(name="HTX Bảo Minh", short_name="Bảo Minh")
        self.rival_seller = make.organisation(name="HTX Khác", short_name="Khác")
        papers = [make.certificate(self.seller)]
        floor, lofty = self.secrets["floor"], self.secrets["lofty"]
        self.harvest = make.harvest(self.seller, papers=papers, floor_price_vnd=floor)
        # Nobody pays so much: advice and unmatched kilograms speak of it.
        make.harvest(self.seller, likely_kg=40_000, floor_price_vnd=lofty)
        # Dearer than the reference: a cheaper rival would bind the stable price.
        make.harvest(self.rival_seller, likely_kg=30_000, floor_price_vnd=15_200)

    def _buyers(self):
        make, ceiling = self.make, self.secrets["ceiling"]
        self.buyer = make.buyer(name="Siêu thị Sao Xanh", short_name="Sao Xanh")
        self.rival_buyer = make.buyer(name="Siêu thị Bình An", short_name="Bình An")
        days = [(DAY + timedelta(days=7 * n), 12_000) for n in range(3)]
        self.offer = make.offer(self.buyer, tranches=days, ceiling_price_vnd=ceiling)
        make.offer(self.rival_buyer, tranches=[(DAY, 90_000)], ceiling_price_vnd=9_000)
        make.quote(13_500, 15_000)

    def _match(self):
        """As the job does, so that its panel has a run to show."""
        job = enqueue_job(self.session, "matching.run", key="market")
        run_matching(self.session, today=TODAY, now=NOW, job_id=job.id)
        wanted = select(Proposal).where(Proposal.offer_id == self.offer.id)
        self.proposal = self.session.scalars(wanted.order_by(Proposal.id)).first()
        self.estate = Estate(self.session, self.make, self.seller)
        self.estate.harvest, self.estate.offer = self.harvest, self.offer
        self.estate.proposal, self.estate.job = self.proposal, job
        self.session.commit()

    def bargain(self):
        """The seller asks for a little more, the buyer agrees: a contract."""
        url = f"/de-xuat/{self.proposal.public_id}"
        page = self.browsers["seller"].get(f"{url}/de-nghi-lai")
        form = form_to(f"{url}/de-nghi-lai", page.text, f"{url}/de-nghi-lai")
        asked = dict(form.values) | {"price": "14.600", "message": "Nhãn loại một"}
        told = self.browsers["seller"].post(form.path, data=asked)
        done = self.browsers["buyer"].post(f"{url}/dong-y", data={"round": 1})
        assert (told.status_code, done.status_code) == (302, 302)
        assert done.location.startswith("/hop-dong/")
        return done.location

    def seen_by(self, viewers, stages, patch):
        """All that these people can get to see, by who and where."""
        seen = {}
        for number, stage in enumerate(stages, 1):
            draw_ids(patch, first=number * 100_000)
            pages = list(self._pages(stage))
            for name in viewers:
                for target in self._beyond_the_guard(name, pages):
                    draw_ids(patch, first=50_000)  # whoever looked before
                    answer = self.browsers[name].get(target)
                    seen[stage, name, target] = (answer.status_code, said_by(answer))
                seen[stage, name, "letters"] = self._told(name)
                if "buyer" in name:
                    seen[stage, name, "supply"] = self._supply(name)
        return seen

    def _beyond_the_guard(self, name, pages):
        """Those that a view answers: the guard before it knows the seat alone."""
        seat = seat_of(self.browsers[name], self.session)
        return [target for target, rule in pages if may_open(seat, rule)]

    def _pages(self, stage):
        """All pages; after the bargain those that speak of it, and the new ones."""
        if stage == OWN:
            rows = ("vu-thu-hoach", self.harvest), ("don-mua", self.offer)
            return [(f"/{noun}/{row.public_id}", PUBLIC) for noun, row in rows]
        if stage == AGREED:
            url = self.bargain()
            mine = f"/de-xuat/{self.proposal.public_id}"
            new = [mine, f"{mine}/dong-y", url, f"{url}/pdf", f"{url}/ky"]
            return [(target, PUBLIC) for target in (*new, *AFTER)]
        return [*self._addresses(), *((target, PUBLIC) for target in MORE)]

    def _addresses(self):
        """With the rules of their routes; what is asked for by hand, all ask for."""
        for route in routes(self.app):
            if "GET" in route.methods and route.endpoint != "static":
                rule = rule_of(self.app, route)
                for target in addresses(self.app, route, self.estate):
                    yield target, rule

    def _supply(self, name):
        answer = self.browsers[name].post("/don-mua/nguon-hang", data=WANTED)
        return answer.status_code, said_by(answer)

    def _told(self, name):
        """Notices and letters of this person, as they lie in the outbox."""
        if name not in self.people:
            return []
        user = self.people[name].user_id
        notices = self.session.scalars(
            select(Notice).where(Notice.user_id == user).order_by(Notice.id)
        )
        letters = self.session.scalars(
            select(Letter).where(Letter.recipient_name != "").order_by(Letter.id)
        )
        return [repr((n.kind, n.subject, n.params)) for n in notices] + [
            repr((row.kind, row.subject, row.params, row.recipient)) for row in letters
        ]


def said_by(answer):
    """The answer without the tokens that protect its forms."""
    return TOKEN.sub(b"", answer.data)


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def seen(app, session, make, monkeypatch):
    """What people see in a world with these secrets; the world is undone after."""

    def look(viewers, stages=(ON_TABLE, AGREED), **secrets):
        with undone(session):
            without_chance(monkeypatch, first=1_000)
            world = World(app, session, make, **secrets)
            return world.seen_by(viewers, stages, monkeypatch)

    return look


def differences(here, there):
    """Where two worlds differ, with the words that do."""
    assert here.keys() == there.keys()
    return {
        where: (_around(here[where], there[where]), _around(there[where], here[where]))
        for where in here
        if here[where] != there[where]
    }


def _around(one, other):
    """The text where one answer leaves the other."""
    one, other = str(one), str(other)
    pairs = enumerate(zip(one, other, strict=False))
    same = next((place for place, (a, b) in pairs if a != b), 0)
    return one[max(same - 60, 0) : same + 60]


SECRETS = (
    # The second is of a lot that nobody pays so much for.
    ("seller", {"floor": 13_700, "lofty": 31_500}),
    ("buyer", {"ceiling": 16_100}),
)
OTHERS = {
    "seller": ("buyer", "rival seller", "officer", "public"),
    "buyer": ("seller", "rival buyer", "officer", "public"),
}


def test_a_secret_changes_nothing_for_others(seen):
    here = seen(sorted({*OTHERS["seller"], *OTHERS["buyer"]}))

    for owner, secret in SECRETS:
        there = seen(OTHERS[owner], **secret)
        both = {where: here[where] for where in here if where[1] in OTHERS[owner]}

        assert differences(both, there) == {}
    # Or it would prove nothing: who bargains has seen the pages of it.
    for name in ("seller", "buyer"):
        opened = [page for (_, who, page) in here if who == name]
        opened = [page for page in opened if found(here, name, page)]
        for what in ("/de-xuat/", "/hop-dong/", "/pdf", "/khop/"):
            assert any(what in page for page in opened)


def found(seen, name, page):
    """Whether this person has been shown this page in one of the stages."""
    answers = (seen.get((stage, name, page)) for stage in (ON_TABLE, AGREED))
    return any(answer and answer[0] == 200 for answer in answers)


@pytest.mark.parametrize(
    ("owner", "secret"),
    [("seller", {"floor": 13_700}), ("buyer", {"ceiling": 16_100})],
    ids=["floor", "ceiling"],
)
def test_the_owner_does_see_the_difference(seen, owner, secret):
    """The secrets are not too small to be seen: on the row's own page, at least."""
    here, there = seen([owner], [OWN]), seen([owner], [OWN], **secret)

    assert any(page.startswith("/") for _, _, page in differences(here, there))
