"""Registers out of files: the file, the columns of its table, a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FileField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from forms.offer_fields import TypedField
from marketplace.domain.register_sheets import Register, column_letter, columns_of
from marketplace.domain.typed import parse_count

NO_COLUMN = ""


class RegisterFileForm(FlaskForm):
    """Which register, and the file that holds it."""

    register = SelectField(_l("Sổ nào"))
    file = FileField(_l("Tệp .xlsx hoặc .csv"))

    def __init__(
        self, *args: Any, labels: Mapping[Register, Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.register.choices = [
            SelectChoice(one.value, labels[one]) for one in Register
        ]


class ColumnsForm(FlaskForm):
    """The heading row, the rows that are no records, and a column for each field."""

    heading = TypedField(
        _l("Dòng tiêu đề"),
        [InputRequired(_l("Ghi số dòng tiêu đề, ví dụ 3"))],
        read=parse_count,
    )
    skipped = StringField(_l("Bỏ các dòng"), [Length(max=500)])

    def mapping(self) -> dict[str, int]:
        """Field -> index of its column, without those that the file lacks."""
        chosen = {field: self[f"of_{field}"].data for field in self.fields_of()}
        return {field: int(at) for field, at in chosen.items() if at}

    def fields_of(self) -> list[str]:
        """The fields of the register in the order of the page."""
        return [
            name.removeprefix("of_") for name in self._fields if name.startswith("of_")
        ]


class ReasonForm(FlaskForm):
    """Why something goes back."""

    reason = TextAreaField(_l("Lý do"), [Length(max=1_000)])


def columns_form(
    register: Register,
    cells: Sequence[Sequence[str]],
    heading: int,
    values: Mapping[str, str],
    **options: Any,
) -> ColumnsForm:
    """The form with one choice for each field, named by heading and first value."""
    choices = [SelectChoice(NO_COLUMN, _l("Không có trong tệp"))]
    width = max((len(row) for row in cells), default=0)
    choices += [
        SelectChoice(str(at), _column_words(cells, heading, at)) for at in range(width)
    ]
    fields = {
        f"of_{column.field}": SelectField(
            _l(column.title),
            choices=choices,
        )
        for column in columns_of(register)
    }
    made = type("RegisterColumnsForm", (ColumnsForm,), fields)
    form: ColumnsForm = made(data=dict(values), **options)
    return form


def _column_words(cells: Sequence[Sequence[str]], heading: int, at: int) -> str:
    """`B · Tên HTX · HTX Toàn Thắng`: letter, heading, first value below it."""
    title = _cell(cells, heading - 1, at)
    below = (_cell(cells, row, at) for row in range(heading, len(cells)))
    sample = next((text for text in below if text), "")
    parts = (column_letter(at), title, sample)
    return " · ".join(part[:40] for part in parts if part)


def _cell(cells: Sequence[Sequence[str]], row: int, at: int) -> str:
    if not 0 <= row < len(cells) or at >= len(cells[row]):
        return ""
    return cells[row][at]
