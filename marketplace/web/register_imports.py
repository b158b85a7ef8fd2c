"""Registers out of spreadsheets: upload, match the columns, try, agree, undo."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.offer_fields import form_lang
from forms.register_imports import (
    ColumnsForm,
    ReasonForm,
    RegisterFileForm,
    columns_form,
)
from forms.said import said
from marketplace.domain.errors import N_, Refused
from marketplace.domain.register_sheets import BOUNDS, Register, columns_of
from marketplace.services.register_imports import (
    begin_import,
    confirm_import,
    drop_import,
    map_columns,
    propose_import,
    return_import,
)
from marketplace.services.register_lists import access_import, list_imports
from marketplace.services.register_undoing import ask_undo, keep_import, undo_import
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import now, today
from marketplace.web.idempotent import idempotent
from marketplace.web.labels_registers import REGISTER_NAMES
from marketplace.web.paging import PAGE, Page, page_number, page_of
from marketplace.web.plumbing import accepts_bytes
from marketplace.web.refusals import refused
from marketplace.web.register_legends import titles_of
from marketplace.web.register_work import answer_poll, panel_of
from models.database import transaction
from models.register_imports import RegisterImport

bp = Blueprint("register_imports", __name__, url_prefix="/nhap-so")


@bp.get("")
@requires(Right.OFFICIATE)
def index() -> ResponseReturnValue:
    """Every import of the authority, the newest first."""
    with transaction(read_only=True) as session:
        number = page_number()
        rows, total = list_imports(
            session, current_actor(), limit=PAGE, offset=(number - 1) * PAGE
        )
        return render_template(
            "register_imports/index.html",
            page=Page(rows, number, total),
            registers=REGISTER_NAMES,
        )


@bp.route("/moi", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@accepts_bytes(BOUNDS.bytes + 200_000)
@idempotent
def new() -> ResponseReturnValue:
    """Choose the register and its file; the columns are found by their headings."""
    with transaction() as session:
        form = RegisterFileForm(labels=REGISTER_NAMES)
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                row = _begun(session, form)
            if outcome.done:
                return redirect(url_for(".show", public_id=row.public_id))
        page = render_template(
            "register_imports/new.html", form=form, registers=REGISTER_NAMES
        )
        return page, 422 if form.is_submitted() else 200


def _begun(session: Session, form: RegisterFileForm) -> RegisterImport:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Refused(N_("Chọn tệp cần nhập"), "file")
    register = Register(form.register.data)
    return begin_import(
        session,
        current_actor(),
        register,
        upload.filename,
        upload.stream.read(BOUNDS.bytes + 1),
        lang=form_lang(),
        titles=titles_of(register),
        today=today(),
        now=now(),
    )


@bp.get("/<public_id>")
@requires(Right.OFFICIATE)
def show(public_id: str) -> ResponseReturnValue:
    """What the file would bring, what is wrong in it, and what may be done now."""
    with transaction(read_only=True) as session:
        row = access_import(session, current_actor(), public_id)
        if request.headers.get("HX-Request"):
            return answer_poll(session, row)
        return _drawn(session, row, _columns(row), ReasonForm())


@bp.post("/<public_id>/cot")
@requires(Right.OFFICIATE)
@idempotent
def columns(public_id: str) -> ResponseReturnValue:
    """Another column, heading row or rows to leave out; then tried again."""
    with transaction() as session:
        row = access_import(session, current_actor(), public_id)
        form = _columns(row)
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                map_columns(
                    session,
                    current_actor(),
                    public_id,
                    form.mapping(),
                    form.heading.glance() or 0,
                    form.skipped.data or "",
                    today=today(),
                    now=now(),
                )
            if outcome.done:
                return redirect(url_for(".show", public_id=public_id))
        return _drawn(session, row, form, ReasonForm()), 422


@bp.post("/<public_id>/<act>")
@requires(Right.OFFICIATE)
@idempotent
def move(public_id: str, act: str) -> ResponseReturnValue:
    """Send it to a second officer, confirm, return, drop or undo it."""
    if act not in MOVES:
        abort(404)
    with transaction() as session:
        row = access_import(session, current_actor(), public_id)
        form = ReasonForm()
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                _moved(session, public_id, act, form.reason.data or "")
            if outcome.done:
                if not row.work:  # else the page says how far it is
                    flash(_done(act), "ok")
                return redirect(url_for(".show", public_id=public_id))
        return _drawn(session, row, _columns(row, fresh=True), form), 422


MOVES = ("gui-duyet", "duyet", "tra-lai", "bo", "xin-hoan-tac", "giu-lai", "hoan-tac")


def _moved(session: Session, public_id: str, act: str, reason: str) -> None:
    who = current_actor()
    if act == "gui-duyet":
        propose_import(session, who, public_id, today=today(), now=now())
    elif act == "duyet":
        confirm_import(session, who, public_id, today=today(), now=now())
    elif act == "tra-lai":
        return_import(session, who, public_id, reason, now=now())
    elif act == "xin-hoan-tac":
        ask_undo(session, who, public_id, reason, now=now())
    elif act == "giu-lai":
        keep_import(session, who, public_id, now=now())
    elif act == "bo":
        drop_import(session, who, public_id)
    else:
        undo_import(session, who, public_id, now=now())


def _done(act: str) -> str:
    said_of: dict[str, str] = {
        "gui-duyet": _("Đã gửi cán bộ thứ hai duyệt."),
        "duyet": _("Đã ghi vào sổ."),
        "tra-lai": _("Đã trả lại người nhập."),
        "bo": _("Đã bỏ lần nhập này."),
        "xin-hoan-tac": _("Đã gửi đề nghị hoàn tác, chờ cán bộ khác đồng ý."),
        "giu-lai": _("Các bản ghi đã nhập vẫn ở trong sổ."),
        "hoan-tac": _("Đã hoàn tác, sổ như trước khi nhập."),
    }
    return said_of[act]


def _columns(row: RegisterImport, *, fresh: bool = False) -> ColumnsForm:
    """The form as stored; `fresh` ignores what another form of the page has sent."""
    stored = {f"of_{field}": str(at) for field, at in row.mapping.items()}
    values = {**stored, "heading": str(row.heading), "skipped": row.skipped}
    options: dict[str, Any] = {"formdata": None} if fresh else {}
    return columns_form(row.register, row.cells, row.heading, values, **options)


def _drawn(
    session: Session, row: RegisterImport, form: ColumnsForm, reason: ReasonForm
) -> str:
    who = current_actor().user_id
    page: str = render_template(
        "register_imports/show.html",
        row=row,
        form=form,
        reason=reason,
        fields=columns_of(row.register),
        page=page_of(row.findings),
        mine=row.made_by_id == who,
        wished=row.undo_asked_by_id == who,
        fault=lambda one: said(one["message"], one["params"]),
        title_of=titles_of(row.register),
        registers=REGISTER_NAMES,
        **panel_of(session, row),
    )
    return page
