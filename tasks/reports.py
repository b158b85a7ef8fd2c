"""Write reports that take a while, form by form, and keep them for who asked."""

from __future__ import annotations

from typing import Any

from flask import current_app

from marketplace.domain.errors import N_
from marketplace.domain.reports import Report
from marketplace.services.days import day_of
from marketplace.services.report_orders import (
    build_ordered,
    finish_order,
    forms_of,
    seat_of_order,
)
from models.database import db_now, transaction
from models.report_orders import ReportOrder
from tasks.handlers import JobRun, handles

COUNTING, WRITING = N_("Đang tính số liệu"), N_("Đang viết tệp")


@handles("reports.write")
def write(job: JobRun) -> dict[str, Any]:
    """Count each form in a transaction of its own; keep the file in the last one."""
    order_id = int(job.payload["order"])
    with transaction(read_only=True) as session:
        order = session.get_one(ReportOrder, order_id)
        forms, kind, lang = forms_of(order), order.file, order.lang
        place = seat_of_order(session, order)
    reports: list[Report] = []
    for form in forms:
        job.progress(len(reports), len(forms) + 1, COUNTING)
        with transaction(read_only=True) as session:
            today = day_of(db_now(session))
            reports.append(build_ordered(session, order_id, form, today=today))
    job.progress(len(forms), len(forms) + 1, WRITING)
    with transaction() as session:
        job.hold(session)
        at = db_now(session)
        write_all = current_app.extensions["write_reports"]
        name, data = write_all(reports, kind, place, lang, at)
        finish_order(session, order_id, reports, name, data, now=at)
        job.finish(session, {"name": name, "forms": len(forms)})
    return {"name": name}
