"""Copies of papers: sent by the holder, seen by whoever may see the paper."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.paper_files import PaperFilesForm, sent_files
from marketplace.domain.errors import NotFound
from marketplace.domain.paper_files import FileKind
from marketplace.domain.photos import MOST_BYTES
from marketplace.services.paper_files import (
    access_paper_file,
    add_paper_files,
    read_paper_file,
)
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.clock import now, today
from marketplace.web.idempotent import idempotent
from marketplace.web.paper_pages import ANY_KIND, access_paper, url_of_paper
from marketplace.web.plumbing import accepts_bytes
from marketplace.web.refusals import refused
from models.database import transaction

bp = Blueprint("paper_files", __name__, url_prefix="/giay-to")
View = TypeVar("View", bound=Callable[..., Any])

# The name in the address -> the kind that it serves, and whether as a thumbnail.
FILES = {
    "anh.jpg": (FileKind.JPEG, False),
    "nho.jpg": (FileKind.JPEG, True),
    "giay.pdf": (FileKind.PDF, False),
}
TYPES = {FileKind.JPEG: "image/jpeg", FileKind.PDF: "application/pdf"}
HEADERS = {
    # The address names one file for ever; no shared cache may keep it.
    "Cache-Control": "private, max-age=86400",
    # Whatever is inside runs nothing, fetches nothing, and is nobody's page.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


def takes_files(view: View) -> View:
    """Above `@idempotent`: lets copies in, and decodes them before it begins."""

    @accepts_bytes(MOST_BYTES)
    @wraps(view)
    def prepared(*args: Any, **kwargs: Any) -> Any:
        if request.method == "POST":
            sent_files()
        return view(*args, **kwargs)

    return prepared  # type: ignore[return-value]


@bp.route(f"{ANY_KIND}/<public_id>/ban-chup", methods=["GET", "POST"])
@requires(Right.SELL)
@takes_files
@idempotent
def add(kind: str, public_id: str) -> ResponseReturnValue:
    """Put copies on a paper; `?thay=` names the one that the first replaces."""
    with transaction() as session:
        who = current_actor()
        row = access_paper(session, who, kind, public_id, "write")
        asked = request.args.get("thay", "")
        old = access_paper_file(session, who, asked) if asked else None
        form = PaperFilesForm()
        if form.validate_on_submit():
            sent = sent_files().documents
            with refused(session, form) as outcome:
                add_paper_files(
                    session, who, row, sent, replaces=old, today=today(), now=now()
                )
            if outcome.done:
                flash(_("Đã lưu bản chụp."), "ok")
                return redirect(url_of_paper(row))
        status = 422 if form.is_submitted() else 200
        page = render_template("papers/files.html", form=form, row=row, old=old)
        return page, status


@bp.get("/tep/<public_id>/<file>")
@signed_in
def file(public_id: str, file: str) -> ResponseReturnValue:
    """The copy itself: a picture to look at, a PDF to be saved."""
    if file not in FILES:
        raise NotFound
    kind, small = FILES[file]
    with transaction(read_only=True) as session:
        found = access_paper_file(session, current_actor(), public_id)
        if found.kind is not kind:
            raise NotFound
        data, digest = read_paper_file(session, found, small=small), found.digest
    response = Response(data, mimetype=TYPES[kind], headers=HEADERS)
    if kind is FileKind.PDF:
        name = f"giay-to-{digest[:8]}.pdf"
        response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
