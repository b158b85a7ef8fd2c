"""Market prices one a row: the text or file that comes in, the rows mended."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FileField, FormField, StringField, TextAreaField
from wtforms.validators import Length

from forms.rows import RowList
from forms.sheet_rows import CellsForm, SheetRows
from marketplace.domain.price_sheet import COLUMNS, rows_of_prices
from marketplace.domain.sheets import MOST_CELL, MOST_ROWS, Row, parse_pasted

MOST = [Length(max=MOST_CELL)]


class PriceRowForm(CellsForm):
    """One price as it stands in the sheet."""

    columns = COLUMNS
    day = StringField(_l("Ngày"), MOST)
    product = StringField(_l("Sản phẩm"), MOST)
    grade = StringField(_l("Loại"), MOST)
    market = StringField(_l("Chợ hoặc nơi ghi giá"), MOST)
    low = StringField(_l("Giá thấp"), MOST)
    high = StringField(_l("Giá cao"), MOST)
    source = StringField(_l("Nguồn"), MOST)
    link = StringField(_l("Trang đăng giá"), MOST)


class PriceSheetForm(SheetRows, FlaskForm):
    """The source that all rows share unless they name one, and the rows."""

    paste = TextAreaField(_l("Dán từ Excel"))
    file = FileField(_l("Hoặc chọn tệp .xlsx, .csv"))
    source = StringField(_l("Nguồn, nếu cột trống"), MOST)
    rows = RowList(FormField(PriceRowForm), max_entries=MOST_ROWS)

    def take_text(self) -> None:
        """Put the pasted rows behind those in the sheet."""
        self.take_rows(parse_pasted(self.paste.data or "", "paste"))
        self.paste.data = ""

    def take_rows(self, rows: Sequence[Row]) -> None:
        """Put the rows of a file behind those in the sheet."""
        for cells in rows_of_prices(rows)[: MOST_ROWS - len(self.rows.entries)]:
            self.rows.append_entry(dict(zip(COLUMNS, cells, strict=True)))
