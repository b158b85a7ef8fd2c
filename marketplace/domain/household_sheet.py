"""Households one a row, as cooperatives keep them in a spreadsheet.

The register has the columns name, code, telephone, commune; the kilograms of a load
have the name or the code in the first cell, and the number in the last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from marketplace.domain.errors import N_, Refused
from marketplace.domain.identity import normalise_phone
from marketplace.domain.sheets import Row, fitted, without_heading
from marketplace.domain.text import fold
from marketplace.domain.typed import parse_kg

HEADINGS = {
    "name": N_("Tên hộ"),
    "code": N_("Mã hộ"),
    "phone": N_("Số điện thoại"),
    "commune": N_("Xã, phường"),
}
_ENGLISH = ("household", "name of household", "code", "phone", "commune", "kg")


@dataclass(frozen=True)
class NamedHousehold:
    """A row of the register as it was typed."""

    name: str
    code: str
    phone: str | None
    commune: str


def rows_of_households(rows: Sequence[Row], field: str) -> list[NamedHousehold]:
    """The households of a sheet; refused with the number of the row at fault."""
    found = []
    names = [*HEADINGS.values(), *_ENGLISH]
    for number, row in enumerate(without_heading(rows, names), start=1):
        name, code, phone, commune = fitted(row, len(HEADINGS))
        if not name:
            raise Refused(N_("Dòng %(row)s: thiếu tên hộ"), field, row=number)
        found.append(NamedHousehold(name, code, _phone(phone, number, field), commune))
    return found


def _phone(text: str, number: int, field: str) -> str | None:
    try:
        return normalise_phone(text, field) if text else None
    except Refused:
        message = N_("Dòng %(row)s: số điện thoại có 10 số, ví dụ 0987 654 321")
        raise Refused(message, field, row=number) from None


def brought_of(
    rows: Iterable[Row], known: Mapping[str, Sequence[int]], field: str, lang: str
) -> dict[int, int]:
    """Kilograms by household from rows of a name or code and a number.

    `known` gives the ids behind a folded name or code. A household that stands in
    several rows brought all of them. Refused: a name that none or two bear.
    """
    found: dict[int, int] = {}
    names = [*HEADINGS.values(), *_ENGLISH]
    for row in without_heading(list(rows), names):
        cells = [cell for cell in row if cell]
        ids = next((known[f] for f in map(fold, cells[:-1]) if f in known), ())
        if len(ids) != 1:
            message = (
                N_("Có nhiều hộ tên %(name)s: ghi mã hộ thay cho tên")
                if ids
                else N_("Không có hộ %(name)s trong danh sách hộ thành viên")
            )
            raise Refused(message, field, name=cells[0])
        kg = parse_kg(cells[-1], unit="kg", lang=lang, field=field)
        found[ids[0]] = found.get(ids[0], 0) + kg
    return found
