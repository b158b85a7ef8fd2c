"""Reports that a worker writes: ask for one, follow it, take the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import (
    Blueprint,
    Response,
    abort,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.domain.jobs import JobState
from marketplace.domain.reports import FileKind, ReportForm
from marketplace.domain.words_board import Communes
from marketplace.services.report_orders import (
    OrderReport,
    access_order,
    job_of,
    order_report,
)
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import now
from marketplace.web.idempotent import idempotent
from marketplace.web.limits import limiter
from marketplace.web.printing import page_lang
from models.database import transaction

if TYPE_CHECKING:
    from models.report_orders import ReportOrder

COMMUNES = "dia-gioi"

bp = Blueprint("report_orders", __name__, url_prefix="/bao-cao/tep")


def asked_communes() -> Communes:
    """In which boundaries the address asks to tell places; today's for anything odd."""
    asked = request.values.get(COMMUNES, "")
    return Communes(asked) if asked in set(Communes) else Communes.TODAY


@bp.post("")
@requires(Right.OFFICIATE)
@limiter.limit("20/minute")
@idempotent
def new() -> ResponseReturnValue:
    """All forms of a period and area as one archive."""
    kind = FileKind.PDF if request.form.get("tep") == "pdf" else FileKind.EXCEL
    with transaction() as session:
        return send_order(session, None, kind)


def send_order(
    session: Session, form: ReportForm | None, kind: FileKind
) -> ResponseReturnValue:
    """Order what the address asks for, and lead to where it can be followed."""
    period, year = (request.values.get(name, "") for name in ("ky", "nam"))
    command = OrderReport(
        form=form,
        file=kind,
        period=(f"{year}-{period}" if year else period)[:64],
        area=request.values.get("khu-vuc", "")[:64],
        communes=asked_communes(),
        against=request.values.get("so-voi", "")[:64],
        lang=page_lang(),
    )
    order = order_report(session, current_actor(), command, now=now())
    return redirect(url_for("report_orders.show", public_id=order.public_id))


@bp.get("/<public_id>")
@requires(Right.OFFICIATE)
def show(public_id: str) -> ResponseReturnValue:
    """How far the file is; the panel alone for who asks every two seconds."""
    with transaction(read_only=True) as session:
        order = access_order(session, current_actor(), public_id)
        alone = bool(request.headers.get("HX-Request"))
        page = "reports/_order.html" if alone else "reports/order.html"
        return render_template(page, **_panel(session, order))


def _panel(session: Session, order: ReportOrder) -> dict[str, Any]:
    job = job_of(session, order)
    failed = job is not None and job.state is JobState.FAILED
    return {
        "order": order,
        "job": job,
        "failed": failed,
        "kept": order.done_at is not None and order.data is not None,
        "finished": order.done_at is not None or failed,
    }


@bp.get("/<public_id>/tai")
@requires(Right.OFFICIATE)
def take(public_id: str) -> ResponseReturnValue:
    """The file; that it was taken was written down when it was made."""
    with transaction(read_only=True) as session:
        order = access_order(session, current_actor(), public_id)
        if order.data is None:
            abort(404)
        response = Response(order.data, mimetype="application/octet-stream")
        response.headers.set("Content-Disposition", "attachment", filename=order.name)
        return response
