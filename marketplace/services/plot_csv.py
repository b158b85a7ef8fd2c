"""Plots of a CSV: an outline as WKT on each row, or one corner on each row."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from marketplace.domain.errors import N_, Refused
from marketplace.domain.plot_rows import NO_POLYGON, FilePlot, column_of, plots_named
from marketplace.domain.plot_text import parse_coordinate, parse_wkt
from marketplace.domain.plots import Shape, closed
from marketplace.services.spreadsheets import decode_text

MOST_LINES = 20_000
COLUMNS = N_(
    "Không thấy cột tọa độ. Cần cột WKT, hoặc hai cột Vĩ độ và Kinh độ; tệp này có: "
    "%(found)s"
)
NO_NAME = N_("Mỗi góc một dòng thì cần cột Tên thửa để biết góc của thửa nào")
UNREADABLE = N_("Không đọc được chữ trong tệp, lưu lại là CSV UTF-8")
NO_NUMBER = N_("Tọa độ không phải là số, ví dụ 21,0571")
LONGEST_CELL = 200_000

Line = Mapping[str, str]


def read_csv_plots(data: bytes, field: str = "file") -> list[FilePlot]:
    """The plots of a text with a heading, whatever parts its cells."""
    text = decode_text(data, UNREADABLE, field)
    heading = text.lstrip("\ufeff\r\n ").partition("\n")[0]
    lines = _lines(text.lstrip("\ufeff"), max("\t;,", key=heading.count), field)
    known = {column_of(name): name for name in (lines[0] if lines else {})}
    if "shape" in known:
        return [one for line in lines for one in _of_wkt(line, known["shape"])]
    if {"latitude", "longitude"} <= known.keys():
        return _of_points(lines, known, field)
    raise Refused(COLUMNS, field, found=heading.strip()[:200] or "–")


def _lines(text: str, delimiter: str, field: str) -> list[Line]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [row for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:
        raise Refused(UNREADABLE, field) from None
    if len(rows) > MOST_LINES:
        message = N_("Tệp nhiều hơn %(most)s dòng, chia nhỏ rồi gửi lại")
        raise Refused(message, field, most=MOST_LINES)
    if not rows:
        return []
    return [dict(zip(rows[0], row, strict=False)) for row in rows[1:]] or [
        dict.fromkeys(rows[0], "")
    ]


def _of_wkt(line: Line, column: str) -> list[FilePlot]:
    if not any(line.values()):
        return []
    try:
        return plots_named(line, parse_wkt(line.get(column, "")))
    except ValueError:
        return plots_named(line, [None], NO_POLYGON)


def _of_points(
    lines: Sequence[Line], known: Mapping[str, str], field: str
) -> list[FilePlot]:
    """Corners of one name are one plot, in the order of their rows."""
    if "name" not in known:
        raise Refused(NO_NAME, field)
    corners: dict[str, list[Line]] = {}
    for line in lines:
        if name := line.get(known["name"], "").strip():
            corners.setdefault(name, []).append(line)
    return [one for rows in corners.values() for one in _of_corners(rows, known)]


def _of_corners(rows: Sequence[Line], known: Mapping[str, str]) -> list[FilePlot]:
    try:
        points = [
            (
                parse_coordinate(row.get(known["longitude"], "")),
                parse_coordinate(row.get(known["latitude"], "")),
            )
            for row in rows
        ]
    except ValueError:
        return plots_named(rows[0], [None], NO_NUMBER)
    return plots_named(rows[0], [Shape(closed(points))])
