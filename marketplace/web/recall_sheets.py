"""A recall or a drill as a workbook: its times, who answered, and the kilograms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask
from flask_babel import gettext as _

from marketplace.services.recall_lists import Progress, Row
from marketplace.services.spreadsheet_reports import Cell, Column, write_report
from marketplace.web.labels import label
from marketplace.web.words import instant, number

if TYPE_CHECKING:
    from models.recalls import Recall


def recall_title(recall: Recall) -> str:
    """What it is, over which lots; a drill says so first."""
    lots = ", ".join(one.lot.code for one in recall.lots if one.chosen)
    kind = str(label(recall.kind))
    if recall.drill:
        return str(_("Diễn tập: %(kind)s lô %(lots)s", kind=kind.lower(), lots=lots))
    return str(_("%(kind)s lô %(lots)s", kind=kind, lots=lots))


def recall_book(recall: Recall, progress: Progress) -> bytes:
    """An .xlsx file; names that the reader may not know are left empty."""
    lines = [
        f"{_('Lý do')}: {recall.reason}",
        f"{_('Mở lúc')}: {instant(recall.opened_at)}",
        f"{_('Có danh sách sau')}: {seconds(recall)}",
        f"{_('Gỡ lúc')}: {instant(recall.closed_at)} {recall.outcome}",
        _(
            "%(done)s/%(asked)s nơi đã trả lời",
            done=progress.answered,
            asked=progress.asked,
        ),
    ]
    columns = [
        Column(_("Đơn vị"), 28),
        Column(_("Kg lúc mở"), 12),
        Column(_("Trả lời sau (phút)"), 16),
        Column(_("Đã để riêng"), 12),
        Column(_("Đã tiêu hủy"), 12),
        Column(_("Trả lại nơi giao"), 14),
        Column(_("Ghi chú"), 40),
    ]
    total: list[Cell] = [_("Cộng"), progress.asked_kg if progress.weighed else None]
    rows = [_row(one) for one in progress.rows]
    return write_report(recall_title(recall), lines, columns, rows, total)


def _row(row: Row) -> list[Cell]:
    one = row.answer
    kg = [one.asked_kg, one.isolated_kg, one.destroyed_kg, one.returned_kg]
    asked, *found = kg if row.weighed else [None] * len(kg)
    return [row.name or _("Đơn vị khác"), asked, minutes(row), *found, one.note]


def minutes(row: Row) -> int | None:
    """How long the answer took, in whole minutes; None while it is missing."""
    return int(row.took.total_seconds() // 60) if row.took is not None else None


def seconds(recall: Recall) -> str:
    """How long the list of holders took, in seconds."""
    took = (recall.listed_at - recall.opened_at).total_seconds()
    return str(_("%(count)s giây", count=number(took, 1)))


def init_app(app: Flask) -> None:
    """Templates say the same as the file."""
    app.jinja_env.globals.update(
        recall_title=recall_title, recall_minutes=minutes, recall_seconds=seconds
    )
