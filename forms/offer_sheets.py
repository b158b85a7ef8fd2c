"""Offers one a row: the text or file that comes in, the rows that are mended."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    FileField,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from forms.offer_fields import TypedField, whole
from forms.offer_tranches import read_percent
from forms.rows import RowList
from forms.sheet_rows import CellsForm, SheetRows
from marketplace.domain.commands_offers import PostOffer
from marketplace.domain.offer_sheet import COLUMNS, rows_of_sheet
from marketplace.domain.sheets import MOST_CELL, MOST_ROWS, Row, parse_pasted
from marketplace.domain.typed import parse_count

_KEY = re.compile(r"[A-Za-z0-9_-]{22}")


class RowForm(CellsForm):
    """One offer as it stands in the sheet; `key` makes sending it twice once."""

    columns = COLUMNS
    key = HiddenField()
    product = StringField(_l("Sản phẩm"), [Length(max=MOST_CELL)])
    kg = StringField(_l("Số lượng"), [Length(max=MOST_CELL)])
    day = StringField(_l("Ngày giao"), [Length(max=MOST_CELL)])
    ceiling = StringField(_l("Giá tối đa"), [Length(max=MOST_CELL)])
    papers = StringField(_l("Chứng nhận"), [Length(max=MOST_CELL)])
    place = StringField(_l("Giao tại"), [Length(max=MOST_CELL)])

    def own_key(self) -> str:
        """The key that came with the row; a strange one is replaced."""
        given = str(self.key.data or "")
        if not _KEY.fullmatch(given):
            self.key.data = secrets.token_urlsafe(16)
        return str(self.key.data)


class SheetForm(SheetRows, FlaskForm):
    """The conditions that all rows share, and the rows."""

    paste = TextAreaField(_l("Dán từ Excel"))
    file = FileField(_l("Hoặc chọn tệp .xlsx"))
    place = StringField(_l("Giao tại, nếu cột trống"), [Length(max=200)])
    unit = SelectField(_l("Tỉnh, thành phố nơi giao"))
    payment_term_days = TypedField(
        _l("Trả tiền sau nghiệm thu"),
        [InputRequired(_l("Nhập số ngày, ví dụ 7"))],
        read=parse_count,
    )
    deposit_pct = TypedField(_l("Đặt cọc"), read=read_percent)
    rows = RowList(FormField(RowForm), max_entries=MOST_ROWS)

    def __init__(
        self, *args: Any, units: Iterable[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.unit.choices = [
            SelectChoice("", _l("Như địa chỉ của tổ chức")),
            *(SelectChoice(str(id_), name) for id_, name in units),
        ]

    def common(self) -> PostOffer:
        """What every row says unless its own cells say otherwise."""
        return PostOffer(
            product_code="",
            place=self.place.data or "",
            payment_term_days=self.payment_term_days.glance() or 0,
            deposit_pct=self.deposit_pct.glance() or 0,
            unit_id=whole(self.unit.data),
        )

    def take_text(self) -> None:
        """Put the pasted rows behind those in the sheet."""
        self._append(rows_of_sheet(parse_pasted(self.paste.data or "", "paste")))
        self.paste.data = ""

    def take_rows(self, rows: Sequence[Row]) -> None:
        """Put the rows of a file behind those in the sheet."""
        self._append(rows_of_sheet(rows))

    def _append(self, rows: Sequence[Row]) -> None:
        for cells in rows[: MOST_ROWS - len(self.rows.entries)]:
            data = dict(zip(COLUMNS, cells, strict=True))
            self.rows.append_entry({**data, "key": secrets.token_urlsafe(16)})

    def keep(self, rows: Sequence[RowForm]) -> None:
        """Only these rows stay in the sheet."""
        kept = [entry for entry in self.rows.entries if entry.form in rows]
        self.rows.entries = kept
