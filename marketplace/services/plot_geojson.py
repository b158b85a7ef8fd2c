"""Plots of a GeoJSON file (RFC 7946)."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from marketplace.domain.errors import N_, Refused
from marketplace.domain.plot_rows import NO_POLYGON, FilePlot, plots_named
from marketplace.domain.plots import Shape, shape_of

BROKEN = N_("Tệp GeoJSON hỏng, xuất lại từ phần mềm bản đồ")
OTHER_SYSTEM = N_(
    "Tệp ghi hệ tọa độ %(name)s. Xuất lại theo WGS 84 (EPSG:4326) tính bằng độ"
)
_WGS84 = re.compile(r"(CRS84|EPSG:+4326|WGS ?84)$", re.IGNORECASE)
DEEPEST = 20  # brackets within brackets; a polygon needs six


def read_geojson(data: bytes, field: str = "file") -> list[FilePlot]:
    """The plots of the features; one without a polygon says so in its row."""
    try:
        found = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse_number)
        _check_system(found, field)
        return [one for feature in _features(found) for one in _plots(feature)]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Refused(BROKEN, field) from None


def _refuse_number(name: str) -> float:
    """NaN and Infinity are no JSON, though some programs write them."""
    raise ValueError(f"{name} is no number")


def _check_system(found: Mapping[str, Any], field: str) -> None:
    """Old files name their system of coordinates; one in metres is told at once."""
    system = (found.get("crs") or {}).get("properties", {}).get("name", "")
    if system and not _WGS84.search(str(system)):
        raise Refused(OTHER_SYSTEM, field, name=str(system)[:60])


def _features(found: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    kind = found["type"]
    if kind == "FeatureCollection":
        return list(found["features"])
    return [found] if kind == "Feature" else [{"geometry": found}]


def _plots(feature: Mapping[str, Any]) -> list[FilePlot]:
    words = {
        _text(key): _text(value)
        for key, value in (feature.get("properties") or {}).items()
        if isinstance(value, str | int | float)
    }
    shapes = list(_shapes(feature.get("geometry") or {"type": ""}))
    if not shapes:
        return plots_named(words, [None], NO_POLYGON)
    return plots_named(words, shapes)


def _text(value: str | float) -> str:
    """A number with the decimal sign that people here read."""
    if not isinstance(value, str):
        return str(value).replace(".", ",")
    value.encode()  # half of a pair of surrogates is no text: ValueError
    return value


def _shapes(geometry: Mapping[str, Any], depth: int = 0) -> Iterable[Shape]:
    kind = geometry["type"]
    if kind == "Polygon":
        yield _shape(geometry["coordinates"])
    elif kind == "MultiPolygon":
        yield from map(_shape, geometry["coordinates"])
    elif kind == "GeometryCollection" and depth < DEEPEST:
        for part in geometry["geometries"]:
            yield from _shapes(part, depth + 1)


def _shape(rings: Any) -> Shape:
    numbers = [[[float(one) for one in point[:2]] for point in ring] for ring in rings]
    corners = [point for ring in numbers for point in ring]
    if not corners or any(len(point) < 2 for point in corners):
        raise ValueError("a corner needs two numbers")
    if not all(math.isfinite(one) for point in corners for one in point):
        raise ValueError("a corner is at a finite place")  # 1e400 is none
    return shape_of(numbers)
