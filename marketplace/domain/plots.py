"""Outlines of plots: corners in degrees of WGS 84, and the usual faults of them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from marketplace.domain.errors import N_
from marketplace.domain.findings import Finding
from marketplace.domain.formats import format_number
from marketplace.domain.words import Severity

Point = tuple[float, float]
"""Longitude, latitude: the order of GeoJSON, KML and WKT."""
Ring = tuple[Point, ...]

SWAPPED = "plot.swapped"
METRES = "plot.metres"
DIGITS = 7  # of a degree: a centimetre on the ground

# VN-2000 gives metres: northings of the country, and eastings around 500 km.
_NORTHING = (800_000, 2_700_000)
_EASTING = (100_000, 1_100_000)


@dataclass(frozen=True)
class Shape:
    """A polygon: its outer ring and its holes; each ring ends where it begins."""

    outer: Ring
    holes: tuple[Ring, ...] = ()

    @property
    def rings(self) -> tuple[Ring, ...]:
        return (self.outer, *self.holes)

    @property
    def points(self) -> list[Point]:
        return [point for ring in self.rings for point in ring]

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """West, south, east, north, in degrees."""
        east, north = zip(*self.points, strict=True)
        return min(east), min(north), max(east), max(north)

    def swapped(self) -> Shape:
        """With latitude and longitude in each other's place."""
        rings = [tuple((y, x) for x, y in ring) for ring in self.rings]
        return Shape(rings[0], tuple(rings[1:]))


@dataclass(frozen=True)
class PlotLimits:
    """What a plot may be: within these degrees, so large, of so many corners."""

    west: float
    south: float
    east: float
    north: float
    least_m2: int
    most_ha: int
    most_corners: int
    duplicate_pct: int
    overlap_m2: int
    tolerance_pct: int

    def holds(self, point: Point) -> bool:
        east, north = point
        return self.west <= east <= self.east and self.south <= north <= self.north


def closed(points: Sequence[Point]) -> Ring:
    """The corners as a ring that ends where it begins, none twice in a row."""
    kept: list[Point] = []
    for east, north in points:
        point = (round(east, DIGITS), round(north, DIGITS))
        if not kept or kept[-1] != point:
            kept.append(point)
    if kept and kept[0] != kept[-1]:
        kept.append(kept[0])
    return tuple(kept)


def tidied(shape: Shape) -> Shape:
    """Rounded to a centimetre, without corners that repeat the one before."""
    return replace(
        shape, outer=closed(shape.outer), holes=tuple(map(closed, shape.holes))
    )


def check_shape(shape: Shape, limits: PlotLimits) -> list[Finding]:
    """The first fault of the corners themselves, before anything is measured."""
    points = shape.points
    if not all(math.isfinite(value) for point in points for value in point):
        return [_fault("plot.number", N_("Có tọa độ không phải là số"))]
    if len(points) > limits.most_corners + len(shape.rings):
        message = N_("Thửa có hơn %(most)s góc. Bớt góc trên đường thẳng rồi gửi lại")
        return [_fault("plot.corners", message, most=limits.most_corners)]
    return _check_place(points, limits) or _check_rings(shape)


def _check_place(points: Sequence[Point], limits: PlotLimits) -> list[Finding]:
    if any(map(_in_metres, points)):
        message = N_(
            "Đây là tọa độ VN-2000 tính bằng mét. Chuyển sang WGS 84 tính bằng độ, "
            "ví dụ 21,0571 103,7453"
        )
        return [_fault(METRES, message)]
    if all(map(limits.holds, points)):
        return []
    if all(limits.holds((north, east)) for east, north in points):
        message = N_("Vĩ độ và kinh độ bị đổi chỗ cho nhau")
        return [_fault(SWAPPED, message)]
    number = next(i for i, one in enumerate(points, 1) if not limits.holds(one))
    message = N_("Góc %(number)s nằm ngoài địa bàn tỉnh")
    return [_fault("plot.outside", message, number=number)]


def _check_rings(shape: Shape) -> list[Finding]:
    for ring in shape.rings:
        if not ring or ring[0] != ring[-1]:
            message = N_("Vòng chưa khép: góc cuối phải trùng góc đầu")
            return [_fault("plot.unclosed", message)]
    for ring in map(closed, shape.rings):
        if len(ring) < 4 or len(set(ring)) < 3:
            message = N_("Thửa cần ít nhất 3 góc khác nhau")
            return [_fault("plot.few", message)]
    return []


def check_size(measured_ha: Decimal, limits: PlotLimits) -> list[Finding]:
    """A plot is neither nothing nor a whole commune."""
    if measured_ha * 10_000 < limits.least_m2:
        message = N_("Thửa nhỏ hơn %(least)s m2, xem lại các góc")
        return [_fault("plot.small", message, least=limits.least_m2)]
    if measured_ha > limits.most_ha:
        message = N_("Thửa đo được %(found)s ha, lớn hơn %(most)s ha, xem lại các góc")
        found = format_number(measured_ha, places=1)
        return [_fault("plot.large", message, found=found, most=limits.most_ha)]
    return []


def check_declared(
    declared_ha: Decimal | None,
    measured_ha: Decimal,
    tolerance_pct: int,
    field: str = "declared",
) -> list[Finding]:
    """A warning where what is declared differs from what is measured by too much."""
    if declared_ha is None or within(declared_ha, measured_ha, tolerance_pct):
        return []
    message = N_("Khai %(declared)s ha, đo được %(measured)s ha, lệch hơn %(pct)s%%")
    params: dict[str, object] = {
        "declared": format_number(declared_ha),
        "measured": format_number(measured_ha, places=2),
        "pct": tolerance_pct,
    }
    return [Finding("plot.declared", Severity.WARNING, message, params, field)]


def within(declared_ha: Decimal, measured_ha: Decimal, tolerance_pct: int) -> bool:
    """Whether both differ by no more than so many per cent of the declared."""
    return abs(declared_ha - measured_ha) * 100 <= declared_ha * tolerance_pct


def to_geojson(shape: Shape) -> str:
    """The polygon as it is stored: GeoJSON, longitude before latitude."""
    rings = [[list(point) for point in ring] for ring in shape.rings]
    return json.dumps({"type": "Polygon", "coordinates": rings}, separators=(",", ":"))


def from_geojson(text: str) -> Shape:
    """A stored polygon."""
    return shape_of(json.loads(text)["coordinates"])


def shape_of(rings: Iterable[Iterable[Sequence[float]]]) -> Shape:
    """Rings of coordinates, of which only the first two count, as a polygon."""
    outer, *holes = (tuple((p[0], p[1]) for p in ring) for ring in rings)
    return Shape(outer, tuple(holes))


def limits_of(*rules: Mapping[str, object]) -> PlotLimits:
    """The limits out of the parameters of the dated rules `plot.*`."""
    return PlotLimits(**{k: v for rule in rules for k, v in rule.items()})  # type: ignore[arg-type]


def _in_metres(point: Point) -> bool:
    return any(
        _EASTING[0] <= abs(one) <= _EASTING[1]
        and _NORTHING[0] <= abs(other) <= _NORTHING[1]
        for one, other in (point, point[::-1])
    )


def _fault(code: str, message: str, **params: object) -> Finding:
    return Finding(code, Severity.ERROR, message, params, "corners")
