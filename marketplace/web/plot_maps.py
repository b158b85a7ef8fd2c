"""Maps of plots without a tile server: outlines, communes and a scale, as numbers.

A map is 640 by 480 units; east and north of its middle are turned into them with the
length of a degree there, which over a few kilometres is true to a thousandth.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from marketplace.domain.plots import Point, Ring, Shape, from_geojson

if TYPE_CHECKING:
    from models.plots import Plot

WIDTH, HEIGHT = 640, 480
LEAST_METRES = 200  # a map of a single small plot still shows its surroundings
MARGIN = 1.25
LETTER = 12  # units that a letter takes on a telephone
DEGREE = 111_320  # metres of a degree of latitude
_ROUND = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)


@dataclass(frozen=True)
class View:
    """The middle of a map in degrees, and how many metres a unit of it is."""

    east: float
    north: float
    metres: float

    @property
    def degree_east(self) -> float:
        """Metres of a degree of longitude here."""
        return DEGREE * math.cos(math.radians(self.north))

    def place(self, point: Point) -> tuple[float, float]:
        """Where a point lies on the map."""
        x = WIDTH / 2 + (point[0] - self.east) * self.degree_east / self.metres
        y = HEIGHT / 2 - (point[1] - self.north) * DEGREE / self.metres
        return round(x, 1), round(y, 1)

    @property
    def scale(self) -> tuple[int, float]:
        """A round length in metres, and how long it is on the map."""
        length = max([one for one in _ROUND if one <= 200 * self.metres], default=10)
        return length, round(length / self.metres, 1)


@dataclass(frozen=True)
class Outline:
    """A plot on a map; `tone` says which kind: own, new, beside or bad."""

    name: str
    path: str
    rings: str
    middle: Point
    x: float
    y: float
    tone: str = "own"
    url: str = ""


@dataclass(frozen=True)
class PlotMap:
    """All that a drawing shows."""

    view: View
    outlines: Sequence[Outline]
    places: Sequence[tuple[str, float, float, float, float]] = field(default=())


@dataclass(frozen=True)
class Drawn:
    """What is to be drawn: an outline in degrees, its name, tone and address."""

    shape: Shape
    name: str
    tone: str = "own"
    url: str = ""


def drawn_plots(plots: Iterable[Plot], tone: str = "own") -> list[Drawn]:
    """Stored plots as they are drawn."""
    return [Drawn(from_geojson(one.shape), one.name, tone) for one in plots]


def plot_map(
    drawn: Sequence[Drawn],
    middle: Point,
    communes: Iterable[tuple[str, Point]] = (),
    around: Sequence[Drawn] = (),
) -> PlotMap:
    """A map that shows all of `drawn` with what lies `around`, or else the middle."""
    view = view_of([p for one in drawn for p in one.shape.points], middle)
    outlines = [_outline(one, view) for one in (*around, *drawn)]
    places = [(name, *point, *view.place(point)) for name, point in communes]
    return PlotMap(view, outlines, places)


def view_of(points: Sequence[Point], middle: Point, least: float = 600) -> View:
    """The view in which all these points are; without any, of 2 km in the middle."""
    if not points:
        return View(*middle, 2_000 / WIDTH)
    easts, norths = zip(*points, strict=True)
    east, north = (min(easts) + max(easts)) / 2, (min(norths) + max(norths)) / 2
    wide = (max(easts) - min(easts)) * DEGREE * math.cos(math.radians(north))
    high = (max(norths) - min(norths)) * DEGREE
    metres = max(wide / WIDTH, high / HEIGHT, least / WIDTH / MARGIN) * MARGIN
    return View(east, north, metres)


def _outline(one: Drawn, view: View) -> Outline:
    middle = _middle(one.shape.outer)
    x, y = view.place(middle)
    return Outline(
        name=_fitting(one, view),
        path=" ".join(_path(ring, view) for ring in one.shape.rings),
        rings=";".join(" ".join(f"{e},{n}" for e, n in r) for r in one.shape.rings),
        middle=middle,
        x=x,
        y=y,
        tone=one.tone,
        url=one.url,
    )


def _fitting(one: Drawn, view: View) -> str:
    """The name where there is room for it, else the number in it, else nothing."""
    west, _south, east, _north = one.shape.extent
    wide = (east - west) * view.degree_east / view.metres
    if len(one.name) * LETTER <= wide:
        return one.name
    number = re.search(r"[0-9]+", one.name)
    return number[0] if number and len(number[0]) * LETTER <= wide else ""


def _path(ring: Ring, view: View) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in map(view.place, ring[:-1])) + "Z"


def _middle(ring: Ring) -> Point:
    easts, norths = zip(*ring, strict=True)
    return (min(easts) + max(easts)) / 2, (min(norths) + max(norths)) / 2
