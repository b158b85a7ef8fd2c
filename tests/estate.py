"""One of everything that an organisation may have, for tests over all routes.

`Estate(session, make)` makes a thing when it is first asked for; `addresses`
fills the arguments of a route with its things, so that a new route with an
argument that nobody taught it fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cached_property
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from marketplace.domain.actor import Actor, Role
from marketplace.domain.words import Side
from marketplace.services import calendars, tokens
from marketplace.services.contract_templates import template_in_force
from marketplace.services.contracts import draw_contract
from marketplace.services.issued_statements import issue_statement
from marketplace.services.jobs import enqueue_job
from marketplace.services.sessions import open_session
from marketplace.web import clock
from marketplace.web.account import link_keys
from models.chains import Chain
from models.households import Household
from models.notices import Notice
from models.organisations import Invitation, User, VerificationCase
from models.papers import Facility
from models.sessions import UserSession
from tests import (
    api_rows,
    board_rows,
    box_rows,
    import_rows,
    lots_rows,
    majeure_rows,
    monitoring_rows,
    paper_rows,
    photo_rows,
    plot_rows,
    record_rows,
)
from tests.amending import proposed
from tests.calling import MONDAY, with_call
from tests.deals import Deals
from tests.factories import TODAY

CALENDAR = "calendar"


def routes(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def rule_of(app: Flask, route: Rule) -> str | None:
    return getattr(app.view_functions[route.endpoint], "access_rule", None)


def methods_of(route: Rule) -> list[str]:
    return sorted((route.methods or set()) - {"HEAD", "OPTIONS"})


class Estate:
    """What an organisation has; it sells or buys in its proposal and contract."""

    def __init__(
        self,
        session: Any,
        make: Any,
        owner: Any = None,
        side: Side = Side.SELLER,
        director: Actor | None = None,
    ) -> None:
        self.session, self.make, self.side = session, make, side
        self.owner = owner or make.organisation()
        self.director = director or make.member(self.owner)

    @cached_property
    def harvest(self) -> Any:
        papers = [self.certificate, self.code]
        return self.make.harvest(self.owner, area_id=self.area.id, papers=papers)

    @cached_property
    def offer(self) -> Any:
        return self.make.offer(self.owner)

    @cached_property
    def proposal(self) -> Any:
        return self._brought_together()

    def _brought_together(self) -> Any:
        if self.side is Side.SELLER:
            return self.make.proposal(self.make.harvest(self.owner))
        return self.make.proposal(None, self.make.offer(self.owner))

    @cached_property
    def contract(self) -> Any:
        agreed = self._brought_together()
        agreed.state, agreed.agreed_at = "agreed", clock.now()
        return draw_contract(
            self.session, agreed, agreed.terms[0], today=clock.today(), now=clock.now()
        )

    @cached_property
    def deal(self) -> Any:
        """A contract in force, beside the one that waits for signatures."""
        return Deals(self.session, self.make).in_force(self._brought_together())

    @cached_property
    def entry(self) -> Any:
        return Deals(self.session, self.make).entry(self.deal)

    @cached_property
    def note(self) -> Any:
        return Deals(self.session, self.make).inspected(self.deal)

    @cached_property
    def amended(self) -> Any:
        """A contract with an amendment, version 2, that waits for both."""
        proposed(self.session, self.director, self.deal, price_vnd=15_000)
        return self.deal

    @cached_property
    def called(self) -> Any:
        """A contract under a standing agreement; the call of a week waits."""
        deals = Deals(self.session, self.make)
        deal = deals.in_force(self._brought_together())
        return with_call(self.session, deal, self.director.user_id, clock.now())

    @cached_property
    def struck(self) -> Any:
        """A contract with a notice of force majeure, number 1, that waits."""
        majeure_rows.notice(self.session, self.make, self.deal)
        return self.deal

    @cached_property
    def statement(self) -> Any:
        today, now = clock.today(), clock.now()
        return issue_statement(
            self.session,
            Deals(self.session, self.make).actor(self.deal, self.side),
            self.deal.public_id,
            lambda message, params, lang: message,
            today=today,
            now=now,
        )

    @cached_property
    def area(self) -> Any:
        return self.make.area(self.owner)

    @cached_property
    def certificate(self) -> Any:
        return self.make.certificate(self.owner)

    @cached_property
    def code(self) -> Any:
        return self.make.code(self.area)

    @cached_property
    def chain(self) -> Any:
        return self._add(
            Chain(
                kind="safe_supply",
                lead_id=self.owner.id,
                group_id=self.make.product().group_id,
                name="Chuỗi nhãn",
                unit_id=self.owner.unit_id,
            )
        )

    @cached_property
    def watched(self) -> Any:
        """Its chain with a check, a sample and a finding, each number 1."""
        return monitoring_rows.submitted(self.session, self.make, self.chain)

    @cached_property
    def facility(self) -> Any:
        return self._add(
            Facility(
                organisation_id=self.owner.id,
                kind="dryer",
                name="Lò sấy",
                unit_id=self.owner.unit_id,
            )
        )

    @cached_property
    def case(self) -> Any:
        pending = self.make.organisation(verified=False)
        return self._add(
            VerificationCase(organisation_id=pending.id, submitted_at=clock.now())
        )

    @cached_property
    def household(self) -> Any:
        return self._add(
            Household(
                organisation_id=self.owner.id,
                name="Lò Văn Pâng",
                name_folded="lo van pang",
                unit_id=self.owner.unit_id,
            )
        )

    @cached_property
    def membership(self) -> Any:
        return self.make.membership(self.owner, Role.STAFF)

    @cached_property
    def invitation(self) -> Any:
        return self._add(
            Invitation(
                organisation_id=self.owner.id,
                email="moi@example.vn",
                role=Role.STAFF,
                nonce="x" * 20,
                invited_by_id=self.director.user_id,
                expires_at=clock.now() + timedelta(days=7),
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
    def browser(self) -> Any:
        """A session of the director in another browser."""
        user = self.session.get_one(User, self.director.user_id)
        open_session(self.session, user, now=clock.now())
        mine = select(UserSession).where(UserSession.user_id == user.id)
        return self.session.scalars(mine.order_by(UserSession.id.desc())).first()

    @cached_property
    def job(self) -> Any:
        return enqueue_job(self.session, "matching.run", key="market")

    @cached_property
    def quote(self) -> Any:
        author = self.make.user().id
        return self.make.quote(15_000, 20_000, market="processor", entered_by_id=author)

    @cached_property
    def boxes(self) -> box_rows.Boxes:
        """What it packs, picked in its garden."""
        assert self.area
        return box_rows.Boxes(self.session, self.make, self.owner)

    @cached_property
    def item(self) -> Any:
        return self.boxes.item()

    @cached_property
    def lot(self) -> Any:
        return self.boxes.lot(self.item)

    @cached_property
    def place(self) -> Any:
        return self.boxes.place()

    def token(self, purpose: str) -> str:
        """A link of a letter that still works, as it is signed when it is sent."""
        if purpose == CALENDAR:
            return calendars.make_address(self.session, self.director, now=clock.now())
        if purpose == tokens.INVITATION:
            nonce = self.invitation.nonce
        else:
            user = self.session.get_one(User, self.director.user_id)
            issued = tokens.issue_token(self.session, user, purpose, now=clock.now())
            nonce = issued.nonce
        return tokens.sign_nonce(link_keys(), purpose, nonce)

    def _add(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row


# Whose public id fills the argument: by endpoint, else by blueprint.
OBJECTS: dict[str, Callable[[Estate], Any]] = {
    "accounts": lambda own: own.deal,
    "api_keys": lambda own: api_rows.api_key(own.session, own.director)[0],
    **dict.fromkeys(
        ("epcis", "epcis_jobs"), lambda own: api_rows.capture(own.session, own.director)
    ),
    "amendments.new": lambda own: own.deal,
    "amendments": lambda own: own.amended,
    "alerts": lambda own: Deals(own.session, own.make).alert(own.deal),
    "call_offs": lambda own: own.called,
    "call_off_frames": lambda own: own.called,
    "call_off_frames.propose": lambda own: own.deal,
    "closings": lambda own: own.deal,
    "majeure": lambda own: own.struck,
    "majeure_ends": lambda own: own.struck,
    "statement_papers": lambda own: own.statement.contract,
    "areas.edit_facility": lambda own: own.facility,
    "areas.close_facility": lambda own: own.facility,
    "chains.apply": lambda own: own.contract,
    **dict.fromkeys(lots_rows.OF_LOTS, lots_rows.lot_of),
    "recalls": lots_rows.recall_of,
    **dict.fromkeys(lots_rows.OF_AREAS, lambda own: own.area),
    **dict.fromkeys(
        lots_rows.OF_PLOTS,
        lambda own: plot_rows.plot(own.session, own.area, own.director),
    ),
    "market.harvest": lambda own: own.harvest,
    "market.offer": lambda own: own.offer,
    "members.withdraw": lambda own: own.invitation,
    "areas": lambda own: own.area,
    "boxes": lambda own: own.lot,
    "lot_standards": lambda own: own.lot,
    "lot_standards.credential": lambda own: own.certificate,
    "lot_labels": lambda own: own.lot,
    "trade_items": lambda own: own.item,
    "boxes.item": lambda own: own.item,
    "boxes.report_unknown_lot": lambda own: own.item,
    "box_reports": lambda own: box_rows.reported(own.session, own.lot),
    "area_plots": lambda own: own.area,
    "land_files": lambda own: own.owner,
    "plot_imports": lambda own: plot_rows.imported(own.session, own.area, own.director),
    "plot_overlaps": lambda own: plot_rows.overlap(own.session, own.area, own.director),
    "plots": lambda own: plot_rows.plot(own.session, own.area, own.director),
    "chains": lambda own: own.chain,
    **dict.fromkeys(monitoring_rows.BLUEPRINTS, lambda own: own.watched),
    "contracts": lambda own: own.contract,
    "contract_templates": lambda own: template_in_force(own.session, "F3", TODAY),
    "deliveries": lambda own: own.deal,
    "notes.new": lambda own: own.deal,
    "disputes": lambda own: own.note,
    "notes": lambda own: own.note,
    "note_turns": lambda own: own.note,
    "note_papers": lambda own: own.note,
    "photos": lambda own: photo_rows.photo(own.session, own.note),
    "photos.add": lambda own: own.note,
    "harvests": lambda own: own.harvest,
    "households": lambda own: own.household,
    **lots_rows.OBJECTS,
    "member_shares": lambda own: own.deal,
    "member_shares.note": lambda own: own.note,
    "matching": lambda own: own.job,
    "members": lambda own: own.membership,
    "notices": lambda own: own.notice,
    "paper_files": lambda own: paper_rows.paper_file(own.session, own.certificate),
    "offers": lambda own: own.offer,
    "organisations": lambda own: own.owner,
    "register_files": lambda own: import_rows.draft(
        own.session, own.owner, own.director
    ),
    "register_imports": lambda own: import_rows.draft(
        own.session, own.owner, own.director
    ),
    "price_quotes": lambda own: own.quote,
    "renewals": lambda own: own.deal,
    "report_orders": lambda own: board_rows.order(own.session, own.make),
    "baselines": lambda own: board_rows.correction(own.session, own.make),
    "stated_numbers": lambda own: board_rows.target(own.session, own.make),
    "seasons": lambda own: own.contract,
    "records": lambda own: own.owner,
    "records.contest": lambda own: record_rows.fact(own.session, own.deal, own.owner),
    "records.decide": lambda own: record_rows.contest(own.session, own.deal, own.owner),
    "proposals": lambda own: own.proposal,
    "verification": lambda own: own.case,
}
# Arguments that name no object: any value of theirs is as good as another.
PLAIN: dict[str, Any] = {
    "resource": "bizSteps",
    "word": "shipping",
    "epc": "urn:x:1",
    "event_id": "urn:uuid:1",
    "which": "codes",
    "act": "bo",
    "answer": "dong-y",
    "line": 1,
    "number": 1,
    "record": "giao-nhan",
    "ending": "geojson",
    "file": "anh.jpg",
    "filename": "css/tokens.css",
    "how": "dinh-chi",
    "letter": "a",
    "name": "dark",
    "register": "hop-tac-xa",
    "week": MONDAY.isoformat(),
    "version": 2,
    **lots_rows.PLAIN,
}
# What the link of a letter is for.
TOKENS = {
    "account.confirm_email": tokens.VERIFY_EMAIL,
    "account.reset": tokens.RESET_PASSWORD,
    "invitations.accept": tokens.INVITATION,
    "calendars.feed": CALENDAR,
}


def finder_of(route: Rule) -> Callable[[Estate], Any] | None:
    blueprint = route.endpoint.partition(".")[0]
    return OBJECTS.get(route.endpoint) or OBJECTS.get(blueprint)


def names_an_object(route: Rule) -> bool:
    """Whether an argument of the route is the id of somebody's row."""
    return bool({"public_id", "session_id"} & route.arguments)


