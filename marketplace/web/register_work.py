"""How far a worker is with a long import: the panel, and its end."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from forms.said import said
from marketplace.services.register_asking import is_busy, job_of
from models.register_imports import RegisterImport


def panel_of(session: Session, row: RegisterImport) -> dict[str, Any]:
    """What the page says of the work on an import, if there is or was some."""
    busy = is_busy(session, row)
    trouble = row.trouble
    return {
        "busy": busy,
        "failed": row.work is not None and not busy,
        "job": job_of(session, row) if busy else None,
        "trouble": said(trouble["message"], trouble["params"]) if trouble else "",
    }


def answer_poll(session: Session, row: RegisterImport) -> ResponseReturnValue:
    """The panel alone while the work goes on; then the whole page is drawn anew."""
    panel = panel_of(session, row)
    if not panel["busy"]:
        return Response(headers={"HX-Refresh": "true"})
    return render_template("register_imports/_work.html", row=row, **panel)
