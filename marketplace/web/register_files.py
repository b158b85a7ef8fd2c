"""Files beside the import of a register: what to mend in it, and a form to fill in."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.said import said
from marketplace.domain.register_sheets import Register, columns_of
from marketplace.services.register_lists import access_import
from marketplace.services.spreadsheet_reports import Cell, Column, Sheet, write_book
from marketplace.services.spreadsheets import XLSX, write_template
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import today
from marketplace.web.register_legends import example_of, legend_of, titles_of
from models.database import transaction
from models.register_imports import RegisterImport

bp = Blueprint("register_files", __name__, url_prefix="/nhap-so")


@bp.get("/<public_id>/loi.xlsx")
@requires(Right.OFFICIATE)
def faults(public_id: str) -> ResponseReturnValue:
    """The rows of the file with what is wrong beside them, to mend in Excel."""
    with transaction(read_only=True) as session:
        row = access_import(session, current_actor(), public_id)
        body = write_book([_fault_sheet(row)])
    return _file(body, f"{row.register.value}-can-sua.xlsx")


def _fault_sheet(row: RegisterImport) -> Sheet:
    """As the file has them, behind two columns of ours; what to mend is coloured."""
    titles = titles_of(row.register)
    found: dict[int, list[str]] = {}
    marked: dict[int, set[int]] = {}
    for one in row.findings:
        words = said(one["message"], one["params"])
        where = titles.get(one["field"])
        told = f"{where}: {words}" if where else words
        found.setdefault(one["row"], []).append(told)
        if one["field"] in row.mapping:
            marked.setdefault(one["row"], set()).add(row.mapping[one["field"]] + 2)
    numbers = sorted(found)
    width = max(map(len, row.cells))
    rows = [_fault_row(row, number, found[number], width) for number in numbers]
    marks = {at: marked.get(number, set()) for at, number in enumerate(numbers)}
    columns = [Column(_("Dòng"), 8), Column(_("Cần sửa"), 60), *_headings(row, width)]
    title = _("Các dòng cần sửa của %(file)s", file=row.filename)
    return Sheet(title, _explained(row), columns, rows, marks=marks)


def _fault_row(
    row: RegisterImport, number: int, words: list[str], width: int
) -> list[Cell]:
    """As wide as the table, so that an empty cell can be coloured too."""
    cells: list[str] = row.cells[number - 1]
    rest = [""] * (width - len(cells))
    return [number, "; ".join(words), *cells, *rest]


def _headings(row: RegisterImport, width: int) -> list[Column]:
    heading = row.cells[row.heading - 1] if row.heading else []
    return [Column(name) for name in [*heading, *[""] * (width - len(heading))]]


def _explained(row: RegisterImport) -> list[str]:
    if row.faults <= len(row.findings):
        return []
    shown = len(row.findings)
    return [_("%(shown)s ô đầu trong %(all)s ô cần sửa", shown=shown, all=row.faults)]


@bp.get("/mau/<which>.xlsx")
@requires(Right.OFFICIATE)
def template(which: str) -> ResponseReturnValue:
    """The spreadsheet to fill in: every column, and the words it knows."""
    if which not in set(Register):
        abort(404)
    wanted = Register(which)
    with transaction(read_only=True) as session:
        body = write_template(
            [_(column.title) for column in columns_of(wanted)],
            [example_of(wanted, today() - timedelta(days=30))],
            legend_of(session, wanted),
            (_("Sổ"), _("Cách ghi")),
        )
    return _file(body, f"mau-{wanted.value}.xlsx")


def _file(body: bytes, name: str) -> Response:
    response = Response(body, mimetype=XLSX)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
