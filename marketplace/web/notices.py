"""Under the bell: what waits for me, newest first, and the way to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from marketplace.services import notices as service
from marketplace.services.notice_params import shown_params
from marketplace.services.notice_words import said_of
from marketplace.web.access import current_actor, current_identity, signed_in
from marketplace.web.clock import now
from marketplace.web.idempotent import idempotent
from marketplace.web.paging import PAGE, Page, page_number
from marketplace.web.shell import register_counts, url_if
from models.database import transaction

bp = Blueprint("notices", __name__)

# Where a subject's page is; what nothing serves leads home.
PAGES = {
    "proposal": "proposals.show",
    "contract": "contracts.show",
    "deliveries": "deliveries.index",
    "call_offs": "call_offs.index",
    "note": "notes.show",
    "lot": "lots.show",
    "shipment": "lot_arrivals.arrive",
    "account": "accounts.index",
    "closing": "closings.show",
    "alert": "alerts.show",
    "template": "contract_templates.show",
    "import": "register_imports.show",
    "majeure": "majeure.index",
    "renewal": "renewals.show",
    "seasons": "seasons.show",
    "harvest": "harvests.show",
    "offer": "offers.show",
    "chain": "chains.show",
    "case": "verification.case",
    "box": "box_reports.show",
    "contest": "records.decide",
    "record": "records.show",
    "organisation": "organisations.show",
    "area": "areas.show",
    "report": "report_orders.show",
    "recall": "recalls.show",
}

# Papers share a page; which kind it is stands in its address.
PAPERS = {"certificate": "chung-nhan", "code": "ma-vung", "packing": "ma-dong-goi"}


@dataclass(frozen=True)
class Shown:
    """A notice in words, with its address."""

    title: str
    text: str
    button: str
    icon: str
    row: Any


def in_words(notice: Any) -> Shown:
    """The notice in the language of the page."""
    said = said_of(notice.kind, notice.params)
    params = shown_params(notice.params, str(get_locale()))
    return Shown(
        _(said.title) % params, _(said.text) % params, _(said.button), said.icon, notice
    )


def address_of(subject: str) -> str:
    """The page that a notice is about."""
    noun, _colon, public_id = subject.partition(":")
    identity = current_identity()
    own = identity.seat.public_id if identity and identity.seat else ""
    if noun in PAPERS:
        return url_for("papers.show", kind=PAPERS[noun], public_id=public_id)
    if noun == "organisation" and public_id == own:
        return url_for("organisations.profile")
    home = url_if("home.today") or "/"
    return url_if(PAGES.get(noun, ""), public_id=public_id) or home


@bp.get("/thong-bao")
@signed_in
def index() -> ResponseReturnValue:
    """All notices, newest first."""
    number = page_number()
    with transaction(read_only=True) as session:
        rows, total = service.list_notices(
            session, current_actor(), limit=PAGE, offset=(number - 1) * PAGE
        )
        return render_template(
            "notices/index.html",
            page=Page([in_words(row) for row in rows], number, total),
        )


@bp.post("/thong-bao/<public_id>")
@signed_in
def open_notice(public_id: str) -> ResponseReturnValue:
    """Read it and go to what it is about."""
    with transaction() as session:
        notice = service.read_notice(session, current_actor(), public_id, now=now())
        return redirect(address_of(notice.subject))


@bp.post("/thong-bao/da-doc")
@signed_in
@idempotent
def read_all() -> ResponseReturnValue:
    """Everything is read."""
    with transaction() as session:
        service.read_all_notices(session, current_actor(), now=now())
    flash(_("Đã đánh dấu tất cả là đã đọc."), "ok")
    return redirect(url_for("notices.index"))


@bp.get("/mo/<noun>/<public_id>")
@signed_in
def follow(noun: str, public_id: str) -> ResponseReturnValue:
    """The link of a letter: to the page of what it is about."""
    return redirect(address_of(f"{noun}:{public_id}"))


def _counts() -> dict[str, int]:
    identity = current_identity()
    if identity is None or identity.actor is None:
        return {}
    with transaction(read_only=True) as session:
        return {"notices.index": service.count_unread(session, identity.actor)}


register_counts(_counts)