def values_of(route: Rule, estate: Estate) -> Iterator[dict[str, Any]]:
    """All ways to fill the route's arguments; fails on one that is not known."""
    if route.endpoint == "notices.follow":
        for noun in ("harvest", "offer", "proposal", "contract", "note", "area"):
            yield {"noun": noun, "public_id": getattr(estate, noun).public_id}
    elif "kind" in route.arguments:
        papers = {
            "chung-nhan": estate.certificate,
            "ma-vung": estate.code,
            "ma-dong-goi": paper_rows.packing_code(estate.session, estate.facility),
        }
        for kind, paper in papers.items():
            yield _filled(route, kind=kind, public_id=paper.public_id)
    elif "token" in route.arguments:
        yield {"token": estate.token(TOKENS[route.endpoint])}
    elif "gtin" in route.arguments:
        known = {"gtin": estate.item.gtin, "rest": f"10/{estate.lot.code}"}
        yield {name: known[name] for name in route.arguments}
    elif "gln" in route.arguments:
        yield {"gln": estate.place.gln}
    elif "digest" in route.arguments:
        yield {"digest": estate.contract.versions[0].digest}
    elif "session_id" in route.arguments:
        yield {"session_id": estate.browser.id}
    elif "public_id" in route.arguments:
        finder = finder_of(route)
        assert finder, f"teach tests/estate.py {route.endpoint}"
        known = {"public_id": finder(estate).public_id}
        if "entry" in route.arguments:
            known["entry"] = estate.entry.public_id
        yield _filled(route, **known)
    else:
        yield _filled(route)


def _filled(route: Rule, **known: object) -> dict[str, Any]:
    for name in route.arguments - known.keys():
        assert name in PLAIN, f"teach tests/estate.py {route.endpoint}: {name}"
    return {name: known.get(name, PLAIN.get(name)) for name in route.arguments}


def addresses(app: Flask, route: Rule, estate: Estate) -> list[str]:
    """Where the route leads for the things of this estate."""
    filled = list(values_of(route, estate))
    with app.test_request_context():
        return [app.url_for(route.endpoint, **values) for values in filled]
