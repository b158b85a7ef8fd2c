"""Reports as files: the spreadsheet and the paper, from the rows of the page."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, Response
from flask_babel import force_locale
from flask_babel import gettext as _

from forms.said import said
from marketplace.domain.reports import FileKind, Report, Table
from marketplace.services.report_pdf import PrintedReport, PrintedTable, report_pdf
from marketplace.services.reports import digest_of_report
from marketplace.services.spreadsheet_reports import write_book
from marketplace.services.spreadsheets import XLSX
from marketplace.web.labels import label
from marketplace.web.report_words import head_lines, is_number, sheets_of, shown
from marketplace.web.tiles import short_name

TYPES = {FileKind.EXCEL: XLSX, FileKind.PDF: "application/pdf"}


@dataclass(frozen=True)
class ReportFile:
    """A file as it leaves the market."""

    name: str
    kind: FileKind
    data: bytes


def write_file(
    report: Report, kind: FileKind, place: str, lang: str, *, at: datetime
) -> ReportFile:
    """The report as a file of this kind, in the language of the page.

    `place` is where the authority has its seat.
    """
    if kind is FileKind.PDF:
        data = report_pdf(printed_of(report, place), lang, at=at)
    else:
        data = write_book(sheets_of(report, _title(report)))
    name = f"mau-{report.form.value}-{report.head.period.code}.{kind.value}"
    return ReportFile(name, kind, data)


def write_all(
    reports: Sequence[Report], kind: FileKind, place: str, lang: str, at: datetime
) -> tuple[str, bytes]:
    """Name and bytes of one report, or of several in an archive, in this language."""
    with force_locale(lang):
        files = [write_file(one, kind, place, lang, at=at) for one in reports]
    if len(files) == 1:
        return files[0].name, files[0].data
    return f"bao-cao-{reports[0].head.period.code}-{kind.value}.zip", _packed(files, at)


def _packed(files: Sequence[ReportFile], at: datetime) -> bytes:
    """All files in one archive, dated by the moment of the export."""
    out = io.BytesIO()
    day = at.timetuple()[:6]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.writestr(zipfile.ZipInfo(file.name, day), file.data)
    return out.getvalue()


def init_app(app: Flask) -> None:
    """Let workers write what pages show: words and labels are known to the web only."""
    app.extensions["write_reports"] = write_all


def file_response(file: ReportFile) -> Response:
    """The file to keep."""
    response = Response(file.data, mimetype=TYPES[file.kind])
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    return response


def printed_of(report: Report, place: str) -> PrintedReport:
    """What the page shows of the report, for print."""
    pairs = head_lines(report.head, report.against)
    lines = [f"{name}: {value}" for name, value in pairs]
    return PrintedReport(
        number=_title(report),
        title=str(label(report.form)),
        subtitle=lines[2],
        lines=[lines[1], "; ".join(lines[3:])],
        tables=[_printed(table) for table in report.tables],
        notes=[said(note.message, note.params) for note in report.notes],
        issuer=report.head.unit,
        place=short_name(place),
        digest=digest_of_report(report),
    )


def _title(report: Report) -> str:
    return str(_("Mẫu %(letter)s", letter=report.form.value.upper()))


def _printed(table: Table) -> PrintedTable:
    every = [*table.rows, table.total] if table.total else list(table.rows)
    places = range(len(table.headings))
    return PrintedTable(
        title=_(table.title),
        headings=[_(one.title) for one in table.headings],
        widths=[one.width for one in table.headings],
        numeric=[any(is_number(row[place]) for row in every) for place in places],
        rows=[[shown(cell) for cell in row] for row in table.rows],
        total=[shown(cell) for cell in table.total],
    )
