"""An officer decides on papers: verified, returned, stopped, taken up, looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from forms.areas import EndForm
from forms.paper_decisions import ReturnForm, StopForm, SuperviseForm, VerifyForm
from marketplace.services.paper_change_review import (
    return_written,
    seen_of,
    verify_written,
)
from marketplace.services.paper_review import (
    Reviewing,
    record_supervision,
    resume_paper,
    revoke_paper,
    suspend_paper,
)
from marketplace.services.paper_rows import Row
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import now, today
from marketplace.web.harvest_pages import paper_title
from marketplace.web.idempotent import idempotent
from marketplace.web.paper_pages import ANY_KIND, access_paper
from marketplace.web.refusals import refused
from models.database import transaction

bp = Blueprint("paper_decisions", __name__, url_prefix="/giay-to")

Deed = Callable[[Session, Row], None]


def _step() -> Reviewing:
    return Reviewing(current_actor(), today(), now())


@bp.post(f"{ANY_KIND}/<public_id>/xac-minh")
@requires(Right.OFFICIATE)
@idempotent
def verify(kind: str, public_id: str) -> ResponseReturnValue:
    """The paper is as it is written here."""
    form = VerifyForm()
    return _at_once(
        (kind, public_id),
        form,
        lambda session, row: verify_written(
            session, row, _step(), seen=form.seen.data or ""
        ),
        lambda row: str(_("Đã xác minh %(paper)s.", paper=paper_title(row))),
        url_for("papers.queue"),
    )


@bp.post(f"{ANY_KIND}/<public_id>/phuc-hoi")
@requires(Right.OFFICIATE)
@idempotent
def resume(kind: str, public_id: str) -> ResponseReturnValue:
    """A suspended paper counts again."""
    return _at_once(
        (kind, public_id),
        EndForm(),
        lambda session, row: resume_paper(session, row, _step()),
        lambda _row: str(_("Giấy này lại được tính.")),
        url_for("papers.show", kind=kind, public_id=public_id),
    )


def _at_once(
    named: tuple[str, str],
    form: FlaskForm,
    deed: Deed,
    words: Callable[[Row], str],
    onward: str,
) -> ResponseReturnValue:
    """A decision of one tap; a refusal is said on the page of the paper."""
    kind, public_id = named
    with transaction() as session:
        row = access_paper(session, current_actor(), kind, public_id, "review")
        with refused(session, form) as outcome:
            deed(session, row)
        if outcome.done:
            flash(words(row), "ok")
            return redirect(onward)
    for message in form.form_errors:
        flash(str(message), "bad")
    return redirect(url_for("papers.show", kind=kind, public_id=public_id))


@bp.route(f"{ANY_KIND}/<public_id>/tra-lai", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def send_back(kind: str, public_id: str) -> ResponseReturnValue:
    """The holder is to mend it: what is wrong, in words that the holder reads."""
    return _with_words(
        (kind, public_id),
        lambda session, row: ReturnForm(data={"seen": seen_of(session, row)}),
        lambda session, row, form: return_written(
            session, row, form.reason.data or "", _step(), seen=form.seen.data or ""
        ),
        "papers/return.html",
        str(_("Đã trả lại. Người nộp được báo ngay.")),
    )


@bp.route(
    f"{ANY_KIND}/<public_id>/<any('dinh-chi', 'thu-hoi'):how>",
    methods=["GET", "POST"],
)
@requires(Right.OFFICIATE)
@idempotent
def stop(kind: str, public_id: str, how: str) -> ResponseReturnValue:
    """The paper does not count from a day on: for now, or for good."""
    finish = suspend_paper if how == "dinh-chi" else revoke_paper
    return _with_words(
        (kind, public_id),
        lambda _session, _row: StopForm(data={"day": today()}),
        lambda session, row, form: finish(
            session, row, form.reason.data or "", _step(), on=form.day.data
        ),
        "papers/stop.html",
        str(_("Từ ngày đó giấy này không được tính.")),
        how=how,
    )


@bp.route(f"{ANY_KIND}/<public_id>/giam-sat", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def supervise(kind: str, public_id: str) -> ResponseReturnValue:
    """Its issuer has looked again: on which day, with which result."""
    return _with_words(
        (kind, public_id),
        lambda _session, _row: SuperviseForm(data={"day": today()}),
        lambda session, row, form: record_supervision(
            session, row, form.note.data or "", _step(), on=form.day.data
        ),
        "papers/supervise.html",
        str(_("Đã ghi lần giám sát.")),
    )


def _with_words(
    named: tuple[str, str],
    made: Callable[[Session, Row], Any],
    deed: Callable[[Session, Row, Any], None],
    template: str,
    words: str,
    **more: str,
) -> ResponseReturnValue:
    """A decision that has its own page with a form."""
    kind, public_id = named
    with transaction() as session:
        row = access_paper(session, current_actor(), kind, public_id, "review")
        form = made(session, row)
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                deed(session, row, form)
            if outcome.done:
                flash(words, "ok")
                return redirect(url_for("papers.show", kind=kind, public_id=public_id))
        status = 422 if form.is_submitted() else 200
        return render_template(template, form=form, row=row, kind=kind, **more), status
