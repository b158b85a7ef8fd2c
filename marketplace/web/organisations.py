"""An organisation's page: what everybody may see, and what its own people edit."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from forms.organisations import TEXTS, ProfileForm, SuspendForm
from marketplace.domain.formats import format_day, format_ha, format_number
from marketplace.domain.identity import format_phone
from marketplace.domain.words import OrganisationState
from marketplace.services import organisations as service
from marketplace.services.own_profile import edit_profile
from marketplace.services.suspension import lift_suspension, suspend_organisation
from marketplace.services.track_records import track_record
from marketplace.services.units import communes_on
from marketplace.services.verification import cases_of
from marketplace.web.access import (
    Right,
    current_actor,
    current_identity,
    public,
    requires,
    signed_in,
)
from marketplace.web.clock import now, today
from marketplace.web.idempotent import idempotent
from marketplace.web.paging import PAGE, Page, page_number
from marketplace.web.refusals import refused
from marketplace.web.registration import kinds
from models.database import transaction

bp = Blueprint("organisations", __name__, url_prefix="/to-chuc")


@bp.get("/")
@requires(Right.OFFICIATE)
def index() -> ResponseReturnValue:
    """The organisations of an officer's scope."""
    text = request.args.get("q", "").strip()[:100]
    states = [s for s in OrganisationState if s.value == request.args.get("tinh-trang")]
    number = page_number()
    with transaction(read_only=True) as session:
        rows, total = service.list_organisations(
            session,
            current_actor(),
            text=text,
            state=states[0] if states else None,
            limit=PAGE,
            offset=(number - 1) * PAGE,
        )
        return render_template(
            "organisations/index.html",
            page=Page(rows, number, total),
            text=text,
            state_now=states[0] if states else None,
            states=list(OrganisationState),
        )


@bp.get("/cua-toi")
@signed_in
def profile() -> ResponseReturnValue:
    """Our own organisation: its state, what is missing, all its fields."""
    with transaction(read_only=True) as session:
        organisation = service.own_organisation(session, current_actor())
        cases = cases_of(session, organisation.id)
        return render_template(
            "organisations/profile.html",
            organisation=organisation,
            answer=next((case for case in cases if case.decision), None),
            waiting=next((case for case in cases if not case.decision), None),
            now=now(),
        )


@bp.route("/cua-toi/sua", methods=["GET", "POST"])
@requires(Right.SIGN)
@idempotent
def edit() -> ResponseReturnValue:
    """Change our profile; what identifies a verified one is verified anew."""
    with transaction() as session:
        organisation = service.own_organisation(session, current_actor())
        form = ProfileForm(kinds=kinds(), data=_typed(organisation))
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                again = edit_profile(
                    session,
                    current_actor(),
                    form.command(),
                    today=today(),
                    now=now(),
                )
            if outcome.done:
                flash(
                    _("Đã lưu và gửi đi xác minh.") if again else _("Đã lưu hồ sơ."),
                    "ok",
                )
                return redirect(url_for("organisations.profile"))
        status = 422 if form.is_submitted() else 200
        return render_template(
            "organisations/edit.html",
            form=form,
            organisation=organisation,
            communes=communes_on(session, today()),
        ), status


def _typed(organisation: Any) -> dict[str, str]:
    """The row as a person would type it in the language of the page."""
    lang = "en" if str(get_locale()) == "en" else "vi"
    place = organisation.declared_unit or organisation.unit
    typed = {name: getattr(organisation, name, "") or "" for name in TEXTS}
    typed |= {name: getattr(organisation, name) or "" for name in ("email", "gln")}
    for name in ("official_members", "charter_capital_vnd", "revenue_vnd"):
        value = getattr(organisation, name)
        typed[name] = "" if value is None else format_number(value, lang)
    area, founded = organisation.total_area_ha, organisation.founded_on
    typed["total_area_ha"] = "" if area is None else format_ha(area, lang)
    typed["founded_on"] = "" if founded is None else format_day(founded)
    typed["phone"] = format_phone(organisation.phone) if organisation.phone else ""
    return typed | {"kind": organisation.kind.value, "commune": place.name}


@bp.get("/<public_id>")
@public
def show(public_id: str) -> ResponseReturnValue:
    """The public page; officers of the place see the papers too."""
    identity = current_identity()
    who = identity.actor if identity else None
    with transaction(read_only=True) as session:
        organisation = service.access_organisation(session, who, public_id)
        officer = who is not None and service.oversees(who, organisation)
        return render_template(
            "organisations/show.html",
            organisation=organisation,
            officer=officer,
            record=track_record(session, who, organisation, today=today())
            if who
            else None,
            cases=cases_of(session, organisation.id) if officer else [],
        )


@bp.route("/<public_id>/tam-khoa", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def suspend(public_id: str) -> ResponseReturnValue:
    """Take it off the market, with the reason."""
    with transaction() as session:
        who = current_actor()
        organisation = service.access_organisation(session, who, public_id, "officiate")
        form = SuspendForm()
        if form.validate_on_submit():
            reason = form.reason.data or ""
            with refused(session, form) as outcome:
                suspend_organisation(session, who, organisation, reason, now=now())
            if outcome.done:
                flash(_("Đã tạm khóa %(name)s.", name=organisation.name), "ok")
                return redirect(url_for("organisations.show", public_id=public_id))
        status = 422 if form.is_submitted() else 200
        page = "organisations/suspend.html"
        return render_template(page, form=form, organisation=organisation), status


@bp.post("/<public_id>/mo-khoa")
@requires(Right.OFFICIATE)
@idempotent
def lift(public_id: str) -> ResponseReturnValue:
    """Let it back onto the market."""
    with transaction() as session:
        who = current_actor()
        organisation = service.access_organisation(session, who, public_id, "officiate")
        lift_suspension(session, who, organisation, now=now())
        flash(_("Đã mở lại %(name)s.", name=organisation.name), "ok")
    return redirect(url_for("organisations.show", public_id=public_id))
