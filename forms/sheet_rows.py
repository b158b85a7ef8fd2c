"""What forms share that hold a sheet: its rows are mended in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from wtforms import Form

from forms.offer_fields import in_words
from marketplace.domain.errors import Refused
from marketplace.domain.sheets import Row


class ReadCells(Protocol):
    """A row as it was read: a message for each cell at fault."""

    errors: dict[str, Refused]


class CellsForm(Form):
    """One row of the sheet; its fields are the columns in their order."""

    columns: Sequence[str] = ()

    def cells(self) -> Row:
        return tuple((self[name].data or "").strip() for name in self.columns)


class SheetRows:
    """Mixed into a form with `rows`, a list of such rows."""

    rows: Any
    form_errors: list[str]
    _fields: Mapping[str, Any]

    def filled(self) -> list[Any]:
        """Rows in which something stands; empty ones leave the sheet."""
        entries = [entry for entry in self.rows.entries if any(entry.form.cells())]
        self.rows.entries = entries
        return [entry.form for entry in entries]

    def show_errors(self, read: Sequence[ReadCells]) -> None:
        """Messages beside the cells at fault."""
        for row, found in zip(self.filled(), read, strict=True):
            for name, refusal in found.errors.items():
                row[name].errors = [in_words(refusal)]
        self.rows.errors = [row.errors for row in self.rows if row.errors]

    def show_refusal(self, refusal: Refused) -> None:
        """A refusal at its field, or above the form."""
        field = self._fields.get(refusal.field or "")
        if field is None:
            self.form_errors.append(in_words(refusal))
        else:
            field.errors = [*field.errors, in_words(refusal)]
