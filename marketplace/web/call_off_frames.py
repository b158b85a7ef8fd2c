"""The frame of weekly call-offs: proposed, answered, ended early."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from forms.call_offs import FrameForm
from marketplace.domain.call_offs import EndWord, FrameState
from marketplace.services import call_off_frames as frames
from marketplace.services.call_off_endings import say_of_ending
from marketplace.services.contracts import access_contract
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.call_offs import answered, back_to
from marketplace.web.clock import now, today
from marketplace.web.contract_pages import sides
from marketplace.web.idempotent import idempotent
from marketplace.web.refusals import refused
from marketplace.web.words import day, tonnes
from models.database import transaction

if TYPE_CHECKING:
    from models.contracts import Contract

bp = Blueprint("call_off_frames", __name__, url_prefix="/hop-dong/<public_id>/goi-hang")

ANSWERS = {
    "dong-y": FrameState.AGREED,
    "tu-choi": FrameState.DECLINED,
    "rut": FrameState.WITHDRAWN,
}
ENDINGS = {
    "de-nghi": EndWord.ASK,
    "dong-y": EndWord.AGREE,
    "tu-choi": EndWord.DECLINE,
    "rut": EndWord.WITHDRAW,
}


@bp.route("/thoa-thuan", methods=["GET", "POST"])
@requires(Right.SIGN)
@idempotent
def propose(public_id: str) -> ResponseReturnValue:
    """Propose how much may be called a week."""
    form = FrameForm()
    with transaction() as session:
        contract = access_contract(session, current_actor(), public_id, "write")
        _offer_sources(session, form, contract)
        if form.validate_on_submit() and _proposed(session, form, public_id):
            flash(_("Đã gửi đề nghị, chờ bên kia đồng ý."), "ok")
            return back_to(public_id)
        return render_template(
            "call_offs/propose.html", form=form, contract=contract, **sides(contract)
        ), 422 if form.is_submitted() else 200


def _offer_sources(session: Session, form: FrameForm, contract: Contract) -> None:
    sources = frames.sources_of(session, contract, today())
    form.offer_lines(
        [
            (
                one.line.number,
                _(
                    "Đợt %(number)s: còn %(kg)s, từ %(first)s đến %(last)s",
                    number=one.line.number,
                    kg=tonnes(source.left_kg),
                    first=day(source.first_day),
                    last=day(source.last_day),
                ),
            )
            for one, source in sources
        ]
    )
    if sources and not form.is_submitted():
        longest = max(sources, key=lambda pair: pair[1].last_day - pair[1].first_day)
        form.line.data = longest[0].line.number
        form.begin_with(frames.default_terms(session, longest[1], today()))


def _proposed(session: Session, form: FrameForm, public_id: str) -> bool:
    with refused(session, form) as outcome:
        frames.propose_frame(
            session,
            current_actor(),
            public_id,
            form.line.data,
            form.terms(),
            now=now(),
            today=today(),
        )
    return outcome.done


@bp.post("/thoa-thuan/<answer>")
@requires(Right.SIGN)
@idempotent
def answer_frame(public_id: str, answer: str) -> ResponseReturnValue:
    """Agree, decline, or take one's own proposal back."""
    state = ANSWERS.get(answer) or abort(404)
    form = FlaskForm()
    with transaction() as session, refused(session, form) as outcome:
        frames.answer_frame(
            session, current_actor(), public_id, state, now=now(), today=today()
        )
    return answered(form, public_id, _("Đã trả lời bên kia.") if outcome.done else "")


@bp.post("/ket-thuc/<answer>")
@requires(Right.SIGN)
@idempotent
def end(public_id: str, answer: str) -> ResponseReturnValue:
    """Ask the other side to end the agreement early, or answer that."""
    word = ENDINGS.get(answer) or abort(404)
    form = FlaskForm()
    with transaction() as session, refused(session, form) as outcome:
        say_of_ending(session, current_actor(), public_id, word, now=now())
    return answered(form, public_id, _("Đã báo bên kia.") if outcome.done else "")
