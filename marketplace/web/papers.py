"""Certificates and growing-area codes: the holder's list, the officer's queue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.areas import EndForm
from forms.papers import StopForm, VerifyForm
from forms.said import said
from marketplace.domain.papers import counts_on
from marketplace.services.paper_checks import oddities_of
from marketplace.services.paper_review import (
    Row,
    holder_of,
    resume_paper,
    revoke_paper,
    stamp_of,
    suspend_paper,
    verify_paper,
    waiting_papers,
)
from marketplace.services.papers import (
    access_certificate,
    access_code,
    list_certificates,
    list_codes,
    paper_of,
    save_certificate,
    save_code,
)
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.clock import now, today
from marketplace.web.harvest_pages import last_day_of, paper_title
from marketplace.web.idempotent import idempotent
from marketplace.web.paging import page_of
from marketplace.web.paper_forms import certificate_form, code_form
from marketplace.web.refusals import refused
from models.database import transaction

bp = Blueprint("papers", __name__, url_prefix="/giay-to")

ACCESS: dict[str, Callable[..., Row]] = {
    "chung-nhan": access_certificate,
    "ma-vung": access_code,
}


def kind_of_paper(row: Row) -> str:
    """The word of the address that says which kind of paper it is."""
    return "ma-vung" if paper_of(row).scheme is None else "chung-nhan"


@bp.app_context_processor
def _helpers() -> dict[str, Any]:
    return {
        "paper_title": paper_title,
        "last_day_of": last_day_of,
        "kind_of_paper": kind_of_paper,
        "counts_today": lambda row: counts_on(paper_of(row), today()),
    }


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """The organisation's papers with what is left of them; officers get the queue."""
    if current_actor().is_officer:
        return redirect(url_for("papers.queue"))
    with transaction(read_only=True) as session:
        return render_template(
            "papers/index.html",
            certificates=list_certificates(session, current_actor()),
            codes=list_codes(session, current_actor()),
            today=today(),
        )


@bp.get("/xac-minh")
@requires(Right.OFFICIATE)
def queue() -> ResponseReturnValue:
    """Papers that wait for an officer, the oldest first."""
    with transaction(read_only=True) as session:
        waiting = waiting_papers(session, current_actor())
        return render_template(
            "papers/queue.html", page=page_of(waiting), holder_of=holder_of, now=now()
        )


@bp.get("/<any('chung-nhan', 'ma-vung'):kind>/<public_id>")
@signed_in
def show(kind: str, public_id: str) -> ResponseReturnValue:
    """A paper: what it says, whether it counts today, and what is odd about it."""
    with transaction(read_only=True) as session:
        who = current_actor()
        row = ACCESS[kind](session, who, public_id)
        return render_template(
            "papers/show.html",
            row=row,
            kind=kind,
            holder=holder_of(row),
            mine=holder_of(row).id == who.organisation_id,
            odd=[said(o.message, o.params) for o in _odd(session, row)],
            seen=stamp_of(row),
            today=today(),
        )


def _odd(session: Session, row: Row) -> list[Any]:
    return oddities_of(session, row, today=today())


@bp.route("/<any('chung-nhan', 'ma-vung'):kind>/moi", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def new(kind: str) -> ResponseReturnValue:
    """Write down a paper; it then waits for an officer."""
    return _paper_page(kind, None)


@bp.route(
    "/<any('chung-nhan', 'ma-vung'):kind>/<public_id>/sua", methods=["GET", "POST"]
)
@requires(Right.SELL)
@idempotent
def edit(kind: str, public_id: str) -> ResponseReturnValue:
    """Change a paper; it then waits for an officer again."""
    return _paper_page(kind, public_id)


def _paper_page(kind: str, public_id: str | None) -> ResponseReturnValue:
    with transaction() as session:
        who = current_actor()
        row: Any = public_id and ACCESS[kind](session, who, public_id, "write")
        certificate = kind == "chung-nhan"
        made = certificate_form if certificate else code_form
        form = made(session, who, row or None)
        if form.validate_on_submit():
            save: Any = save_certificate if certificate else save_code
            with refused(session, form) as outcome:
                row = save(session, who, form.command(), public_id, today=today())
            if outcome.done:
                flash(_("Đã lưu. Cán bộ sẽ xem rồi xác minh."), "ok")
                return redirect(url_for(".show", kind=kind, public_id=row.public_id))
        page = f"papers/{'certificate' if certificate else 'code'}.html"
        status = 422 if form.is_submitted() else 200
        return render_template(page, form=form, row=row), status


@bp.post("/<any('chung-nhan', 'ma-vung'):kind>/<public_id>/xac-minh")
@requires(Right.OFFICIATE)
@idempotent
def verify(kind: str, public_id: str) -> ResponseReturnValue:
    """The paper is as it is written here."""
    form = VerifyForm()
    with transaction() as session:
        row = ACCESS[kind](session, current_actor(), public_id, "review")
        with refused(session, form) as outcome:
            seen = form.seen.data or ""
            verify_paper(session, current_actor(), row, seen=seen, now=now())
        if outcome.done:
            flash(_("Đã xác minh %(paper)s.", paper=paper_title(row)), "ok")
            return redirect(url_for("papers.queue"))
        for message in form.form_errors:
            flash(message, "bad")
    return redirect(url_for("papers.show", kind=kind, public_id=public_id))


@bp.post("/<any('chung-nhan', 'ma-vung'):kind>/<public_id>/phuc-hoi")
@requires(Right.OFFICIATE)
@idempotent
def resume(kind: str, public_id: str) -> ResponseReturnValue:
    """A suspended paper counts again."""
    form = EndForm()
    with transaction() as session:
        row = ACCESS[kind](session, current_actor(), public_id, "review")
        with refused(session, form) as outcome:
            resume_paper(session, row)
        if outcome.done:
            flash(_("Giấy này lại được tính."), "ok")
        for message in form.form_errors:
            flash(message, "bad")
    return redirect(url_for("papers.show", kind=kind, public_id=public_id))


@bp.route(
    "/<any('chung-nhan', 'ma-vung'):kind>/<public_id>/<any('dinh-chi', 'thu-hoi'):how>",
    methods=["GET", "POST"],
)
@requires(Right.OFFICIATE)
@idempotent
def stop(kind: str, public_id: str, how: str) -> ResponseReturnValue:
    """The paper does not count from today: for now, or for good."""
    finish = suspend_paper if how == "dinh-chi" else revoke_paper
    with transaction() as session:
        row = ACCESS[kind](session, current_actor(), public_id, "review")
        form = StopForm()
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                finish(session, row, form.reason.data or "", today=today())
            if outcome.done:
                flash(_("Từ hôm nay giấy này không được tính."), "ok")
                return redirect(url_for(".show", kind=kind, public_id=public_id))
        status = 422 if form.is_submitted() else 200
        page = render_template(
            "papers/stop.html", form=form, row=row, kind=kind, how=how
        )
        return page, status
