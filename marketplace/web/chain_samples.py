"""Surveillance samples of a chain: taken, analysed, spoilt."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.monitoring import AnalysisForm, SampleForm
from marketplace.services.chains import access_chain
from marketplace.services.monitoring_samples import (
    products_of,
    record_analysis,
    spoil_sample,
    take_sample,
)
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.chain_writing import (
    asked_words,
    chain_page,
    clock,
    record_finder,
    record_page,
    takes_evidence,
    written,
)
from marketplace.web.clock import now, today
from marketplace.web.idempotent import idempotent
from marketplace.web.naming import name_of
from models.monitoring import SampleTest

bp = Blueprint("chain_samples", __name__, url_prefix="/chuoi/<public_id>/mau")


@bp.get("/<int:number>")
@signed_in
def show(public_id: str, number: int) -> ResponseReturnValue:
    """A sample with its results and its history."""
    return record_page("chains/sample.html", SampleTest, public_id, number)


@bp.route("/lay", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def take(public_id: str) -> ResponseReturnValue:
    """Write down what was taken."""
    form = SampleForm(data={"taken_on": today()})

    def find(session: Session) -> tuple[Any, Any]:
        chain = access_chain(session, current_actor(), public_id, "decide")
        form.offer([(one.id, name_of(one)) for one in products_of(session, chain)])
        return chain, None

    def act(session: Session) -> None:
        take_sample(session, current_actor(), public_id, form.command(), **clock())

    done, back = _("Đã ghi mẫu, bên chủ trì được báo."), chain_page(public_id)
    return written("chains/take.html", form, find, act, done, back=back)


@bp.route("/<int:number>/ket-qua", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@takes_evidence
@idempotent
def analyse(public_id: str, number: int) -> ResponseReturnValue:
    """Write down what the laboratory answers."""
    form = AnalysisForm(data={"analysed_on": today()})

    def act(session: Session) -> None:
        record_analysis(
            session,
            current_actor(),
            public_id,
            number,
            form.command(),
            form.files.kept,
            **clock(),
        )

    done, back = (
        _("Đã ghi kết quả mẫu, bên chủ trì được báo."),
        _page(public_id, number),
    )
    find = record_finder(SampleTest, public_id, number)
    return written("chains/analyse.html", form, find, act, done, back=back)


@bp.route("/<int:number>/hong", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def spoil(public_id: str, number: int) -> ResponseReturnValue:
    """A sample that could not be analysed."""

    def act(session: Session, text: str) -> None:
        spoil_sample(session, current_actor(), public_id, number, text, now=now())

    return asked_words(
        record_finder(SampleTest, public_id, number),
        act,
        _("Đã ghi mẫu hỏng."),
        back=_page(public_id, number),
        title=_("Mẫu hỏng"),
        hint=_("Mẫu hỏng không tính là đạt hay không đạt."),
        danger=True,
    )


def _page(public_id: str, number: int) -> str:
    return url_for("chain_samples.show", public_id=public_id, number=number)
