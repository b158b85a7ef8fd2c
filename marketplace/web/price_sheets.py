"""Many market prices at once, from a spreadsheet: read, mend, import all."""

from __future__ import annotations

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
from forms.price_sheets import PriceSheetForm
from forms.said import said
from marketplace.domain.errors import Refused
from marketplace.domain.price_sheet import COLUMNS, HEADINGS, ReadPrice
from marketplace.services.catalogue import all_products
from marketplace.services.price_quotes import price_markets
from marketplace.services.price_sheets import import_quotes, read_prices
from marketplace.services.spreadsheets import (
    MOST_BYTES,
    XLSX,
    read_table,
    write_template,
)
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import now, today
from marketplace.web.fields import rows_changed
from marketplace.web.idempotent import idempotent
from marketplace.web.naming import name_of
from marketplace.web.refusals import refused
from models.database import transaction

bp = Blueprint("price_sheets", __name__, url_prefix="/gia-tham-chieu")


@bp.route("/nhap-bang", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def paste() -> ResponseReturnValue:
    """Paste or upload, look at what was understood, mend, import the whole."""
    with transaction() as session:
        form = PriceSheetForm()
        if request.method == "POST" and not rows_changed(form.rows):
            _take(form)
            count = _imported(session, form)
            if count is not None:
                _tell(count)
                return redirect(url_for("price_quotes.index"))
        return _drawn(session, form)


def _take(form: PriceSheetForm) -> None:
    """Rows out of the text and the file, each with its own refusal."""
    try:
        if (form.paste.data or "").strip():
            form.take_text()
        if file := request.files.get("file"):
            data = file.stream.read(MOST_BYTES + 1)
            form.take_rows(read_table(data, lang=form_lang()))
    except Refused as refusal:
        form.show_refusal(refusal)


def _imported(session: Session, form: PriceSheetForm) -> int | None:
    """How many prices were written down; None if only looked at or refused."""
    asked = request.form.get("do", "") == "send"
    if not asked or form.errors or not form.validate():
        return None
    count = 0
    with refused(session, form) as outcome:
        read = _read(session, form)
        count = import_quotes(session, current_actor(), read, today=today(), now=now())
    return count if outcome.done else None


def _read(session: Session, form: PriceSheetForm) -> list[ReadPrice]:
    cells = [row.cells() for row in form.filled()]
    source = (form.source.data or "").strip()
    return read_prices(session, cells, today=today(), source=source, lang=form_lang())


def _drawn(session: Session, form: PriceSheetForm) -> ResponseReturnValue:
    read = _read(session, form)
    form.show_errors(read)
    page = render_template(
        "price_quotes/sheet.html",
        form=form,
        names=COLUMNS,
        headings=[_(HEADINGS[name]) for name in COLUMNS],
        rows=list(zip(form.rows, read, strict=True)),
        bad=sum(bool(row.errors) for row in read),
        fresh=sum(not row.errors and not row.stored for row in read),
        odd_words=lambda row: [said(one.message, one.params) for one in row.odd],
    )
    return page, 422 if form.errors or form.form_errors else 200


def _tell(count: int) -> None:
    if count:
        flash(ngettext("Đã ghi %(num)d giá", "Đã ghi %(num)d giá", count), "ok")
    else:
        flash(_("Các giá này đã có từ trước, không ghi thêm."), "info")


@bp.get("/tep-mau.xlsx")
@requires(Right.OFFICIATE)
def template() -> ResponseReturnValue:
    """The spreadsheet to fill in, and the names it knows."""
    with transaction(read_only=True) as session:
        products = [name_of(one) for one in all_products(session)]
        markets = [name_of(one) for one in price_markets(session)]
    example = (
        *(today(), products[0], "", markets[0], 15000, 20000),
        *(_("Bản tin giá của Sở"), ""),
    )
    body = write_template(
        [_(HEADINGS[name]) for name in COLUMNS],
        [example],
        [(_("Sản phẩm"), products), (_("Chợ hoặc nơi ghi giá"), markets)],
        (_("Giá tham chiếu"), _("Cách ghi")),
    )
    response = Response(body, mimetype=XLSX)
    response.headers.set(
        "Content-Disposition", "attachment", filename="gia-tham-chieu-mau.xlsx"
    )
    return response
