"""Plots of a KML file, or of the one inside a KMZ."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any
from zlib import error as ZipError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from marketplace.domain.errors import N_, Refused
from marketplace.domain.plot_rows import NO_POLYGON, FilePlot, plots_named
from marketplace.domain.plot_text import parse_coordinate
from marketplace.domain.plots import Point, Shape, shape_of

BROKEN = N_("Tệp KML hỏng, xuất lại từ phần mềm bản đồ")
UNSAFE = N_("Tệp KML có khai báo thực thể, không nhận. Xuất lại từ phần mềm bản đồ")
NO_PACKAGE = N_("Tệp KMZ hỏng hoặc bung ra quá lớn")
MOST_UNPACKED = 5_000_000
MOST_PARTS = 200


def read_kml(data: bytes, field: str = "file") -> list[FilePlot]:
    """The plots of the placemarks; one without a polygon says so in its row."""
    try:
        root = fromstring(data, forbid_dtd=True)
        return [one for mark in _all(root, "Placemark") for one in _plots(mark)]
    except DefusedXmlException:
        raise Refused(UNSAFE, field) from None
    except (ParseError, ValueError, RecursionError):
        raise Refused(BROKEN, field) from None


def read_kmz(data: bytes, field: str = "file") -> list[FilePlot]:
    """The KML inside; never more is unpacked than a KML may have."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            inside = [p for p in parts if p.filename.lower().endswith(".kml")]
            if not inside or len(parts) > MOST_PARTS:
                raise Refused(NO_PACKAGE, field)
            with package.open(inside[0]) as stream:
                body = stream.read(MOST_UNPACKED + 1)
    except (
        zipfile.BadZipFile,
        ValueError,
        NotImplementedError,
        RuntimeError,
        ZipError,
    ):
        raise Refused(NO_PACKAGE, field) from None
    if len(body) > MOST_UNPACKED:
        raise Refused(NO_PACKAGE, field)
    return read_kml(body, field)


def _plots(mark: Any) -> list[FilePlot]:
    words = dict(_words(mark))
    shapes = [shape_of(_rings(polygon)) for polygon in _all(mark, "Polygon")]
    return plots_named(words, shapes or [None], "" if shapes else NO_POLYGON)


def _words(mark: Any) -> Iterator[tuple[str, str]]:
    for child in mark:
        if _tag(child) == "name":
            yield "name", child.text or ""
    for data in _all(mark, "Data"):
        value = next((one.text or "" for one in _all(data, "value")), "")
        yield data.get("name", ""), value
    for data in _all(mark, "SimpleData"):
        yield data.get("name", ""), data.text or ""


def _rings(polygon: Any) -> list[list[Point]]:
    outer = [ring for part in _all(polygon, "outerBoundaryIs") for ring in _ring(part)]
    inner = [ring for part in _all(polygon, "innerBoundaryIs") for ring in _ring(part)]
    if len(outer) != 1:
        raise ValueError("a polygon has one outer ring")
    return [*outer, *inner]


def _ring(part: Any) -> list[list[Point]]:
    return [_points(one.text or "") for one in _all(part, "coordinates")]


def _points(text: str) -> list[Point]:
    points = []
    for word in text.split():
        numbers = [parse_coordinate(number) for number in word.split(",")[:2]]
        points.append((numbers[0], numbers[1]) if len(numbers) == 2 else _broken())
    return points


def _broken() -> Point:
    raise ValueError("a corner needs two numbers")


def _all(root: Any, name: str) -> Iterator[Any]:
    """Elements of this name at any depth, whatever their namespace."""
    return (one for one in root.iter() if _tag(one) == name)


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


__all__ = ["Shape", "read_kml", "read_kmz"]
