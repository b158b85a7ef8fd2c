"""Every route, every kind of person, and objects that are not theirs.

Generated from the URL map: a new route without a rule, or with an argument this
module cannot fill, fails here before anybody can misuse it.
"""

from __future__ import annotations

import hashlib

import pytest
import sqlalchemy as sa
import time_machine
from werkzeug.routing import Rule

from marketplace.api.keys import RULE as BY_KEY
from marketplace.domain.actor import Role
from marketplace.web.access import PUBLIC, SIGNED_IN, SIGNED_IN_USER, Right
from models.database import Base
from tests.doors import enter
from tests.estate import (
    Estate,
    addresses,
    methods_of,
    names_an_object,
    routes,
    rule_of,
    values_of,
)
from tests.factories import NOW

# Served by the framework itself: files of the product, nothing of anybody.
UNGUARDED = frozenset({"static"})
RULES = {PUBLIC, BY_KEY, SIGNED_IN, SIGNED_IN_USER, *map(str, Right)}
# Of the whole market and so of everybody in it: how far the matcher is, for
# every officer to stop; market prices, for every officer to correct; and a
# link that leads to the page of what it names, which guards itself.
SHARED = frozenset(
    {
        "matching.progress",
        "matching.cancel",
        "notices.follow",
        "price_quotes.correct",
        # The words of every contract to come, for every officer to write and approve.
        *(
            f"contract_templates.{name}"
            for name in ("show", "preview", "copy", "edit", "propose", "approve")
        ),
        "contract_templates.send_back",
        "contract_templates.drop",
    }
)
# What a stranger may change without harm: only what is the stranger's own.
QUIET_TABLES = frozenset({"attempts", "user_sessions", "idempotency_keys", "jobs"})


# Every page of every kind of thing, for everybody: that takes a while.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(autouse=True)
def then():
    """The rows of the factories lie around one day; the clock stands there too."""
    with time_machine.travel(NOW):
        yield


class Stored:
    """All that is stored, but for what opening a page leaves behind, as a digest.

    SQLite counts the rows that its connection has ever written: as long as the
    number stands, so does what is stored.
    """

    def __init__(self, session) -> None:
        self.session = session
        self.written, self.digest = -1, ""

    def now(self) -> str:
        self.session.flush()
        raw = self.session.connection().connection.driver_connection
        if raw.total_changes != self.written:
            self.written, self.digest = raw.total_changes, self._of_all()
        return self.digest

    def _of_all(self) -> str:
        digest = hashlib.sha256()
        for table in Base.metadata.sorted_tables:
            if table.name not in QUIET_TABLES:
                rows = sa.select(table).order_by(*table.primary_key)
                for row in self.session.execute(rows):
                    digest.update(repr(tuple(row)).encode())
        return digest.hexdigest()


@pytest.mark.databases("sqlite")
def test_every_route_carries_exactly_one_known_rule(app):
    for route in routes(app):
        if route.endpoint not in UNGUARDED:
            assert rule_of(app, route) in RULES, route


@pytest.mark.databases("sqlite")
def test_nobody_signed_out_opens_what_is_not_public(app, client, session, make):
    victim = Estate(session, make)
    for route in routes(app):
        if rule_of(app, route) in (PUBLIC, None):
            continue
        for target, method in doors(app, route, victim):
            answer = client.open(target, method=method)
            assert answer.status_code in (302, 401), (method, route)
            if answer.status_code == 302:
                assert "/dang-nhap" in answer.location, route


@pytest.mark.databases("sqlite")  # who may do what is asked in Python
@pytest.mark.parametrize("principal", ["director", "buyer", "officer"])
def test_a_stranger_reaches_nothing_of_others(app, client, session, make, principal):
    victim = Estate(session, make)
    who = {
        "director": make.member,
        "buyer": lambda: make.member(make.buyer(), Role.BUYER),
        "officer": lambda: make.officer("D116"),
    }[principal]()
    enter(client, session, who)
    owned = [r for r in routes(app) if _names_an_object(app, r)]
    stored = Stored(session)
    for route in owned:
        for target, method in doors(app, route, victim):
            before = stored.now()
            answer = client.open(target, method=method)
            assert answer.status_code in (403, 404), (method, target, route.endpoint)
            assert stored.now() == before, (method, route)


def _names_an_object(app, route: Rule) -> bool:
    return (
        names_an_object(route)
        and rule_of(app, route) not in (PUBLIC, BY_KEY)
        and route.endpoint not in SHARED
    )


def doors(app, route: Rule, victim: Estate) -> list[tuple[str, str]]:
    """Every address of the route with every method."""
    return [
        (target, method)
        for target in addresses(app, route, victim)
        for method in methods_of(route)
    ]


@pytest.mark.databases("sqlite")
def test_a_role_without_the_right_is_turned_away(app, client, session, make):
    victim = Estate(session, make)
    people = {
        Right.SELL: make.member(make.buyer(), Role.BUYER),
        Right.BUY: make.officer(),
        Right.DELIVER: make.officer(),
        Right.SIGN: make.member(role=Role.STAFF),
        Right.MANAGE_MEMBERS: make.member(role=Role.STAFF),
        Right.OFFICIATE: make.member(),
        Right.ADMINISTER: make.member(),
    }
    for route in routes(app):
        rule = rule_of(app, route)
        if rule in set(map(str, Right)):
            enter(client, session, people[Right(rule)])
            for target, method in doors(app, route, victim):
                answer = client.open(target, method=method)
                assert answer.status_code == 403, (method, route)


@pytest.mark.databases("sqlite")
def test_no_page_that_is_only_looked_at_writes(app, client, session, make):
    """A GET leaves the database as it was, whoever looks."""
    victim = Estate(session, make)
    stored = Stored(session)
    for who in (victim.director, make.officer()):
        enter(client, session, who)
        for route in routes(app):
            if "GET" in route.methods and route.endpoint not in UNGUARDED:
                for target in addresses(app, route, victim):
                    before = stored.now()
                    answer = client.get(target)
                    # Without a worker beside the test the market is not ready.
                    ready = route.endpoint == "health.ready"
                    assert answer.status_code < 500 or ready, route
                    assert stored.now() == before, route


@pytest.mark.databases("sqlite")
def test_ids_that_nobody_has_are_not_found(app, client, session, make):
    victim = Estate(session, make)
    enter(client, session, make.member())
    odd = ["0", "%00", "-1", "../../etc/passwd", "x" * 500, "ệ", "' OR 1=1 --"]
    for route in routes(app):
        if _names_an_object(app, route) and "GET" in route.methods:
            for value in odd:
                known = next(values_of(route, victim))
                with app.test_request_context():
                    wrong = {**known, "public_id": value}
                    target = app.url_for(route.endpoint, **wrong)
                answer = client.get(target)
                assert answer.status_code in (302, 308, 400, 403, 404), (route, value)
