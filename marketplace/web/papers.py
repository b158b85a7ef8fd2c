"""Certificates and codes: the holder's list and forms, the officer's queue."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from forms.said import said
from marketplace.domain.chain_reasons import PREDICATE_TITLES
from marketplace.domain.words import PaperState
from marketplace.services.packing_codes import list_packing_codes, save_packing_code
from marketplace.services.paper_change_review import seen_of
from marketplace.services.paper_changes import list_versions
from marketplace.services.paper_checks import (
    oddities_of,
    overdue_surveillance,
    renew_by,
)
from marketplace.services.paper_files import all_paper_files
from marketplace.services.paper_history import list_paper_events
from marketplace.services.paper_queue import waiting_papers
from marketplace.services.paper_rows import Row, holder_of
from marketplace.services.paper_stakes import Stakes, stakes_of, visible_stakes
from marketplace.services.papers import (
    list_certificates,
    list_codes,
    save_certificate,
    save_code,
)
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.clock import now, today
from marketplace.web.idempotent import idempotent
from marketplace.web.paging import page_of
from marketplace.web.paper_changes import change_seen
from marketplace.web.paper_forms import (
    certificate_form,
    code_form,
    packing_code_form,
)
from marketplace.web.paper_pages import (
    ANY_KIND,
    AREA_CODE,
    CERTIFICATE,
    PACKING_CODE,
    access_paper,
    kinds_of_papers,
    scope_communes,
    sieve_of_address,
)
from marketplace.web.refusals import refused
from models.database import transaction

bp = Blueprint("papers", __name__, url_prefix="/giay-to")

# Which form, use case and template write which kind of paper.
WRITING: dict[str, tuple[Any, Any, str]] = {
    CERTIFICATE: (certificate_form, save_certificate, "papers/certificate.html"),
    AREA_CODE: (code_form, save_code, "papers/code.html"),
    PACKING_CODE: (packing_code_form, save_packing_code, "papers/packing.html"),
}


_SAVED = {
    False: _l("Đã lưu. Cán bộ sẽ xem rồi xác minh."),
    True: _l(
        "Đã gửi bản sửa. Giấy vẫn được tính như cũ đến khi bản sửa được xác minh."
    ),
}


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """The organisation's papers with what is left of them; officers get the queue."""
    if current_actor().is_officer:
        return redirect(url_for("papers.queue"))
    with transaction(read_only=True) as session:
        who = current_actor()
        return render_template(
            "papers/index.html",
            certificates=list_certificates(session, who),
            codes=list_codes(session, who),
            packing_codes=list_packing_codes(session, who),
            overdue=lambda row: _overdue(session, row),
            today=today(),
        )


def _overdue(session: Session, row: Row) -> bool:
    active = row.state is PaperState.ACTIVE
    return active and bool(overdue_surveillance(session, row, today=today()))


@bp.get("/xac-minh")
@requires(Right.OFFICIATE)
def queue() -> ResponseReturnValue:
    """Papers that wait for an officer, the oldest first."""
    sieve = sieve_of_address()
    with transaction(read_only=True) as session:
        who = current_actor()
        waiting = waiting_papers(session, who, sieve)
        return render_template(
            "papers/queue.html",
            page=page_of(waiting),
            now=now(),
            sieve=sieve,
            units=scope_communes(session),
            kinds=kinds_of_papers(),
        )


@bp.get(f"{ANY_KIND}/<public_id>")
@signed_in
def show(kind: str, public_id: str) -> ResponseReturnValue:
    """A paper: what it says, whether it counts today, what is odd, its history."""
    with transaction(read_only=True) as session:
        who = current_actor()
        row = access_paper(session, who, kind, public_id)
        holder = holder_of(row)
        odd = oddities_of(session, row, today=today())
        return render_template(
            "papers/show.html",
            row=row,
            kind=kind,
            holder=holder,
            mine=holder.id == who.organisation_id,
            odd=[said(one.message, one.params) for one in odd],
            events=list_paper_events(session, row),
            files=all_paper_files(session, row),
            stakes=_stakes(session, row),
            renew_by=renew_by(session, row),
            titles=PREDICATE_TITLES,
            seen=seen_of(session, row),
            change=change_seen(session, row),
            versions=list_versions(session, row),
            today=today(),
        )


def _stakes(session: Session, row: Row) -> Stakes | None:
    """What the reader may know of what hangs on a paper that is still to end."""
    found = stakes_of(session, row, today=today())
    if found is None or row.state is not PaperState.ACTIVE or found.last_day < today():
        return None
    return visible_stakes(found, current_actor())


@bp.route(f"{ANY_KIND}/moi", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def new(kind: str) -> ResponseReturnValue:
    """Write down a paper; it then waits for an officer."""
    return _paper_page(kind, None)


@bp.route(f"{ANY_KIND}/<public_id>/sua", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def edit(kind: str, public_id: str) -> ResponseReturnValue:
    """Change a paper; it then waits for an officer again."""
    return _paper_page(kind, public_id)


def _paper_page(kind: str, public_id: str | None) -> ResponseReturnValue:
    made, save, template = WRITING[kind]
    with transaction() as session:
        who = current_actor()
        row: Any = public_id and access_paper(session, who, kind, public_id, "write")
        form = made(session, who, row or None)
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                command, at = form.command(), {"today": today(), "now": now()}
                row = save(session, who, command, public_id, **at)
            if outcome.done:
                flash(str(_SAVED[row.verified_at is not None]), "ok")
                return redirect(url_for(".show", kind=kind, public_id=row.public_id))
        status = 422 if form.is_submitted() else 200
        return render_template(template, form=form, row=row), status
