"""The cooperative's own register of member households."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from forms.households import HouseholdForm, HouseholdSheetForm
from forms.typed_fields import page_lang
from marketplace.domain.household_sheet import rows_of_households
from marketplace.domain.identity import format_phone
from marketplace.domain.sheets import Row, parse_pasted
from marketplace.services import households as service
from marketplace.services.organisations import own_organisation
from marketplace.services.spreadsheets import MOST_BYTES, read_table
from marketplace.services.units import communes_on
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import today
from marketplace.web.idempotent import idempotent
from marketplace.web.refusals import refused
from models.database import transaction

bp = Blueprint("households", __name__, url_prefix="/ho-thanh-vien")


@bp.get("/")
@requires(Right.SELL)
def index() -> ResponseReturnValue:
    """Every household that brings its fruit here."""
    with transaction(read_only=True) as session:
        found = service.list_households(session, current_actor(), everybody=True)
        return render_template("households/index.html", households=found)


@bp.route("/them", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def add() -> ResponseReturnValue:
    """Write down one household."""
    with transaction() as session:
        here = own_organisation(session, current_actor()).unit_id
        form = HouseholdForm(communes=_communes(session), commune=str(here))
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                written = replace(form.command(), left=False)
                service.add_household(session, current_actor(), written)
            if outcome.done:
                flash(_("Đã ghi hộ %(name)s.", name=form.name.data), "ok")
                return redirect(url_for("households.index"))
        status = 422 if form.is_submitted() else 200
        return render_template(
            "households/form.html", form=form, household=None
        ), status


@bp.route("/<public_id>/sua", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def change(public_id: str) -> ResponseReturnValue:
    """Correct what is written of a household, or that it left."""
    with transaction() as session:
        who = current_actor()
        household = service.access_household(session, who, public_id)
        form = HouseholdForm(
            communes=_communes(session),
            name=household.name,
            code=household.code,
            phone=format_phone(household.phone) if household.phone else "",
            commune=str(household.unit_id),
            left=household.left,
        )
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                service.change_household(session, who, public_id, form.command())
            if outcome.done:
                flash(_("Đã sửa hộ %(name)s.", name=form.name.data), "ok")
                return redirect(url_for("households.index"))
        return render_template(
            "households/form.html", form=form, household=household
        ), 422 if form.is_submitted() else 200


@bp.route("/nhap-bang", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def paste() -> ResponseReturnValue:
    """Many households at once: all of the sheet, or nothing and what is wrong."""
    with transaction() as session:
        form = HouseholdSheetForm()
        if form.validate_on_submit():
            count = 0
            with refused(session, form) as outcome:
                rows = rows_of_households(sheet_of(form), "paste")
                who = current_actor()
                count = service.add_households(session, who, rows, today=today())
            if outcome.done:
                told = ngettext("Đã ghi %(num)d hộ.", "Đã ghi %(num)d hộ.", count)
                flash(told, "ok" if count else "info")
                return redirect(url_for("households.index"))
        status = 422 if form.is_submitted() else 200
        return render_template("households/sheet.html", form=form), status


def sheet_of(form: HouseholdSheetForm) -> list[Row]:
    """The rows of the text and of the file; refused if one cannot be read."""
    rows = list(parse_pasted(form.paste.data or "", "paste"))
    if file := request.files.get("file"):
        data = file.stream.read(MOST_BYTES + 1)
        if data:
            rows += read_table(data, lang=page_lang())
    return rows


def _communes(session: Session) -> list[tuple[str, str]]:
    return [(str(unit.id), unit.name) for unit in communes_on(session, today())]
