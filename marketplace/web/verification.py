"""The officer's queue: organisations that wait, and the answers to them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.organisations import DecisionForm
from marketplace.services import verification as service
from marketplace.web.access import (
    Right,
    current_actor,
    current_identity,
    has_right,
    requires,
)
from marketplace.web.clock import now
from marketplace.web.idempotent import idempotent
from marketplace.web.paging import PAGE, Page, page_number
from marketplace.web.refusals import refused
from marketplace.web.shell import register_counts
from models.database import transaction

bp = Blueprint("verification", __name__, url_prefix="/xac-minh")


@bp.get("/")
@requires(Right.OFFICIATE)
def queue() -> ResponseReturnValue:
    """What waits in my scope, the oldest on top."""
    number = page_number()
    with transaction(read_only=True) as session:
        cases, total = service.list_queue(
            session, current_actor(), limit=PAGE, offset=(number - 1) * PAGE
        )
        return render_template(
            "verification/queue.html",
            page=Page(cases, number, total),
            now=now(),
        )


@bp.route("/<public_id>", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def case(public_id: str) -> ResponseReturnValue:
    """A case: what was declared beside what the register knows, and the answer."""
    with transaction() as session:
        who = current_actor()
        found = service.access_case(session, who, public_id)
        form = DecisionForm()
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                service.decide_case(session, who, public_id, form.command(), now=now())
            if outcome.done:
                name = found.organisation.name
                flash(_("Đã trả lời %(name)s. Người nộp được báo.", name=name), "ok")
                return redirect(url_for("verification.queue"))
        return render_template(
            "verification/case.html",
            form=form,
            case=found,
            applicant=service.applicant_of(session, found),
            earlier=[
                one
                for one in service.cases_of(session, found.organisation_id)
                if one.id != found.id and one.decision
            ],
            now=now(),
        ), 422 if form.is_submitted() else 200


def _counts() -> dict[str, int]:
    identity = current_identity()
    if identity is None or identity.actor is None:
        return {}
    if not has_right(identity.seat, Right.OFFICIATE):
        return {}
    with transaction(read_only=True) as session:
        _cases, total = service.list_queue(session, identity.actor, limit=1)
    return {"verification.queue": total}


register_counts(_counts)
