"""Targets and published numbers: written by officers, shown beside the counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.stated_numbers import NumberCorrectionForm, StatedForm
from marketplace.domain.report_periods import PeriodKind, periods_of
from marketplace.domain.words_board import BoardMetric, StatedKind
from marketplace.services.baseline_corrections import corrections_waiting
from marketplace.services.board_history import histories, list_others, list_published
from marketplace.services.catalogue import all_groups
from marketplace.services.stated_areas import areas_stated
from marketplace.services.stated_numbers import (
    access_number,
    approve_number,
    correct_number,
    list_numbers,
    state_number,
    successor_of,
    versions_of,
)
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.board_charts import history_chart
from marketplace.web.clock import now, today
from marketplace.web.idempotent import idempotent
from marketplace.web.labels import label
from marketplace.web.naming import name_of
from marketplace.web.refusals import refused
from marketplace.web.report_words import period_title
from models.database import transaction

if TYPE_CHECKING:
    from models.stated_numbers import StatedNumber

bp = Blueprint("stated_numbers", __name__, url_prefix="/chi-tieu")

PUBLISHED = "so-cong-bo"
_LONG = (PeriodKind.YEAR, PeriodKind.HALF, PeriodKind.NINE_MONTHS, PeriodKind.QUARTER)


@bp.get("/")
@requires(Right.OFFICIATE)
def index() -> ResponseReturnValue:
    """Targets or published numbers; what waits for a second officer stands first."""
    who, published = current_actor(), _kind() is StatedKind.BASELINE
    with transaction(read_only=True) as session:
        found = [
            one
            for one in list_numbers(session, who, _kind())
            if not one.withdrawn or one.approved_at is None
        ]
        told = histories(session, who, today=today()) if published else []
        return render_template(
            "stated_numbers/index.html",
            kind=_kind(),
            waiting=[one for one in found if not one.holds],
            corrections=corrections_waiting(session, who) if published else [],
            others=list_others(session, who) if published else [],
            standing=[one for one in found if one.approved_at is not None],
            charts=[history_chart(one, today()) for one in told],
            published_numbers=list_published(session, who) if published else [],
            own_id=who.user_id,
        )


@bp.route("/moi", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def new() -> ResponseReturnValue:
    """State a target or a published number."""
    kind = _kind()
    with transaction() as session:
        form = _form(session)
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                command = form.command(kind)
                who = current_actor()
                state_number(session, who, command, today=today(), now=now())
            if outcome.done:
                return _done(kind)
        page = render_template("stated_numbers/form.html", form=form, kind=kind)
        return page, 422 if form.is_submitted() else 200


@bp.route("/<public_id>/sua", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def correct(public_id: str) -> ResponseReturnValue:
    """A further version, with its reason; all earlier ones stay to be seen."""
    with transaction() as session:
        stated = access_number(session, current_actor(), public_id)
        form = NumberCorrectionForm(data=_as_typed(stated))
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                command, who = form.command(), current_actor()
                correct_number(session, who, public_id, command, now=now())
            if outcome.done:
                return _done(stated.kind, corrected=True)
        page = render_template(
            "stated_numbers/correct.html",
            form=form,
            stated=stated,
            versions=versions_of(stated),
            newer=successor_of(session, stated),
        )
        return page, 422 if form.is_submitted() else 200


@bp.post("/<public_id>/duyet")
@requires(Right.OFFICIATE)
@idempotent
def approve(public_id: str) -> ResponseReturnValue:
    """The second pair of eyes on a target."""
    with transaction() as session:
        stated = approve_number(session, current_actor(), public_id, now=now())
        kind = stated.kind
    told = kind is StatedKind.BASELINE
    flash(_("Đã duyệt lần sửa.") if told else _("Đã duyệt chỉ tiêu."), "ok")
    return redirect(url_for(".index", loai=PUBLISHED if told else None))


def _kind() -> StatedKind:
    asked = request.args.get("loai", "")
    return StatedKind.BASELINE if asked == PUBLISHED else StatedKind.TARGET


def _done(kind: StatedKind, *, corrected: bool = False) -> ResponseReturnValue:
    if kind is StatedKind.TARGET:
        flash(_("Đã ghi. Chỉ tiêu dùng khi cán bộ thứ hai duyệt."), "ok")
        return redirect(url_for(".index"))
    waits = _("Đã ghi. Lần sửa dùng khi cán bộ thứ hai duyệt.")
    flash(waits if corrected else _("Đã ghi số công bố."), "ok")
    return redirect(url_for(".index", loai=PUBLISHED))


def _as_typed(stated: StatedNumber) -> dict[str, object]:
    return {name: getattr(stated, name) for name in ("number", "source", "note")}


def _form(session: Session) -> StatedForm:
    areas = areas_stated(session, current_actor(), today=today())
    groups = [(one.code, name_of(one)) for one in all_groups(session)]
    return StatedForm(
        metrics=[(one.value, str(label(one))) for one in BoardMetric],
        groups=[("", _("Tất cả nông sản")), *groups],
        areas=[(one.code, one.name) for one in areas],
        periods=_periods(today()),
        data={"period": f"{today().year}-N", "metric": request.args.get("chi-so", "")},
    )


def _periods(on: date) -> Sequence[tuple[str, str]]:
    """Years first, then their parts: last year's, this one's and the next one's."""
    found = [
        period
        for year in (on.year, on.year + 1, on.year - 1)
        for period in periods_of(year)
        if period.kind in _LONG
    ]
    found.sort(key=lambda one: _LONG.index(one.kind))
    return [(one.code, period_title(one)) for one in found]
