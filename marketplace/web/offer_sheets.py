"""Many purchase offers at once, from a spreadsheet: read, mend, send."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from forms.offer_fields import form_lang
from forms.offer_sheets import RowForm, SheetForm
from marketplace.domain.errors import Refused
from marketplace.domain.offer_sheet import HEADINGS, ReadRow
from marketplace.domain.words import OrganisationState
from marketplace.services.offer_sheets import keep_row, read_sheet, supply_of_rows
from marketplace.services.organisations import own_organisation, require_verified
from marketplace.services.spreadsheets import (
    MOST_BYTES,
    XLSX,
    read_xlsx,
    write_template,
)
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import now, today
from marketplace.web.fields import rows_changed
from marketplace.web.offer_pages import defaults_of, product_names, provinces
from models.database import transaction

bp = Blueprint("offer_sheets", __name__, url_prefix="/don-mua")

NAMES = ("product", "kg", "day", "ceiling", "papers", "place")


@dataclass(frozen=True)
class Done:
    """How many rows became offers, and whether as drafts."""

    count: int
    drafts: bool


@bp.route("/dan", methods=["GET", "POST"])
@requires(Right.BUY)
def paste() -> ResponseReturnValue:
    """Paste or upload, mend in place, send what is right, keep the rest as typed.

    Each row carries its own key and becomes one offer however often it is sent,
    so this form needs no key for the whole.
    """
    with transaction(read_only=request.method == "GET") as session:
        form = _form(session)
        done = None
        if request.method == "POST" and not rows_changed(form.rows):
            _take(form)
            done = _sent(session, form)
        if done and not form.filled():
            _tell(done)
            return redirect(url_for("offers.index"), 303)
        return _drawn(session, form, done)


def _form(session: Session) -> SheetForm:
    data = defaults_of(session, current_actor())
    kept = ("place", "unit", "payment_term_days", "deposit_pct")
    return SheetForm(
        units=provinces(session, today()),
        data={name: data[name] for name in kept if name in data},
    )


def _take(form: SheetForm) -> None:
    """Rows out of the text and the file, each with its own refusal."""
    try:
        if (form.paste.data or "").strip():
            form.take_text()
        if file := request.files.get("file"):
            data = file.stream.read(MOST_BYTES + 1)
            form.take_rows(read_xlsx(data, lang=form_lang()))
    except Refused as refusal:
        form.show_refusal(refusal)


def _sent(session: Session, form: SheetForm) -> Done | None:
    """Send or keep the rows that are right; those that are wrong stay."""
    asked = request.form.get("do", "")
    if asked not in ("send", "draft") or form.errors or not form.validate():
        return None
    rows, read = form.filled(), _read(session, form)
    good = [(row, one) for row, one in zip(rows, read, strict=True) if one.command]
    try:
        with session.begin_nested():
            if asked == "send":
                require_verified(session, current_actor())
            for row, one in good:
                _keep(session, row, one, draft=asked == "draft")
    except Refused as refusal:
        form.show_refusal(refusal)
        return None
    gone = [row for row, _one in good]
    form.keep([row for row in rows if row not in gone])
    return Done(len(good), asked == "draft")


def _keep(session: Session, row: RowForm, read: ReadRow, *, draft: bool) -> None:
    assert read.command is not None
    keep_row(
        session,
        current_actor(),
        row.own_key(),
        read.command,
        today=today(),
        now=now(),
        draft=draft,
    )


def _read(session: Session, form: SheetForm) -> list[ReadRow]:
    cells = [row.cells() for row in form.filled()]
    return read_sheet(session, cells, form.common(), today=today(), lang=form_lang())


def _drawn(session: Session, form: SheetForm, done: Done | None) -> ResponseReturnValue:
    who = current_actor()
    for row in form.filled():
        row.own_key()
    read = _read(session, form)
    form.show_errors(read)
    good = [one.command for one in read if one.command]
    supply = supply_of_rows(session, who, read, today=today())
    page = render_template(
        "offers/sheet.html",
        form=form,
        names=NAMES,
        rows=list(zip(form.rows, read, supply, strict=True)),
        done=_words(done) if done and done.count else "",
        good=len(good),
        good_kg=sum(one.total_kg for one in good),
        good_vnd=sum(one.most_value_vnd for one in good),
        verified=own_organisation(session, who).state is OrganisationState.VERIFIED,
    )
    wrong = form.errors or (done is not None and read)
    return page, 422 if wrong else 200


def _tell(done: Done) -> None:
    if done.count:
        flash(_words(done), "ok")


def _words(done: Done) -> str:
    if done.drafts:
        return str(
            ngettext("Đã lưu %(num)d đơn nháp", "Đã lưu %(num)d đơn nháp", done.count)
        )
    return str(ngettext("Đã gửi %(num)d đơn mua", "Đã gửi %(num)d đơn mua", done.count))


@bp.get("/tep-mau.xlsx")
@requires(Right.BUY)
def template() -> ResponseReturnValue:
    """The spreadsheet to fill in: the columns of the page, and the names it knows."""
    soon = today() + timedelta(days=30)
    with transaction(read_only=True) as session:
        products = product_names(session)
        body = write_template(
            [_(HEADINGS[name]) for name in NAMES],
            [(products[0], 12, soon, 15000, "VietGAP", "Kho Đông Anh, Hà Nội")],
            [
                (_("Sản phẩm, giống"), products),
                (_("Chứng nhận"), _PAPERS),
            ],
            (_("Đơn mua"), _("Cách ghi")),
        )
    response = Response(body, mimetype=XLSX)
    response.headers.set(
        "Content-Disposition", "attachment", filename="don-mua-mau.xlsx"
    )
    return response


_PAPERS = (
    "VietGAP", "GlobalGAP", "Hữu cơ", "An toàn thực phẩm", "HACCP", "ISO 22000",
    "OCOP 3 sao", "OCOP 4 sao", "Mã vùng Mỹ", "Mã vùng TQ", "Mã vùng Úc", "Mã vùng NZ",
)  # fmt: skip
