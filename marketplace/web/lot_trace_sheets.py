"""A trace as a workbook: lots, shipments, and who has what."""

from __future__ import annotations

from flask_babel import gettext as _

from marketplace.domain.trace import Trace
from marketplace.services.spreadsheet_reports import Cell, Column, Sheet, write_book
from marketplace.web.labels import label
from marketplace.web.naming import name_of
from marketplace.web.words import LOCAL, instant


def trace_book(title: str, trace: Trace) -> bytes:
    """An .xlsx file of three sheets; names that one may not read are left empty."""
    return write_book(
        [_lots(title, trace), _shipped(title, trace), _placed(title, trace)]
    )


def _lots(title: str, trace: Trace) -> Sheet:
    parents: dict[int, list[str]] = {}
    lots = trace.by_id()
    for link in trace.links:
        parents.setdefault(link.child, []).append(lots[link.parent].code)
    sources = {one.lot: one.name for one in trace.sources}
    rows: list[list[Cell]] = [
        [
            one.layer,
            one.code,
            name_of(one),
            one.maker.name,
            one.made_on,
            one.made_kg,
            ", ".join(parents.get(one.id, [])) or sources.get(one.id, ""),
            _("Đang giữ lại") if one.held else "",
        ]
        for one in trace.lots
    ]
    return Sheet(title, [], _lot_columns(), rows, name=_("Các lô"))


def _lot_columns() -> list[Column]:
    return [
        Column(_("Bước"), 8),
        Column(_("Lô"), 22),
        Column(_("Sản phẩm"), 20),
        Column(_("Đơn vị làm ra"), 28),
        Column(_("Ngày"), 12),
        Column(_("Số kg"), 12),
        Column(_("Làm từ"), 40),
        Column(_("Tình trạng"), 16),
    ]


def _shipped(title: str, trace: Trace) -> Sheet:
    lots = trace.by_id()
    rows: list[list[Cell]] = [
        [
            instant(one.at.astimezone(LOCAL)),
            lots[one.lot].code,
            one.sender.name,
            one.receiver.name,
            one.kg,
            one.arrived_kg,
        ]
        for one in trace.shipped
    ]
    columns = [
        Column(_("Lúc gửi"), 18),
        Column(_("Lô"), 22),
        Column(_("Bên gửi"), 28),
        Column(_("Bên nhận"), 28),
        Column(_("Kg gửi"), 12),
        Column(_("Kg nhận"), 12),
    ]
    return Sheet(title, [], columns, rows, name=_("Các chuyến"))


def _placed(title: str, trace: Trace) -> Sheet:
    lots = trace.by_id()
    rows: list[list[Cell]] = [
        [one.holder.name, lots[one.lot].code, str(label(one.where)), one.kg]
        for one in trace.placed
    ]
    columns = [
        Column(_("Ai có"), 28),
        Column(_("Lô"), 22),
        Column(_("Tình trạng"), 18),
        Column(_("Số kg"), 12),
    ]
    return Sheet(title, [], columns, rows, name=_("Hàng ở đâu"))
