"""Force majeure under a contract: told, answered, decided; and its history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from forms.majeure import STANDS, ContestForm, MajeureForm, RulingForm
from forms.photos import PhotosForm, most_photos
from marketplace.domain.majeure import FOR_OFFICERS, OPEN, MajeureKind, MajeureState
from marketplace.services.clockwork import HOME
from marketplace.services.contract_sides import check_in_force
from marketplace.services.contracts import access_contract
from marketplace.services.majeure import (
    access_majeure,
    expected_deliveries,
    give_notice,
    notice_hours,
    withdraw_notice,
)
from marketplace.services.majeure_answers import (
    acknowledge_notice,
    contest_notice,
    decide_notice,
)
from marketplace.services.majeure_effects import list_majeure
from marketplace.services.majeure_endings import outlasting
from marketplace.services.photos import add_photos, list_photos
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.clock import now, today
from marketplace.web.contract_pages import sides
from marketplace.web.idempotent import idempotent
from marketplace.web.labels import label
from marketplace.web.photo_upload import takes_photos
from marketplace.web.refusals import refused
from models.database import transaction

if TYPE_CHECKING:
    from models.contracts import Contract

bp = Blueprint("majeure", __name__, url_prefix="/hop-dong/<public_id>/bat-kha-khang")


@bp.get("")
@signed_in
def index(public_id: str) -> ResponseReturnValue:
    """Every notice of the contract, what became of it, and what may be done now."""
    with transaction(read_only=True) as session:
        contract = access_contract(session, current_actor(), public_id)
        told = list_majeure(session, contract)
        return render_template(
            "majeure/index.html",
            contract=contract,
            told=told,
            photos={one.id: list_photos(session, one) for one in told},
            still_open=OPEN,
            for_officers=FOR_OFFICERS,
            longest=outlasting(session, contract, today=today()),
            **_told_to(session, contract),
        )


def _told_to(session: Session, contract: Contract) -> dict[str, Any]:
    """What every page of it says: whose contract, and the hours both signed."""
    hours = notice_hours(session, contract) if contract.signed_on else 0
    return {"hours": hours, **sides(contract)}


@bp.route("/bao", methods=["GET", "POST"])
@requires(Right.DELIVER)
@takes_photos
@idempotent
def give(public_id: str) -> ResponseReturnValue:
    """Tell the other side; `?dot=2` comes from the page of that delivery."""
    with transaction() as session:
        contract = access_contract(session, current_actor(), public_id, "write")
        check_in_force(contract)
        expected = expected_deliveries(session, contract, today=today())
        form = _give_form(expected)
        if form.validate_on_submit() and _given(session, form, public_id):
            flash(_("Đã báo bên kia. Gửi thêm giấy xác nhận khi có."), "ok")
            return redirect(url_for(".index", public_id=public_id))
        return render_template(
            "majeure/give.html",
            form=form,
            contract=contract,
            expected=expected,
            **_told_to(session, contract),
        ), 422 if form.is_submitted() else 200


def _give_form(expected: dict[int, Any]) -> MajeureForm:
    """Filled in as far as it is known: today, and the delivery one comes from."""
    asked = request.args.get("dot", "")
    moment = now().astimezone(HOME) - timedelta(minutes=1)
    lines = [
        {"line": str(one.line), "lost": one.open_kg if str(one.line) == asked else None}
        for one in expected.values()
    ]
    filled = {"began": today(), "learned": moment.date(), "hour": moment.time()}
    form = MajeureForm(data={**filled, "lines": lines})
    form.offer([(kind.value, str(label(kind))) for kind in MajeureKind])
    return form


def _given(session: Session, form: MajeureForm, public_id: str) -> bool:
    who, at = current_actor(), now()
    with refused(session, form) as outcome:
        command = form.command(HOME)
        notice = give_notice(session, who, public_id, command, today=today(), now=at)
        pictures = form.photos.pictures
        add_photos(session, who, notice, pictures, most=most_photos(), now=at)
    return outcome.done


@bp.post("/<int:number>/ghi-nhan")
@requires(Right.DELIVER)
@idempotent
def acknowledge(public_id: str, number: int) -> ResponseReturnValue:
    """The other side lets it stand: one tap."""
    done = _("Đã ghi nhận bất khả kháng, bên kia được báo.")
    return _one_tap(acknowledge_notice, public_id, number, done)


@bp.post("/<int:number>/rut")
@requires(Right.DELIVER)
@idempotent
def withdraw(public_id: str, number: int) -> ResponseReturnValue:
    """Its giver takes it back before an answer."""
    return _one_tap(withdraw_notice, public_id, number, _("Đã rút báo bất khả kháng."))


def _one_tap(
    verb: Callable[..., object], public_id: str, number: int, done: str
) -> ResponseReturnValue:
    form = FlaskForm()
    with transaction() as session, refused(session, form) as outcome:
        verb(session, current_actor(), public_id, number, now=now())
    for message in form.form_errors:
        flash(str(message), "bad")
    if outcome.done:
        flash(done, "ok")
    return redirect(url_for(".index", public_id=public_id))


@bp.route("/<int:number>/khong-dong-y", methods=["GET", "POST"])
@requires(Right.DELIVER)
@takes_photos
@idempotent
def contest(public_id: str, number: int) -> ResponseReturnValue:
    """Say why it is none; officers are called."""

    def say(session: Session, form: ContestForm) -> None:
        who, moment = current_actor(), now()
        notice = contest_notice(
            session, who, public_id, number, form.said(), now=moment
        )
        pictures = form.photos.pictures
        add_photos(session, who, notice, pictures, most=most_photos(), now=moment)

    done = _("Đã gửi, cán bộ được mời xem xét.")
    return _written("majeure/contest.html", ContestForm, say, public_id, number, done)


@bp.route("/<int:number>/xem-xet", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def decide(public_id: str, number: int) -> ResponseReturnValue:
    """An officer confirms or declines what is disputed or was left unanswered."""

    def say(session: Session, form: RulingForm) -> None:
        decide_notice(
            session,
            current_actor(),
            public_id,
            number,
            form.said(),
            stands=form.stands.data == STANDS,
            authority=form.paper(),
            now=now(),
        )

    done = _("Đã trả lời, hai bên được báo.")
    page = "majeure/decide.html"
    return _written(page, RulingForm, say, public_id, number, done, "read")


@bp.route("/<int:number>/anh", methods=["GET", "POST"])
@requires(Right.DELIVER)
@takes_photos
@idempotent
def show_more(public_id: str, number: int) -> ResponseReturnValue:
    """More photos and papers, as long as nobody has ended it."""

    def say(session: Session, form: PhotosForm) -> None:
        who = current_actor()
        notice = access_majeure(session, who, public_id, number, "write")
        pictures = form.photos.pictures
        add_photos(session, who, notice, pictures, most=most_photos(), now=now())

    page = "majeure/photos.html"
    return _written(page, PhotosForm, say, public_id, number, _("Đã thêm ảnh."))


def _written(
    template: str,
    kind: Callable[[], Any],
    say: Callable[[Session, Any], None],
    public_id: str,
    number: int,
    done: str,
    action: str = "write",
) -> ResponseReturnValue:
    """A page with a form about one notice, and the way back once it is sent."""
    with transaction() as session:
        notice = access_majeure(session, current_actor(), public_id, number, action)
        form = kind()
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                say(session, form)
            if outcome.done:
                flash(done, "ok")
                return redirect(url_for(".index", public_id=public_id))
        return render_template(
            template,
            form=form,
            notice=notice,
            contract=notice.contract,
            photos=list_photos(session, notice),
            **_told_to(session, notice.contract),
        ), 422 if form.is_submitted() else 200


def waits_for_side(notice: Any, side: str | None) -> bool:
    """Whether this side has still to answer, or may let it stand after all."""
    waiting = (MajeureState.NOTIFIED, MajeureState.UNANSWERED)
    return bool(side) and notice.given_by != side and notice.state in waiting


def init_app(app: Any) -> None:
    """Templates ask whose answer is missing."""
    app.jinja_env.globals["waits_for_side"] = waits_for_side
