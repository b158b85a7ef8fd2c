"""Gardens and facilities: the list, and a form for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from forms.areas import AreaForm, EndForm, FacilityForm
from marketplace.domain.words import FacilityKind
from marketplace.services.areas import (
    access_area,
    access_facility,
    end_area,
    end_facility,
    list_areas,
    list_facilities,
    list_products,
    save_area,
    save_facility,
)
from marketplace.services.lot_choices import first_days
from marketplace.services.organisations import own_organisation
from marketplace.services.papers import list_codes
from marketplace.services.units import communes_on, unit_on
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.clock import today
from marketplace.web.idempotent import idempotent
from marketplace.web.labels import label
from marketplace.web.naming import name_of
from marketplace.web.paging import page_of
from marketplace.web.refusals import refused
from models.database import transaction

if TYPE_CHECKING:
    from models.papers import Facility, GrowingArea

bp = Blueprint("areas", __name__, url_prefix="/vuon")


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """The organisation's gardens and facilities; for officers those of the scope."""
    with transaction(read_only=True) as session:
        who = current_actor()
        codes = {} if who.is_officer else _codes_by_area(session)
        page = page_of(list_areas(session, who))
        return render_template(
            "areas/index.html",
            page=page,
            facilities=list_facilities(session, who),
            codes=codes,
            officer=who.is_officer,
            first_days=first_days(session, page.items, today()),
        )


def _codes_by_area(session: Session) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for code in list_codes(session, current_actor()):
        found.setdefault(code.area_id, []).append(code)
    return found


@bp.route("/moi", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def new() -> ResponseReturnValue:
    """Write down a garden."""
    return _area_page(None)


@bp.route("/<public_id>", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def edit(public_id: str) -> ResponseReturnValue:
    """Change a garden."""
    return _area_page(public_id)


def _area_page(public_id: str | None) -> ResponseReturnValue:
    with transaction() as session:
        who = current_actor()
        area = access_area(session, who, public_id, "write") if public_id else None
        form = AreaForm(
            data=_area_words(session, area),
            products=_products(session),
            communes=_communes(session),
        )
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                save_area(session, who, form.command(), public_id, today=today())
            if outcome.done:
                flash(_("Đã lưu vườn %(name)s.", name=form.name.data), "ok")
                return redirect(url_for("areas.index"))
        status = 422 if form.is_submitted() else 200
        return render_template("areas/area.html", form=form, area=area), status


@bp.route("/co-so/moi", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def new_facility() -> ResponseReturnValue:
    """Write down a facility."""
    return _facility_page(None)


@bp.route("/co-so/<public_id>", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def edit_facility(public_id: str) -> ResponseReturnValue:
    """Change a facility."""
    return _facility_page(public_id)


def _facility_page(public_id: str | None) -> ResponseReturnValue:
    with transaction() as session:
        who = current_actor()
        found = access_facility(session, who, public_id, "write") if public_id else None
        form = FacilityForm(
            data=_facility_words(session, found),
            kinds=[(kind.value, str(label(kind))) for kind in FacilityKind],
            communes=_communes(session),
        )
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                save_facility(session, who, form.command(), public_id, today=today())
            if outcome.done:
                flash(_("Đã lưu cơ sở %(name)s.", name=form.name.data), "ok")
                return redirect(url_for("areas.index"))
        status = 422 if form.is_submitted() else 200
        page = render_template("areas/facility.html", form=form, facility=found)
        return page, status


@bp.route("/<public_id>/thoi-dung", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def end(public_id: str) -> ResponseReturnValue:
    """The garden is no longer used."""
    return _end_page(public_id, access_area, end_area)


@bp.route("/co-so/<public_id>/thoi-dung", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def close_facility(public_id: str) -> ResponseReturnValue:
    """The facility is no longer used."""
    return _end_page(public_id, access_facility, end_facility)


def _end_page(
    public_id: str, access: Callable[..., Any], finish: Callable[..., None]
) -> ResponseReturnValue:
    form: FlaskForm = EndForm()
    with transaction() as session:
        place = access(session, current_actor(), public_id, "write")
        if form.validate_on_submit():
            finish(session, current_actor(), public_id, today=today())
            flash(
                _("Đã thôi dùng %(name)s. Giấy tờ cũ vẫn còn.", name=place.name), "ok"
            )
            return redirect(url_for("areas.index"))
        return render_template("areas/end.html", form=form, place=place)


def _products(session: Session) -> list[tuple[str, str]]:
    rows = list_products(session, fresh=True)
    return [(product.code, name_of(product)) for product in rows]


def _communes(session: Session) -> list[tuple[str, str]]:
    return [(str(unit.id), unit.name) for unit in communes_on(session, today())]


def _area_words(session: Session, area: GrowingArea | None) -> dict[str, Any]:
    if area is None:
        return {"commune": _own_commune(session), "practice": ""}
    return {
        "name": area.name,
        "product": area.product.code,
        "area": area.area_ha,
        "commune": str(unit_on(session, area.unit_id, today()).id),
        "households": area.households,
        "practice": area.practice,
    }


def _facility_words(session: Session, facility: Facility | None) -> dict[str, Any]:
    if facility is None:
        return {"commune": _own_commune(session)}
    return {
        "kind": facility.kind.value,
        "name": facility.name,
        "commune": str(unit_on(session, facility.unit_id, today()).id),
        "capacity": facility.capacity_kg_per_day,
    }


def _own_commune(session: Session) -> str:
    own = own_organisation(session, current_actor())
    return str(unit_on(session, own.unit_id, today()).id)
