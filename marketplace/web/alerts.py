"""Early warnings: an officer's list, one alert with what was done, today's card."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from forms.alerts import CallForm, DeedForm
from marketplace.domain.actor import Actor
from marketplace.domain.early_warning_facts import Concern
from marketplace.domain.early_warning_words import REASONS, advice_for
from marketplace.domain.words import Severity
from marketplace.services.alert_lists import (
    AlertFilter,
    alerted_units,
    count_alerts,
    list_alerts,
    unanswered_alerts,
)
from marketplace.services.alerts import (
    access_alert,
    acknowledge_alert,
    act_on_alert,
    escalate_alert,
    reader_of,
)
from marketplace.services.notice_params import shown_params
from marketplace.web.access import (
    Right,
    current_actor,
    current_identity,
    requires,
    signed_in,
)
from marketplace.web.clock import now
from marketplace.web.home import TaskCard, register_tasks
from marketplace.web.idempotent import idempotent
from marketplace.web.paging import PAGE, Page, page_number
from marketplace.web.refusals import refused
from marketplace.web.shell import register_counts
from models.database import transaction

bp = Blueprint("alerts", __name__, url_prefix="/canh-bao")

TONES = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.INFO: "line"}
Verb = Callable[..., object]


def alert_reason(alert: Any) -> str:
    """Why there is an alert, in the language of the page."""
    words: str = _(REASONS[alert.code])
    return words % shown_params(alert.params, str(get_locale()))


def alert_advice(alert: Any, reader: Concern) -> str:
    """What this reader can do about it."""
    return str(_(advice_for(alert.code, reader)))


@bp.get("/")
@requires(Right.OFFICIATE)
def index() -> ResponseReturnValue:
    """Open alerts of the officer's area, the gravest first."""
    wanted, number = _asked(), page_number()
    with transaction(read_only=True) as session:
        who = current_actor()
        rows, total = list_alerts(
            session, who, wanted, limit=PAGE, offset=(number - 1) * PAGE
        )
        return render_template(
            "alerts/index.html",
            page=Page(rows, number, total),
            wanted=wanted,
            units=alerted_units(session, who),
            counts=count_alerts(session, who),
        )


def _asked() -> AlertFilter:
    """The filter of the address; anything odd narrows nothing."""
    level, unit = request.args.get("muc", ""), request.args.get("xa", "")
    known = unit.isascii() and unit.isdigit() and len(unit) < 9
    return AlertFilter(
        Severity(level) if level in set(Severity) else None,
        int(unit) if known else None,
    )


@bp.get("/<public_id>")
@signed_in
def show(public_id: str) -> ResponseReturnValue:
    """One alert: why, since when, what to do, and what was done."""
    with transaction(read_only=True) as session:
        alert = access_alert(session, current_actor(), public_id)
        return render_template(
            "alerts/show.html",
            alert=alert,
            contract=alert.contract,
            reader=reader_of(alert.contract, current_actor()),
            me=current_actor().organisation_id,
        )


@bp.post("/<public_id>/da-biet")
@signed_in
@idempotent
def acknowledge(public_id: str) -> ResponseReturnValue:
    """One's side knows: one tap."""
    form = FlaskForm()
    with transaction() as session:
        contract = access_alert(session, current_actor(), public_id).contract.public_id
        with refused(session, form) as outcome:
            acknowledge_alert(session, current_actor(), public_id, now=now())
    if outcome.done:
        flash(_("Đã ghi là đã biết."), "ok")
    for message in form.form_errors:
        flash(str(message), "bad")
    return redirect(url_for("contracts.show", public_id=contract))


@bp.route("/<public_id>/da-lam", methods=["GET", "POST"])
@signed_in
@idempotent
def act(public_id: str) -> ResponseReturnValue:
    """Write down what was done."""
    return _with_words(public_id, DeedForm(), act_on_alert, _("Ghi việc đã làm"))


@bp.route("/<public_id>/chuyen-can-bo", methods=["GET", "POST"])
@signed_in
@idempotent
def escalate(public_id: str) -> ResponseReturnValue:
    """Ask an officer to step in."""
    return _with_words(public_id, CallForm(), escalate_alert, _("Chuyển cán bộ"))


def _with_words(
    public_id: str, form: Any, verb: Verb, title: str
) -> ResponseReturnValue:
    with transaction() as session:
        alert = access_alert(session, current_actor(), public_id)
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                verb(session, current_actor(), public_id, form.text.data, now=now())
            if outcome.done:
                flash(_("Đã ghi. Bên kia và cán bộ xem được."), "ok")
                return redirect(url_for(".show", public_id=public_id))
        page = render_template("alerts/words.html", form=form, alert=alert, title=title)
        return page, 422 if form.is_submitted() else 200


@register_tasks
def to_answer(
    session: Session, actor: Actor, _today: date, _moment: datetime
) -> list[TaskCard]:
    """One card for all alerts that one's side knows nothing of yet."""
    found = unanswered_alerts(session, actor)
    if not found:
        return []
    first, grave = found[0], found[0].severity is Severity.ERROR
    one = url_for("contracts.show", public_id=first.contract.public_id)
    return [
        TaskCard(
            kind="alert-triangle",
            title=ngettext(
                "%(num)d cảnh báo hợp đồng", "%(num)d cảnh báo hợp đồng", len(found)
            ),
            text=alert_reason(first),
            url=url_for("alerts.index") if actor.is_officer else one,
            button=_("Xem và xử lý"),
            urgency=0 if grave else 10,
            tone="warn",
        )
    ]


def _counts() -> dict[str, int]:
    """How many grave ones an officer has, beside the menu."""
    identity = current_identity()
    if identity is None or identity.actor is None or not identity.actor.is_officer:
        return {}
    with transaction(read_only=True) as session:
        grave = count_alerts(session, identity.actor).get(Severity.ERROR, 0)
        return {"alerts.index": grave}


def init_app(app: Flask) -> None:
    """Give the words of alerts to all templates, and the number to the frame."""
    app.jinja_env.globals.update(
        alert_reason=alert_reason,
        alert_advice=alert_advice,
        alert_tone=lambda alert: TONES[alert.severity],
    )
    register_counts(_counts)
