"""A chain as a map: communes and plots where they lie, shelves beside them.

North is up and east is right within the communes; what is sold elsewhere stands in a
column at the right with its distance, so that near places keep apart on a phone.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from marketplace.domain.monitoring import PlaceKind
from marketplace.services.chain_map import ChainMap, Place, Point
from marketplace.web.charts import pct, say, svg, tag
from marketplace.web.tiles import short_name
from marketplace.web.words import number

LEFT, RIGHT = 3.0, 44.0  # per cent of the width that the communes take
SHELF = 66.0
TOP, TALL, ROW = 24, 220, 44  # pixels
LINE, NAME = 14, 24.0  # pixels and per cent that a name takes
LEAST = 0.12  # degrees across, so that one plot is not blown up
CLASSES = {PlaceKind.PLOT: "sup", PlaceKind.PLANT: "c3", PlaceKind.SHELF: "dem"}


class _Frame:
    """Degrees to a place in the drawing."""

    def __init__(self, points: Sequence[Point], height: int) -> None:
        self.height = height
        norths, easts = zip(*points, strict=True)
        self.north, self.west = max(norths), min(easts)
        self.tall = max(self.north - min(norths), LEAST)
        self.wide = max(max(easts) - self.west, LEAST)

    def at(self, point: Point) -> tuple[float, float]:
        x = LEFT + (point[1] - self.west) / self.wide * (RIGHT - LEFT)
        y = TOP + (self.north - point[0]) / self.tall * (self.height - 2 * TOP)
        return x, y


def chain_map(chart: ChainMap) -> str:
    """The drawing; the list beside it says the same in words."""
    height = max(TALL, TOP * 2 + ROW * len(chart.shelves))
    points = [at for _name, at in chart.communes] + [one.at for one in chart.near]
    frame = _Frame(points, height)
    body = _communes(chart, frame) + _ways(chart, frame) + _shelves(chart)
    body += "".join(_mark(one, frame) for one in chart.near)
    return svg("chart", height, _said(chart), body)


def _communes(chart: ChainMap, frame: _Frame) -> str:
    """A dot for each; named at its right where the name has room."""
    drawn, taken = "", [frame.at(one.at) for one in chart.near]
    named = {one.unit for one in chart.near}
    for name, at in chart.communes:
        x, y = frame.at(at)
        drawn += tag("circle", cls="gr ax", cx=pct(x), cy=f"{y:.0f}", r=3)
        if name in named:
            drawn += say(short_name(name), pct(x + 3), y + 4, cls="b")
        elif all(abs(y - up) > LINE or abs(x - side) > NAME for side, up in taken):
            drawn += say(short_name(name), pct(x + 2), y + 4, cls="mut")
            taken.append((x, y))
    return drawn


def _ways(chart: ChainMap, frame: _Frame) -> str:
    """From plots to plants, and from there to every shelf."""
    plots = [one for one in chart.near if one.kind is PlaceKind.PLOT]
    plants = [one for one in chart.near if one.kind is PlaceKind.PLANT]
    drawn = "".join(
        _line(*frame.at(plot.at), *frame.at(plant.at))
        for plot in plots
        for plant in plants
    )
    start = (plants or plots)[0]
    return drawn + "".join(
        _line(*frame.at(start.at), SHELF - 3, _row(place))
        for place in range(len(chart.shelves))
    )


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    ends = {"x1": pct(x1), "y1": f"{y1:.0f}", "x2": pct(x2), "y2": f"{y2:.0f}"}
    return tag("line", cls="tgt", **ends)


def _row(place: int) -> float:
    return TOP + ROW * place + 8


def _shelves(chart: ChainMap) -> str:
    drawn = ""
    for place, one in enumerate(chart.shelves):
        y = _row(place)
        size = {"width": 12, "height": 12, "rx": 2}
        drawn += tag("rect", cls="dem", x=pct(SHELF - 3), y=f"{y - 6:.0f}", **size)
        drawn += say(one.name, pct(SHELF + 2), y + 1, cls="b")
        drawn += say(_far(one), pct(SHELF + 2), y + 16, cls="mut num")
    return drawn


def _far(one: Place) -> str:
    return str(_("%(km)s km", km=number(one.km or 0)))


def _mark(one: Place, frame: _Frame) -> str:
    x, y = frame.at(one.at)
    return tag("circle", cls=CLASSES[one.kind], cx=pct(x), cy=f"{y:.0f}", r=7)


def _said(chart: ChainMap) -> str:
    grown = ", ".join(one.unit for one in chart.near)
    sold = ", ".join(f"{one.name} {_far(one)}" for one in chart.shelves)
    places = {"grown": grown, "sold": sold or "–"}
    return str(_("Trồng và sơ chế ở %(grown)s; bán ở %(sold)s", **places))
