"""Several seasons under one contract: proposed, read season by season, answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from forms.amendments import RefuseForm
from forms.seasons import SAME, AgreeForm, SeasonsForm
from marketplace.domain.errors import NotFound
from marketplace.domain.season_plans import plan_ahead
from marketplace.domain.seasons import parse_season_code
from marketplace.services.contract_content import content_of
from marketplace.services.contracts import access_contract
from marketplace.services.price_quotes import price_markets
from marketplace.services.rules import rule
from marketplace.services.season_answers import (
    agree_to_seasons,
    refuse_seasons,
    withdraw_seasons,
)
from marketplace.services.season_plans import (
    check_may_propose,
    first_plan,
    lines_of,
    may_propose,
    open_plan,
    propose_seasons,
    spans_for,
)
from marketplace.services.season_views import season_views
from marketplace.services.signing import current_version
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.clock import now, today
from marketplace.web.contract_pages import sides
from marketplace.web.fields import rows_changed
from marketplace.web.idempotent import idempotent
from marketplace.web.labels import label
from marketplace.web.naming import name_of
from marketplace.web.refusals import refused
from models.database import transaction

if TYPE_CHECKING:
    from models.contracts import Contract

bp = Blueprint("seasons", __name__, url_prefix="/hop-dong/<public_id>/nhieu-vu")

USUAL_SEASONS = 3


@bp.app_template_filter("season_name")
def season_name(code: str) -> str:
    """The class and the year of a season code: `Chính vụ 2026`."""
    _crop, year, season_class = parse_season_code(code)
    return f"{label(season_class)} {year}"


@bp.app_template_filter("season_year")
def season_year(code: str) -> int:
    """The year of a season's code."""
    return parse_season_code(code)[1]


def _own_contract(session: Session, public_id: str) -> Contract:
    """Of its two sides alone: what is being proposed is nobody else's business."""
    contract = access_contract(session, current_actor(), public_id, "write")
    if current_actor().organisation_id not in (contract.seller_id, contract.buyer_id):
        raise NotFound
    return contract


@bp.get("")
@signed_in
def show(public_id: str) -> ResponseReturnValue:
    """The seasons as they are agreed, and the plan that waits for an answer."""
    with transaction(read_only=True) as session:
        contract = _own_contract(session, public_id)
        page = _page(session, contract)
        return render_template("seasons/show.html", form=AgreeForm(), **page)


def _page(session: Session, contract: Contract) -> dict[str, Any]:
    plan = open_plan(session, contract)
    spans = spans_for(session, contract, plan.seasons, today=today()) if plan else ()
    return {
        "contract": contract,
        "plan": plan,
        "spans": spans,
        "lines": lines_of(plan) if plan else (),
        "first": first_plan(contract),
        "views": season_views(session, contract, today=today()),
        "content": content_of(current_version(session, contract)),
        "market": _market_name(session, plan.market) if plan else "",
        "may_propose": may_propose(session, contract),
        **sides(contract),
    }


def _market_name(session: Session, code: str) -> str:
    found = (one for one in price_markets(session) if one.code == code)
    return next((str(name_of(one)) for one in found), "")


@bp.route("/de-nghi", methods=["GET", "POST"])
@requires(Right.SIGN)
@idempotent
def propose(public_id: str) -> ResponseReturnValue:
    """Say how many seasons; the plan of each is there, shifted by a year."""
    with transaction() as session:
        contract = _own_contract(session, public_id)
        if request.method == "GET":
            check_may_propose(session, contract)
        most = int(rule(session, "contract.seasons", today())["most"])
        asked = request.args.get("so_vu", USUAL_SEASONS, type=int)
        seasons = min(max(2, asked), most)
        form = _plan_form(session, contract, seasons)
        changed = form.is_submitted() and rows_changed(form.lines)
        sent = not changed and form.validate_on_submit()
        if sent and _proposed(session, form, public_id, seasons):
            flash(_("Đã gửi đề nghị. Chờ bên kia trả lời rồi hai bên ký."), "ok")
            return redirect(url_for("seasons.show", public_id=public_id))
        return render_template(
            "seasons/propose.html", form=form, contract=contract, seasons=seasons,
            most=most, spans=spans_for(session, contract, seasons, today=today()),
            **sides(contract),
        ), 422 if form.is_submitted() and not changed else 200  # fmt: skip


def _proposed(
    session: Session, form: SeasonsForm, public_id: str, seasons: int
) -> bool:
    who, command = current_actor(), form.command(seasons)
    with refused(session, form) as outcome:
        propose_seasons(session, who, public_id, command, today=today(), now=now())
    return outcome.done


def _plan_form(session: Session, contract: Contract, seasons: int) -> SeasonsForm:
    lines = plan_ahead(first_plan(contract), seasons)
    return SeasonsForm(
        data={
            "digest": current_version(session, contract).digest,
            "lines": [
                {"first_day": o.first_day, "last_day": o.last_day, "kg": o.kg}
                for o in lines
            ],
            "pricing": SAME,
            "market": contract.reference_market,
        },
        markets=[(one.code, str(name_of(one))) for one in price_markets(session)],
    )


@bp.post("/dong-y")
@requires(Right.SIGN)
@idempotent
def agree(public_id: str) -> ResponseReturnValue:
    """Yes: the contract is worded anew, for both to read and sign."""
    with transaction() as session:
        contract = _own_contract(session, public_id)
        form = AgreeForm()
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                agree_to_seasons(
                    session,
                    current_actor(),
                    public_id,
                    keeps_price=bool(form.keeps.data),
                    today=today(),
                    now=now(),
                )
            if outcome.done:
                flash(_("Đã đồng ý. Đọc lại hợp đồng nhiều vụ rồi ký."), "ok")
                return redirect(url_for("contracts.show", public_id=public_id))
        page = _page(session, contract)
        return render_template("seasons/show.html", form=form, **page), 422


@bp.route("/tu-choi", methods=["GET", "POST"])
@requires(Right.SIGN)
@idempotent
def refuse(public_id: str) -> ResponseReturnValue:
    """No, and why: the contract stays over one season."""
    with transaction() as session:
        contract = _own_contract(session, public_id)
        form = RefuseForm()
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                answer = form.answer.data or ""
                refuse_seasons(session, current_actor(), public_id, answer, now=now())
            if outcome.done:
                flash(_("Đã từ chối, hợp đồng giữ nguyên một vụ."), "ok")
                return redirect(url_for("contracts.show", public_id=public_id))
        return render_template(
            "seasons/refuse.html", form=form, contract=contract, **sides(contract)
        ), 422 if form.is_submitted() else 200


@bp.post("/rut-lai")
@requires(Right.SIGN)
@idempotent
def withdraw(public_id: str) -> ResponseReturnValue:
    """Whoever proposed several seasons takes it back."""
    form = FlaskForm()
    with transaction() as session, refused(session, form) as outcome:
        withdraw_seasons(session, current_actor(), public_id, now=now())
    for message in form.form_errors:
        flash(str(message), "bad")
    if outcome.done:
        flash(_("Đã rút lại đề nghị nhiều vụ."), "ok")
    return redirect(url_for("contracts.show", public_id=public_id))
