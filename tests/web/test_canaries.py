"""Secrets planted in a whole story turn up nowhere that they should not.

From two registrations to a signed contract, with mistakes and failures on the
way: afterwards logs, jobs, the matcher's records, the outbox and all pages that
anybody may open are searched for every planted value in every way to write it.
"""

from __future__ import annotations

import io
import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app import LOG_FORMAT
from marketplace.domain.windows import parse_dekad
from marketplace.domain.words import OrganisationState
from marketplace.services.jobs import enqueue_job
from marketplace.web import clock
from marketplace.web.access import PUBLIC
from models.contract_events import ContractEvent
from models.database import Base, transaction
from models.harvests import Harvest
from models.jobs import Job
from models.matching import MatchRun, Unmatched
from models.notices import Letter, Notice
from models.organisations import Organisation
from models.proposals import Proposal
from tasks.handlers import HANDLERS
from tasks.runner import run_next_job
from tests.crawler import form_to
from tests.estate import routes, rule_of
from tests.mailbox import Mailbox

PASSWORD = "chim hoàng yến hót 5821"
WRONG = "chim sẻ nâu 7713 không đúng"
NEW_PASSWORD = "chim hoàng yến bay 9911"
FLOOR, CEILING, LOFTY = 13_571, 17_393, 29_819
PHONES = {"seller": "0987 654 821", "buyer": "0986 345 712"}
EMAILS = {"seller": "hoangyen.ban@example.vn", "buyer": "hoangyen.mua@example.vn"}


def written(amount: int) -> set[str]:
    """A price in the ways in which it might be written."""
    text = str(amount)
    return {text, f"{text[:2]}.{text[2:]}", f"{text[:2]},{text[2:]}"}


LIMITS = written(FLOOR) | written(CEILING) | written(LOFTY)
PASSWORDS = {PASSWORD, WRONG, NEW_PASSWORD, "$argon2"}
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
CONTACTS = {
    *EMAILS.values(),
    *(phone.replace(" ", "") for phone in PHONES.values()),
    *(phone.replace(" ", "")[1:] for phone in PHONES.values()),
    *PHONES.values(),
}

ALL = LIMITS | PASSWORDS | CONTACTS


class Story:
    """Two people and a worker; `tokens` are the rights they were given."""

    def __init__(self, app, box):
        self.app, self.box = app, box
        self.browsers = {name: app.test_client() for name in ("seller", "buyer")}
        self.tokens = set()

    def run(self):
        for name, kind, place in (
            ("seller", "cooperative", "Xã Sông Mã"),
            ("buyer", "retailer", "Hà Nội"),
        ):
            self.register(name, kind, place)
        self.work()
        for link in self.links("xac-nhan-thu"):
            assert self.app.test_client().post(link).status_code == 302
        self.verify()
        self.sign_in("seller", PASSWORD)
        self.sign_in("buyer", PASSWORD)
        self.post()
        self.work()
        self.agree()
        self.sign("seller")
        self.sign("buyer")
        self.forget("seller")
        self.work()
        self.stumble()

    def send(self, who, url, /, **values):
        """Fill in the first form of a page that leads to it, and send it."""
        browser = self.browsers[who]
        page = browser.get(url)
        path = url.partition("?")[0]
        form = form_to(path, page.text, url)
        data: dict[str, list[str]] = {}
        for key, value in form.values:
            data.setdefault(key, []).append(value)
        answer = browser.post(url, data=data | values)
        self._keep_tokens(browser)
        return answer

    def _keep_tokens(self, browser):
        with browser.session_transaction() as cookie:
            if token := cookie.get("_user_id"):
                self.tokens.add(token)

    def register(self, name, kind, place):
        phone, email = PHONES[name], EMAILS[name]
        self.send(
            name, "/dang-ky/tai-khoan", person="Lò Thị Thử", phone=phone, email=email
        )
        self.send(name, "/dang-ky/to-chuc", pick="moi")
        profile = {
            "kind": kind,
            "name": f"Tổ chức {name}",
            "tax_code": {"seller": "9800000012", "buyer": "9800000037"}[name],
            "commune": place,
            "official_members": "9",
            "legal_representative": "Lò Thị Thử",
            "phone": phone,
            "email": email,
        }
        sent = self.send(name, "/dang-ky/ho-so", **profile, password=PASSWORD)
        assert sent.location == "/dang-ky/da-gui", sent.text

    def work(self):
        """Everything that is due now, the matcher's short wait included."""
        with self.app.app_context(), transaction() as session:
            enqueue_job(session, "letters.send")  # the clock would ask for it
            session.execute(sa.update(Job).values(due_at=LONG_AGO))
            session.execute(sa.update(Letter).values(due_at=LONG_AGO))
        with self.app.app_context():
            while run_next_job():
                pass

    def verify(self):
        with self.app.app_context(), transaction() as session:
            for row in session.scalars(sa.select(Organisation)):
                if row.state is OrganisationState.PENDING:
                    row.state, row.verified_at = OrganisationState.VERIFIED, clock.now()

    def sign_in(self, name, password):
        refused = self.send(name, "/dang-nhap", identifier=EMAILS[name], password=WRONG)
        done = self.send(name, "/dang-nhap", identifier=EMAILS[name], password=password)
        assert (refused.status_code, done.status_code) == (422, 302)

    def post(self):
        """Two harvests, one too dear for anybody, and an offer for the other."""
        url = "/vu-thu-hoach/moi?product=mango"
        page = self.browsers["seller"].get(url)
        form = form_to("/vu-thu-hoach/moi", page.text, url)
        dekads = form.choices["dekads"][-2:]
        for floor in (FLOOR, LOFTY):
            harvest = {"likely": "60", "floor_price": str(floor), "action": "post"}
            done = self.send("seller", url, dekads=dekads, **harvest)
            assert done.status_code == 302, done.text
        first = parse_dekad(dekads[0]).first + timedelta(days=3)
        offer = {
            "product": "mango",
            "place": "Kho Đông Anh",
            "payment_term_days": "7",
            "tranches-0-window_start": f"{first:%d/%m/%Y}",
            "tranches-0-kg": "12",
            "tranches-0-ceiling": str(CEILING),
            "do": "send",
        }
        done = self.send("buyer", "/don-mua/moi", **offer)
        assert done.status_code == 303, done.text

    def agree(self):
        with self.app.app_context(), transaction() as session:
            found = session.scalars(sa.select(Proposal)).one()
            url = f"/de-xuat/{found.public_id}"
        for name in ("seller", "buyer"):
            self.browsers[name].get(url)
            done = self.browsers[name].post(f"{url}/dong-y", data={"round": 0})
            assert done.status_code == 302, done.text
        self.contract = done.location

    def sign(self, name):
        done = self.send(name, f"{self.contract}/ky", agreed="y", password=WRONG)
        assert done.status_code == 422
        done = self.send(name, f"{self.contract}/ky", agreed="y", password=PASSWORD)
        assert done.status_code == 302, done.text
        self.browsers[name].get(f"{self.contract}/pdf")

    def forget(self, name):
        """A new password by the link of a letter."""
        client = self.app.test_client()
        client.post("/quen-mat-khau", data={"identifier": EMAILS[name]})
        self.work()
        (link,) = self.links("dat-lai-mat-khau")
        done = client.post(link, data={"password": NEW_PASSWORD})
        assert done.status_code == 302, done.text

    def links(self, page):
        """Addresses of a page in the letters; their secret is kept to search for."""
        texts = [one.get_body(("plain",)).get_content() for one in self.box.letters]
        found = re.findall(rf"http://localhost(/{page}/\S+)", "\n".join(texts))
        self.tokens |= {url.rsplit("/", 1)[1] for url in found}
        return found

    def stumble(self):
        """What goes wrong is logged too: refusals, and an error of the database."""
        client = self.browsers["seller"]
        client.get("/san", query_string={"q": EMAILS["seller"]})
        door = {"identifier": PHONES["seller"], "password": WRONG}
        self.app.test_client().post("/dang-nhap", data=door)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.app, "testing", False)
            patch.setitem(self.app.view_functions, "market.board", spoil)
            assert client.get("/san").status_code == 500
            patch.setitem(HANDLERS, "letters.send", lambda _job: spoil())
            self.work()


