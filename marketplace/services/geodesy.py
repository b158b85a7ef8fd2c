"""Land measured on the ellipsoid: areas, unions and overlaps of plots.

Sets are formed in degrees, where an edge of a plot is straight; only what comes out
is measured, on WGS 84 as geodesics. On a plot of a kilometre the two ways of drawing
an edge lie less than a millimetre apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

import shapely
from pyproj import Geod

from marketplace.domain.errors import N_
from marketplace.domain.findings import Finding
from marketplace.domain.plots import Shape
from marketplace.domain.words import Severity

PLACES = Decimal("0.0001")  # a square metre
_FINE = Decimal("0.00000001")
Extent = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""


def polygon_of(shape: Shape) -> shapely.Polygon:
    """The shape as the library knows it."""
    return shapely.Polygon(shape.outer, shape.holes)


def fault_of(shape: Shape) -> Finding | None:
    """Why the outline encloses no land, if it does not: it crosses itself."""
    polygon = polygon_of(shape)
    if shapely.convex_hull(polygon).area == 0:
        return _fault("plot.flat", N_("Các góc nằm trên một đường, không có diện tích"))
    reason = shapely.is_valid_reason(polygon)
    if reason == "Valid Geometry":
        return None
    if "Hole" in reason or "Nested" in reason or "Interior" in reason:
        return _fault("plot.hole", N_("Phần khoét nằm ngoài thửa hoặc cắt ranh thửa"))
    return _fault(
        "plot.crossed", N_("Ranh thửa tự cắt nhau. Đi quanh thửa theo thứ tự")
    )


def _fault(code: str, message: str) -> Finding:
    return Finding(code, Severity.ERROR, message, {}, "corners")


def measure_ha(shape: Shape) -> Decimal:
    """Hectares of one plot, to the square metre."""
    return hectares_of(polygon_of(shape))


def union_ha(shapes: Iterable[Shape]) -> Decimal:
    """Hectares that these plots cover together; shared land counts once."""
    return hectares_of(shapely.union_all([polygon_of(one) for one in shapes]))


def overlap_ha(one: Shape, other: Shape) -> Decimal:
    """Hectares that two plots share."""
    return hectares_of(shapely.intersection(polygon_of(one), polygon_of(other)))


def touching(extents: Sequence[Extent]) -> set[int]:
    """Places in the list of those extents that meet another."""
    return {one for pair in meeting(extents) for one in pair}


def meeting(extents: Sequence[Extent]) -> list[tuple[int, int]]:
    """Pairs of places in the list whose extents meet, the lower place first."""
    if not extents:
        return []
    boxes = [shapely.box(*one) for one in extents]
    pairs = shapely.STRtree(boxes).query(boxes)
    return [(int(one), int(other)) for one, other in pairs.T if one < other]


def cut_up(shapes: Sequence[Shape]) -> dict[frozenset[int], Decimal]:
    """Hectares by which of the shapes (places in the list) lie over the land.

    Much finer than a square metre, so that sums of what was cut stay exact.
    """
    polygons = [polygon_of(one) for one in shapes]
    lines = shapely.union_all([shapely.boundary(one) for one in polygons])
    found: dict[frozenset[int], Decimal] = {}
    for face in shapely.get_parts(shapely.polygonize([lines])):
        inside = shapely.contains(polygons, shapely.point_on_surface(face))
        over = frozenset(int(place) for place in inside.nonzero()[0])
        if over:
            hectares = (Decimal(_square_metres(face)) / 10_000).quantize(_FINE)
            found[over] = found.get(over, Decimal(0)) + hectares
    return found


def likeness_pct(one: Shape, other: Shape) -> int:
    """How much of what both cover together they share, in per cent."""
    both = union_ha((one, other))
    return int(overlap_ha(one, other) * 100 / both) if both else 0


def hectares_of(geometry: Any) -> Decimal:
    """Hectares of the polygons of a geometry; lines and points have none."""
    area = sum(map(_square_metres, _polygons(geometry)))
    return (Decimal(area) / 10_000).quantize(PLACES, ROUND_HALF_UP)


def _square_metres(polygon: Any) -> float:
    turned = shapely.orient_polygons(polygon)
    area, _length = _ellipsoid().geometry_area_perimeter(turned)
    return abs(float(area))


def _polygons(geometry: Any) -> Sequence[Any]:
    parts = shapely.get_parts(geometry)
    return [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]


@lru_cache(maxsize=1)
def _ellipsoid() -> Geod:
    return Geod(ellps="WGS84")
