"""Corners and numbers of plots as people type them and as files write them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from marketplace.domain.errors import N_, Refused
from marketplace.domain.plots import DIGITS, Point, Ring, Shape, shape_of

MOST_TEXT = 60_000
_SIGN = r"[-+]?"
_DECIMAL = re.compile(
    rf"{_SIGN}[0-9]{{1,8}}(?:[.,][0-9]{{1,15}})?(?:[eE][-+]?[0-9]{{1,2}})?"
)
_SEXAGESIMAL = re.compile(
    r"([0-9]{1,3})\s*°\s*(?:([0-9]{1,2})\s*['′’]\s*(?:([0-9]{1,2}(?:[.,][0-9]+)?)\s*(?:\"|″|”|'')\s*)?)?"
    r"([NSEWBN\u0110T]?)",
    re.IGNORECASE,
)
_WKT = re.compile(
    r"\s*(MULTI)?POLYGON\s*(?:Z|M|ZM)?\s*(\(.*\))\s*", re.IGNORECASE | re.DOTALL
)


def parse_coordinate(text: str) -> float:
    """One number with a dot or a Vietnamese comma; ValueError for anything else."""
    plain = text.strip().replace("−", "-")
    if not _DECIMAL.fullmatch(plain):
        raise ValueError(text)
    return float(plain.replace(",", "."))


def parse_corners(text: str, field: str = "corners") -> tuple[Point, ...]:
    """Corners one a line, latitude before longitude as telephones show them.

    "21,0571 103,7453", "21.0571, 103.7453", or degrees, minutes and seconds.
    """
    if len(text) > MOST_TEXT:
        raise Refused(N_("Quá nhiều góc, nhập bằng tệp"), field)
    corners = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        numbers = _two_numbers(line)
        if numbers is None:
            message = N_(
                "Dòng %(line)s: nhập vĩ độ rồi kinh độ, ví dụ 21,0571 103,7453"
            )
            raise Refused(message, field, line=number)
        latitude, longitude = numbers
        corners.append((longitude, latitude))
    return tuple(corners)


def show_corners(ring: Ring, lang: str = "vi") -> str:
    """The corners of a ring as `parse_corners` reads them, without the closing one."""
    comma = "," if lang == "vi" else "."
    lines = (
        f"{north:.{DIGITS}f} {east:.{DIGITS}f}".replace(".", comma)
        for east, north in ring[:-1]
    )
    return "\n".join(lines)


def _two_numbers(line: str) -> tuple[float, float] | None:
    if "°" in line:
        return _two_angles(line)
    splitters = [r"\s*;\s*", r"\s*,\s+|\s+"]
    # One comma alone is a decimal sign, unless dots are.
    splitters += [r"\s*,\s*"] if "." in line else []
    for splitter in splitters:
        parts = [part for part in re.split(splitter, line.strip(" ()\t")) if part]
        if len(parts) == 2:
            try:
                return parse_coordinate(parts[0]), parse_coordinate(parts[1])
            except ValueError:
                continue
    return None


def _two_angles(line: str) -> tuple[float, float] | None:
    found = _SEXAGESIMAL.findall(line)
    if len(found) != 2:
        return None
    first, second = map(_degrees, found)
    # A letter that is none of a latitude says that the longitude came first.
    latitude = found[0][3].upper() in ("", "N", "S", "B")
    return (first, second) if latitude else (second, first)


def _degrees(parts: tuple[str, str, str, str]) -> float:
    degrees, minutes, seconds, _ = parts
    rest = float(minutes or 0) / 60 + float((seconds or "0").replace(",", ".")) / 3600
    return int(degrees) + rest


def parse_wkt(text: str) -> list[Shape]:
    """The polygons of a POLYGON or MULTIPOLYGON; ValueError for anything else.

    Rings stay as they are written, so that an open one can be told.
    """
    match = _WKT.fullmatch(text)
    if match is None:
        raise ValueError("no polygon")
    body = re.sub(r"\s+", " ", match[2]).strip()
    polygons = _split(body[1:-1]) if match[1] else [body]
    shapes = [shape_of(map(_ring, _split(part.strip()[1:-1]))) for part in polygons]
    if not shapes:
        raise ValueError("an empty polygon")
    return shapes


def _ring(text: str) -> Iterable[list[float]]:
    points = [point.split() for point in text.strip()[1:-1].split(",")]
    if any(len(point) < 2 for point in points):
        raise ValueError("a corner needs two numbers")
    return [[parse_coordinate(value) for value in point[:2]] for point in points]


def _split(text: str) -> list[str]:
    """What stands in brackets at the top level, brackets included."""
    found, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        if sign == "(":
            start = place if depth == 0 else start
            depth += 1
        elif sign == ")":
            depth -= 1
            if depth == 0:
                found.append(text[start : place + 1])
    if depth or not found:
        raise ValueError("brackets do not match")
    return found
