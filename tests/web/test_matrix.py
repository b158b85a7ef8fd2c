"""Every route, every kind of person, and objects that are not theirs.

Generated from the URL map: a new route without a rule, or with an argument this
module cannot fill, fails here before anybody can misuse it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cached_property
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from werkzeug.routing import Rule

from marketplace.domain.actor import Role
from marketplace.domain.words import CertificateScheme
from marketplace.services.contracts import draw_contract
from marketplace.services.jobs import enqueue_job
from marketplace.web import clock
from marketplace.web.access import PUBLIC, SIGNED_IN, SIGNED_IN_USER, Right
from models.chains import Chain
from models.database import Base
from models.notices import Notice
from models.organisations import Invitation, VerificationCase
from models.papers import Facility
from tests.doors import enter
from tests.factories import NOW

# Served by the framework itself: files of the product, nothing of anybody.
UNGUARDED = frozenset({"static"})
RULES = {PUBLIC, SIGNED_IN, SIGNED_IN_USER, *map(str, Right)}
# Of the whole market and so of everybody in it: how far the matcher is.
SHARED = frozenset({"matching.progress"})
# What a stranger may change without harm: only what is the stranger's own.
QUIET_TABLES = frozenset({"attempts", "user_sessions", "idempotency_keys", "jobs"})


@pytest.fixture(autouse=True)
def then():
    """The rows of the factories lie around one day; the clock stands there too."""
    with time_machine.travel(NOW):
        yield


def routes(app) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def rule_of(app, route: Rule) -> str | None:
    return getattr(app.view_functions[route.endpoint], "access_rule", None)


class Victim:
    """An organisation with one of everything, none of it the stranger's."""

    def __init__(self, session, make) -> None:
        self.session, self.make = session, make
        self.seller, self.buyer = make.organisation(), make.buyer()
        self.director = make.member(self.seller)
        self.harvest = make.harvest(self.seller)
        self.offer = make.offer(self.buyer)
        self.proposal = make.proposal(self.harvest, self.offer)
        self.area = make.area(self.seller)
        self.certificate = make.certificate(self.seller, CertificateScheme.VIETGAP)
        self.code = make.code(self.area)

    @cached_property
    def contract(self) -> Any:
        other = self.make.proposal(self.make.harvest(self.seller), self.make.offer())
        other.state, other.agreed_at = "agreed", clock.now()
        return draw_contract(
            self.session, other, other.terms[0], today=clock.today(), now=clock.now()
        )

    @cached_property
    def chain(self) -> Any:
        return self._add(
            Chain(
                kind="safe_supply",
                lead_id=self.seller.id,
                group_id=self.make.product().group_id,
                name="Chuỗi của người khác",
                unit_id=self.seller.unit_id,
            )
        )

    @cached_property
    def facility(self) -> Any:
        return self._add(
            Facility(
                organisation_id=self.seller.id,
                kind="dryer",
                name="Lò sấy",
                unit_id=self.seller.unit_id,
            )
        )

    @cached_property
    def case(self) -> Any:
        pending = self.make.organisation(verified=False)
        return self._add(
            VerificationCase(organisation_id=pending.id, submitted_at=clock.now())
        )

    @cached_property
    def membership(self) -> Any:
        return self.make.membership(self.seller, Role.STAFF)

    @cached_property
    def invitation(self) -> Any:
        return self._add(
            Invitation(
                organisation_id=self.seller.id,
                email="moi@example.vn",
                role=Role.STAFF,
                nonce="x" * 20,
                invited_by_id=self.director.user_id,
                expires_at=clock.now(),
            )
        )

    @cached_property
    def notice(self) -> Any:
        return self._add(
            Notice(
                user_id=self.director.user_id,
                kind="at_risk",
                subject="harvest:x",
                params={},
                created_at=clock.now(),
            )
        )

    @cached_property
    def job(self) -> Any:
        return enqueue_job(self.session, "matching.run", key="matrix")

    def _add(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row


# (blueprint, argument) -> the victim's object whose public id fills it.
ARGUMENTS: dict[tuple[str, str], Callable[[Victim], Any]] = {
    ("harvests", "public_id"): lambda v: v.harvest,
    ("offers", "public_id"): lambda v: v.offer,
    ("proposals", "public_id"): lambda v: v.proposal,
    ("contracts", "public_id"): lambda v: v.contract,
    ("chains", "public_id"): lambda v: v.chain,
    ("areas", "public_id"): lambda v: v.area,
    ("papers", "public_id"): lambda v: v.certificate,
    ("papers", "code_id"): lambda v: v.code,
    ("organisations", "public_id"): lambda v: v.seller,
    ("members", "public_id"): lambda v: v.membership,
    ("verification", "public_id"): lambda v: v.case,
    ("notices", "public_id"): lambda v: v.notice,
    ("matching", "public_id"): lambda v: v.job,
}
# Arguments that name no object: any value of theirs is as good as another.
PLAIN: dict[str, object] = {
    "filename": "css/tokens.css",
    "register": "hop-tac-xa",
    "name": "dark",
    "token": "khong-co-that",
}


def filled(route: Rule, victim: Victim) -> dict[str, object]:
    """Values for the route's arguments; an unknown one fails the matrix."""
    blueprint = route.endpoint.partition(".")[0]
    values: dict[str, object] = {}
    for name in route.arguments:
        finder = ARGUMENTS.get((blueprint, name))
        if finder is not None:
            values[name] = finder(victim).public_id
        else:
            assert name in PLAIN, f"teach the matrix {blueprint}: {name}"
            values[name] = PLAIN[name]
    return values


def address(app, route: Rule, victim: Victim) -> str:
    with app.test_request_context():
        return app.url_for(route.endpoint, **filled(route, victim))


def fingerprint(session) -> str:
    """All that is stored, but for what opening a page leaves behind."""
    digest = hashlib.sha256()
    for table in Base.metadata.sorted_tables:
        if table.name not in QUIET_TABLES:
            for row in session.execute(sa.select(table).order_by(*table.primary_key)):
                digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


@pytest.mark.databases("sqlite")
def test_every_route_carries_exactly_one_known_rule(app):
    for route in routes(app):
        if route.endpoint not in UNGUARDED:
            assert rule_of(app, route) in RULES, route


@pytest.mark.databases("sqlite")
def test_nobody_signed_out_opens_what_is_not_public(app, client, session, make):
    victim = Victim(session, make)
    for route in routes(app):
        if rule_of(app, route) in (PUBLIC, None):
            continue
        for method in sorted(route.methods - {"HEAD", "OPTIONS"}):
            answer = client.open(address(app, route, victim), method=method)
            assert answer.status_code in (302, 401), (method, route)
            if answer.status_code == 302:
                assert "/dang-nhap" in answer.location, route


@pytest.mark.parametrize("principal", ["director", "buyer", "officer"])
def test_a_stranger_reaches_nothing_of_others(app, client, session, make, principal):
    victim = Victim(session, make)
    who = {
        "director": lambda: make.member(),
        "buyer": lambda: make.member(make.buyer(), Role.BUYER),
        "officer": lambda: make.officer("D116"),
    }[principal]()
    enter(client, session, who)
    owned = [r for r in routes(app) if _names_an_object(app, r)]
    for route in owned:
        target = address(app, route, victim)
        for method in sorted(route.methods - {"HEAD", "OPTIONS"}):
            stored = fingerprint(session)
            answer = client.open(target, method=method)
            assert answer.status_code in (403, 404), (method, target, route.endpoint)
            assert fingerprint(session) == stored, (method, route)


def _names_an_object(app, route: Rule) -> bool:
    blueprint = route.endpoint.partition(".")[0]
    if route.endpoint in SHARED:
        return False
    return rule_of(app, route) != PUBLIC and any(
        (blueprint, name) in ARGUMENTS for name in route.arguments
    )


def test_a_role_without_the_right_is_turned_away(app, client, session, make):
    victim = Victim(session, make)
    people = {
        Right.SELL: make.member(make.buyer(), Role.BUYER),
        Right.BUY: make.officer(),
        Right.SIGN: make.member(role=Role.STAFF),
        Right.MANAGE_MEMBERS: make.member(role=Role.STAFF),
        Right.OFFICIATE: make.member(),
        Right.ADMINISTER: make.member(),
    }
    for route in routes(app):
        rule = rule_of(app, route)
        if rule in set(map(str, Right)):
            enter(client, session, people[Right(rule)])
            for method in sorted(route.methods - {"HEAD", "OPTIONS"}):
                answer = client.open(address(app, route, victim), method=method)
                assert answer.status_code == 403, (method, route)


@pytest.mark.databases("sqlite")
def test_no_page_that_is_only_looked_at_writes(app, client, session, make):
    """A GET leaves the database as it was, whoever looks."""
    victim = Victim(session, make)
    for who in (victim.director, make.officer()):
        enter(client, session, who)
        for route in routes(app):
            if "GET" in route.methods and route.endpoint not in UNGUARDED:
                target = address(app, route, victim)
                stored = fingerprint(session)
                answer = client.get(target)
                assert answer.status_code < 500, route
                assert fingerprint(session) == stored, route


@pytest.mark.databases("sqlite")
def test_ids_that_nobody_has_are_not_found(app, client, session, make):
    enter(client, session, make.member())
    odd = ["0", "%00", "-1", "../../etc/passwd", "x" * 500, "ệ", "' OR 1=1 --"]
    for route in routes(app):
        if _names_an_object(app, route) and "GET" in route.methods:
            for value in odd:
                with app.test_request_context():
                    plain = {n: PLAIN.get(n, value) for n in route.arguments}
                    target = app.url_for(route.endpoint, **plain)
                answer = client.get(target)
                assert answer.status_code in (302, 308, 400, 403, 404), (route, value)