def spoil():
    """Break a rule of the database on a row with a limit and an address."""
    with transaction() as session:
        session.execute(
            sa.update(Harvest)
            .where(Harvest.floor_price_vnd == FLOOR)
            .values(promised_kg=-FLOOR, notes=EMAILS["seller"])
        )
    return ""


@pytest.fixture
def log():
    """All that is logged, in the words of the house, at the level of debugging."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    # The mail server belongs to the test, and says what it is sent.
    handler.addFilter(lambda record: record.name != "mail.log")
    handler.setFormatter(logging.Formatter(LOG_FORMAT))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def story(fresh_app, log):
    with Mailbox() as box:
        fresh_app.config["MAIL_URL"] = box.url
        told = Story(fresh_app, box)
        told.run()
        yield told


def found_in(text: str, planted: set[str]) -> set[str]:
    return {value for value in planted if value and value in text}


def stored(app, *columns):
    """All values of these columns, as one text."""
    with app.app_context(), transaction(read_only=True) as session:
        rows = [row for one in columns for row in session.execute(sa.select(one))]
        return repr([tuple(row) for row in rows])  # a row's own repr is shortened


def test_nothing_planted_turns_up(fresh_app, story, log):
    said = log.getvalue()
    assert "Letter" in said
    assert "ck_harvests" in said  # the errors are in it
    assert found_in(said, LIMITS | PASSWORDS | CONTACTS | story.tokens) == set()

    jobs = stored(fresh_app, Job.key, Job.payload, Job.result, Job.error, Job.stage)
    assert "ck_harvests" in jobs
    assert found_in(jobs, LIMITS | PASSWORDS | CONTACTS | story.tokens) == set()

    matched = stored(
        fresh_app, MatchRun.stages, Unmatched.advice, Unmatched.rule, Proposal.reasons,
        ContractEvent.data, Notice.params, Letter.params, Letter.error,
    )  # fmt: skip
    assert found_in(matched, LIMITS | PASSWORDS | story.tokens) == set()

    everything = stored(fresh_app, *Base.metadata.sorted_tables)
    assert LIMITS & found_in(everything, LIMITS)  # they are there, in their columns
    secret = {PASSWORD, WRONG, NEW_PASSWORD} | story.tokens
    assert found_in(everything, secret) == set()

    assert found_in(" ".join(public_pages(fresh_app)), ALL | story.tokens) == set()


def public_pages(app):
    """What somebody sees who is not signed in, on every page there is for them."""
    client = app.test_client()
    with app.app_context(), transaction(read_only=True) as session:
        ids = [
            public_id
            for table in Base.metadata.sorted_tables
            if "public_id" in table.c
            for public_id in session.scalars(sa.select(table.c.public_id))
        ]
    for route in routes(app):
        if rule_of(app, route) == PUBLIC and "GET" in route.methods:
            if "public_id" in route.arguments:
                for public_id in ids:
                    yield client.get(route.rule.replace("<public_id>", public_id)).text
            elif not route.arguments:
                yield client.get(route.rule).text
                yield client.get(f"{route.rule}?q=tổ+chức&loai=don&san-pham=mango").text
