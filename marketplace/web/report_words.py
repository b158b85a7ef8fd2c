"""The rows of a report in the language of the page: the same for page and file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from flask import Flask
from flask_babel import gettext as _

from forms.said import said
from marketplace.domain.canonical import short_digest
from marketplace.domain.report_periods import PeriodKind, ReportPeriod, read_period
from marketplace.domain.reports import Named, Report, ReportHead, Said, Table, Value
from marketplace.domain.words_board import Communes
from marketplace.services.spreadsheet_reports import Cell, Column, Sheet
from marketplace.web import words
from marketplace.web.labels import label
from marketplace.web.naming import name_of

_QUARTERS = ("I", "II", "III", "IV")


def period_name(period: ReportPeriod) -> str:
    """The period without its year: Tháng 11, Quý III, 6 tháng đầu."""
    match period.kind:
        case PeriodKind.MONTH:
            name = _("Tháng %(number)s", number=period.number)
        case PeriodKind.QUARTER:
            name = _("Quý %(number)s", number=_QUARTERS[period.number - 1])
        case PeriodKind.HALF:
            name = _("6 tháng đầu") if period.number == 1 else _("6 tháng cuối")
        case PeriodKind.NINE_MONTHS:
            name = _("9 tháng")
        case PeriodKind.YEAR:
            name = _("Cả năm")
    return str(name)


def period_title(period: ReportPeriod) -> str:
    """The period as a heading says it: Tháng 11 năm 2026."""
    year, name = period.year, period_name(period)
    if period.kind is PeriodKind.YEAR:
        return str(_("Năm %(year)s", year=year))
    return str(_("%(period)s năm %(year)s", period=name, year=year))


def period_title_of(code: str) -> str:
    """The heading of a stored code; the code itself where it is none."""
    period = read_period(code)
    return period_title(period) if period else code


def head_lines(
    head: ReportHead, against: ReportHead | None = None
) -> list[tuple[str, str]]:
    """What stands over a report, as names and values."""
    lines = [
        (_("Đơn vị báo cáo"), head.unit),
        (_("Địa bàn"), head.area),
        (_("Kỳ báo cáo"), _period_line(head)),
        (_("Số liệu tính đến hết ngày"), words.day(head.on)),
        (_("Phiên bản định nghĩa"), head.version),
    ]
    if head.communes is not Communes.TODAY:
        lines.append((_("Địa giới"), str(label(head.communes))))
    if against:
        lines.append((_("So với kỳ"), _period_line(against)))
    return lines


def _period_line(head: ReportHead) -> str:
    days = f"{words.day(head.first)} – {words.day(head.last)}"
    return f"{period_title(head.period)} ({days})"


def plain(value: Value) -> Cell:
    """A value as a file carries it: numbers and days as such, words in this language."""
    if isinstance(value, Said):
        return said(value.message, value.params)
    if isinstance(value, StrEnum):
        return str(label(value))
    if isinstance(value, Named):
        return name_of(value)
    if value is None or isinstance(value, str | int | Decimal | date):
        return value
    return "; ".join(str(plain(one)) for one in value)


def shown(value: Value) -> str:
    """The same value as a page shows it."""
    cell = plain(value)
    if isinstance(cell, date):
        return words.day(cell)
    if isinstance(cell, int | Decimal):
        return words.number(cell)
    return cell or ""


def is_number(value: Value) -> bool:
    """Whether the cell stands to the right."""
    return isinstance(value, int | Decimal)


def sheets_of(report: Report, title: str) -> list[Sheet]:
    """All tables of a report as sheets under the same head."""
    pairs = head_lines(report.head, report.against)
    lines = [f"{name}: {value}" for name, value in pairs]
    notes = [said(note.message, note.params) for note in report.notes]
    return [_sheet(title, [*lines, *notes], table) for table in report.tables]


def _sheet(title: str, lines: Sequence[str], table: Table) -> Sheet:
    name = _(table.title)
    return Sheet(
        title=f"{title}: {name}",
        lines=lines,
        columns=[Column(_(one.title), one.width) for one in table.headings],
        rows=[[plain(cell) for cell in row] for row in table.rows],
        total=[plain(cell) for cell in table.total],
        name=tab_name(name),
    )


def tab_name(name: str) -> str:
    """What a spreadsheet program allows on a tab: 31 letters, none of []:*?/\\."""
    return "".join(" " if letter in "[]:*?/\\" else letter for letter in name)[:31]


def init_app(app: Flask) -> None:
    """Give templates the filters and words of reports."""
    app.jinja_env.filters["reported"] = shown
    app.jinja_env.filters["check_code"] = short_digest
    app.jinja_env.globals.update(
        period_name=period_name,
        period_title=period_title,
        period_title_of=period_title_of,
        head_lines=head_lines,
        is_reported_number=is_number,
        said=said,
    )
