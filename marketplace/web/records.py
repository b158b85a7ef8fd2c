"""How an organisation keeps its word: its figures, what lies behind, and disputes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from forms.records import ContestForm, DecideForm
from marketplace.domain.actor import Actor
from marketplace.domain.track_record import FactKind
from marketplace.services.record_contests import (
    access_contest,
    access_fact,
    contest_fact,
    decide_contest,
    open_contests,
)
from marketplace.services.track_records import access_record, facts_behind
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.clock import now, today
from marketplace.web.home import TaskCard, register_tasks
from marketplace.web.idempotent import idempotent
from marketplace.web.paging import PAGE, Page, page_number, page_of
from marketplace.web.refusals import refused
from models.database import transaction

bp = Blueprint("records", __name__, url_prefix="/uy-tin")


@bp.get("/")
@requires(Right.OFFICIATE)
def queue() -> ResponseReturnValue:
    """Facts that organisations contest and that nobody has answered, oldest first."""
    number = page_number()
    with transaction(read_only=True) as session:
        rows, total = open_contests(
            session, current_actor(), limit=PAGE, offset=(number - 1) * PAGE
        )
        page = Page(rows, number, total)
        return render_template("records/queue.html", page=page, now=now())


@bp.get("/<public_id>")
@signed_in
def show(public_id: str) -> ResponseReturnValue:
    """The figures of an organisation, as far as the reader may know them."""
    with transaction(read_only=True) as session:
        record = access_record(session, current_actor(), public_id, today=today())
        return render_template("records/show.html", record=record)


@bp.get("/<public_id>/can-cu")
@signed_in
def facts(public_id: str) -> ResponseReturnValue:
    """What lies behind one figure; for its own people and their officers."""
    asked = request.args.get("muc", "")
    kind = FactKind(asked) if asked in set(FactKind) else FactKind.CONTRACT
    with transaction(read_only=True) as session:
        record = access_record(session, current_actor(), public_id, today=today())
        rows = facts_behind(session, record, kind)
        return render_template(
            "records/facts.html",
            record=record,
            kind=kind,
            figure=record.figures.get(kind),
            page=page_of(rows),
        )


@bp.route("/phan-doi/<public_id>", methods=["GET", "POST"])
@requires(Right.SIGN)
@idempotent
def contest(public_id: str) -> ResponseReturnValue:
    """Say why a fact of our own record is wrong."""
    form = ContestForm()
    with transaction() as session:
        fact = access_fact(session, current_actor(), public_id)
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                reason = form.reason.data or ""
                contest_fact(session, current_actor(), public_id, reason, now=now())
            if outcome.done:
                flash(_("Đã gửi phản đối. Cán bộ trả lời kèm lý do."), "ok")
                whose = fact.organisation.public_id
                return redirect(url_for(".facts", public_id=whose, muc=fact.kind.value))
        page = render_template("records/contest.html", form=form, fact=fact)
        return page, 422 if form.is_submitted() else 200


@bp.route("/tra-loi/<public_id>", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def decide(public_id: str) -> ResponseReturnValue:
    """Let a contested fact count, or take it out, with the reason."""
    form = DecideForm()
    with transaction() as session:
        found = access_contest(session, current_actor(), public_id)
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                decide_contest(
                    session,
                    current_actor(),
                    public_id,
                    excluded=form.excludes,
                    reason=form.reason.data or "",
                    now=now(),
                )
            if outcome.done:
                flash(_("Đã trả lời. Tổ chức được báo."), "ok")
                return redirect(url_for(".queue"))
        page = render_template("records/decide.html", form=form, contest=found)
        return page, 422 if form.is_submitted() else 200


def kinds_in_order(kinds: Collection[FactKind]) -> list[FactKind]:
    """As the figures stand on every page."""
    return [kind for kind in FactKind if kind in kinds]


def init_app(app: Flask) -> None:
    """Templates of other nouns show records, too."""
    app.jinja_env.globals["kinds_in_order"] = kinds_in_order


@register_tasks
def to_decide(
    session: Session, actor: Actor, _today: date, moment: datetime
) -> list[TaskCard]:
    """One card for all contests that wait for an officer."""
    if not actor.is_officer:
        return []
    rows, total = open_contests(session, actor, limit=1)
    if not rows:
        return []
    days = (moment - rows[0].raised_at).days
    return [
        TaskCard(
            kind="scale",
            title=ngettext(
                "%(num)d phản đối số liệu uy tín",
                "%(num)d phản đối số liệu uy tín",
                total,
            ),
            text=_("Lâu nhất: %(name)s", name=rows[0].fact.organisation.short_name),
            due=ngettext("Chờ %(num)d ngày", "Chờ %(num)d ngày", days) if days else "",
            url=url_for("records.queue"),
            button=_("Mở danh sách"),
            urgency=10,
        )
    ]
