"""The way of a box as a map: communes around the garden, and the country beside them.

One scale both ways, so that the bar of ten kilometres holds everywhere on it. What
lies outside is shown at the edge where the way leaves, and within the country.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from math import cos, hypot, radians

from flask_babel import gettext as _

from marketplace.domain.admin_units import own_name
from marketplace.services.box_map import BoxMap, Spot
from marketplace.services.chain_map import Point
from marketplace.web.charts import say, tag
from marketplace.web.naming import place_of
from marketplace.web.words import number

WIDE, TALL = 232, 240  # of the communes, of 320 in all
LAND = (242, 78)  # where the country begins, and its width
EDGE = 18
KM = 111.2  # a degree of latitude
LEAST_KM = 20.0  # across, so that a single commune is not blown up
LETTER, BOLD, LINE = 7.0, 8.2, 15.0  # what letters and a line take
BAR_KM = 10
Place = tuple[float, float]  # in the drawing
Box = tuple[float, float, float, float]


class Frame:
    """Degrees to places in a part of the drawing, at one scale both ways."""

    def __init__(self, points: Sequence[Point], left: float, wide: float) -> None:
        norths, easts = zip(*points, strict=True)
        self.slim = cos(radians(sum(norths) / len(norths)))
        across = max((max(easts) - min(easts)) * self.slim * KM, LEAST_KM)
        down = max((max(norths) - min(norths)) * KM, LEAST_KM)
        self.scale = min((wide - 2 * EDGE) / across, (TALL - 2 * EDGE) / down)
        self.middle = (max(norths) + min(norths)) / 2, (max(easts) + min(easts)) / 2
        self.left, self.wide = left, wide

    def at(self, point: Point) -> Place:
        """Where a point lies; outside the frame if it is further away."""
        east = (point[1] - self.middle[1]) * self.slim * KM
        north = (point[0] - self.middle[0]) * KM
        x = self.left + self.wide / 2 + east * self.scale
        return x, TALL / 2 - north * self.scale

    def within(self, start: Place, end: Place) -> float:
        """The part of the way from start to end that lies inside the frame."""
        most = 1.0
        for begin, stop, low, high in (
            (start[0], end[0], self.left + 8, self.left + self.wide - 8),
            (start[1], end[1], 8, TALL - 8),
        ):
            reach = stop - begin
            if reach > 0:
                most = min(most, (high - begin) / reach)
            elif reach < 0:
                most = min(most, (low - begin) / reach)
        return most


def box_map(chart: BoxMap) -> str:
    """The drawing; a list beside it says the same in words."""
    near = [*chart.grown, *([chart.made] if chart.made else [])]
    points = [at for _name, at in chart.communes]
    frame = Frame([*points, *_points(near)], 0, WIDE)
    body = tag("rect", cls="lot", width=WIDE, height=TALL, rx=8)
    body += _province(chart) + _bar(frame)
    body += _ways(chart, frame) + _communes(chart, frame)
    if chart.provinces:
        body += _country(chart)
    return (
        f'<svg class="chart" viewBox="0 0 320 {TALL}" role="img"'
        f' aria-label="{_said(chart)}">{body}</svg>'
    )


def _points(spots: Iterable[Spot]) -> list[Point]:
    return [one.at for one in spots if one.at]


def _line(start: Place, end: Place) -> str:
    ends = {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1]}
    return tag("line", cls="tgt", **{key: f"{to:.0f}" for key, to in ends.items()})


def _dot(cls: str, at: Place, r: float) -> str:
    return tag("circle", cls=cls, cx=f"{at[0]:.0f}", cy=f"{at[1]:.0f}", r=f"{r:g}")


def _dots(places: Iterable[Place], wide: int) -> str:
    """Many small dots as one line of no length each: a third of the letters."""
    way = "".join(f"M{x:.0f} {y:.0f}h0" for x, y in places)
    look = {"stroke": "currentColor", "stroke_linecap": "round", "opacity": ".55"}
    return tag("path", d=way, stroke_width=wide, **look)


def _square(at: Place, side: int) -> str:
    x, y = (f"{to - side / 2:.0f}" for to in at)
    return tag("rect", cls="dem", x=x, y=y, width=side, height=side, rx=2)


def _steps(chart: BoxMap, frame: Frame) -> list[tuple[Place, Place]]:
    """From gardens to the maker, and from there to who has it, up to the edge."""
    start, ways = frame.at(chart.start), []
    if chart.made and chart.made.at:
        house = frame.at(chart.made.at)
        ways = [(frame.at(at), house) for at in _points(chart.grown)]
        start = house
    for at in _points(chart.shelves):
        x, y = frame.at(at)
        part = frame.within(start, (x, y))
        end = start[0] + (x - start[0]) * part, start[1] + (y - start[1]) * part
        ways.append((start, end))
    return ways


def _ways(chart: BoxMap, frame: Frame) -> str:
    steps = _steps(chart, frame)
    held = steps[len(steps) - len(_points(chart.shelves)) :]
    drawn = "".join(_line(*one) for one in steps)
    drawn += "".join(_square(end, 12) for _start, end in held)
    if chart.made and chart.made.at:
        drawn += _dot("c1", frame.at(chart.made.at), 7)
    return drawn + "".join(_dot("sup", frame.at(at), 7) for at in _points(chart.grown))


def _communes(chart: BoxMap, frame: Frame) -> str:
    """A dot for each, and its name where there is room; those of the way first."""
    way = [*chart.grown, *([chart.made] if chart.made else [])]
    marks = {own_name(one.unit.name): frame.at(one.at) for one in way if one.at}
    around = {own_name(name): frame.at(at) for name, at in chart.communes}
    others = {name: at for name, at in around.items() if name not in marks}
    names = Names([*marks.values(), *others.values()], _steps(chart, frame))
    names.taken.append(_bar_box(frame))
    drawn = _dots(others.values(), 6)
    drawn += "".join(names.beside(name, at, "b") for name, at in marks.items())
    return drawn + "".join(names.beside(name, at, "") for name, at in others.items())


class Names:
    """Names beside their dots, each where nothing else stands."""

    def __init__(
        self, dots: Iterable[Place], ways: Iterable[tuple[Place, Place]]
    ) -> None:
        self.taken = [_around(at, 6) for at in dots]
        self.ways = [_around(at, 3) for one in ways for at in _along(*one)]

    def beside(self, name: str, at: Place, cls: str) -> str:
        """The name right or left of its dot; nothing where it has no room.

        Those of the way may stand on its line, where else they would have none.
        """
        wide = len(name) * (BOLD if cls else LETTER)
        lefts = at[0] + 10, at[0] - 10 - wide
        for free, down, left in product(
            (False, True) if cls else (False,), (0, -10, 10, -15, 15), lefts
        ):
            middle = at[1] + down
            box = (left, middle - LINE / 2, left + wide, middle + LINE / 2)
            taken = self.taken if free else [*self.taken, *self.ways]
            inside = left >= 2 and box[2] <= WIDE
            if inside and not any(_meet(box, one) for one in taken):
                self.taken.append(box)
                ends = left < at[0]
                x = f"{left + wide if ends else left:.0f}"
                anchor = "end" if ends else None
                return say(name, x, round(middle) + 4, cls=cls, text_anchor=anchor)
        return ""


def _around(at: Place, reach: float) -> Box:
    return at[0] - reach, at[1] - reach, at[0] + reach, at[1] + reach


def _along(start: Place, end: Place) -> list[Place]:
    """Places on a way, close enough that no name slips between two."""
    (x, y), (to_x, to_y) = start, end
    parts = max(1, round(hypot(to_x - x, to_y - y) / 6))
    shares = [one / parts for one in range(2, parts + 1)]
    return [(x + (to_x - x) * part, y + (to_y - y) * part) for part in shares]


def _meet(one: Box, other: Box) -> bool:
    beside = one[2] <= other[0] or other[2] <= one[0]
    return not beside and one[1] < other[3] and other[1] < one[3]


def _province(chart: BoxMap) -> str:
    """Which one the communes are of, where its name is known."""
    above = chart.grown[0].unit.parent
    name = own_name(above.name) if above else ""
    return say(name, f"{WIDE - 10}", 20, cls="mut", text_anchor="end")


def _bar(frame: Frame) -> str:
    end = 12 + BAR_KM * frame.scale
    low = TALL - 12
    rule = _path(f"M12 {low - 4}v4H{end:.0f}v-4")
    return rule + say(_("%(km)s km", km=BAR_KM), f"{end + 6:.0f}", low)


def _bar_box(frame: Frame) -> Box:
    """What the bar takes with its words."""
    return 12, TALL - 22, 18 + BAR_KM * frame.scale + 5 * LETTER, TALL - 6


def _path(way: str) -> str:
    return tag("path", cls="ax", d=way, fill="none")


def _country(chart: BoxMap) -> str:
    """Provinces as dots, so that a stranger sees where in the country it is."""
    frame = Frame(chart.provinces, *LAND)
    start = frame.at(chart.start)
    drawn = tag("rect", cls="lot", x=LAND[0], width=LAND[1], height=TALL, rx=8)
    middle = f"{LAND[0] + LAND[1] // 2}"
    drawn += say(_("Việt Nam"), middle, 20, cls="mut", text_anchor="middle")
    drawn += _dots((frame.at(at) for at in chart.provinces), 4)
    for at in _points(chart.shelves):
        drawn += _line(start, frame.at(at)) + _square(frame.at(at), 8)
    return drawn + _dot("sup", start, 5)


def far(spot: Spot) -> str:
    """How far a holder is from the first garden, if anybody knows."""
    return "" if spot.km is None else str(_("cách vườn %(km)s km", km=number(spot.km)))


def _said(chart: BoxMap) -> str:
    grown = "; ".join(place_of(one.unit, inside=True) for one in chart.grown)
    held = "; ".join(
        f"{one.name}, {place_of(one.unit, inside=True)}" for one in chart.shelves
    )
    if not held:
        return str(_("Trồng ở %(grown)s", grown=grown))
    return str(_("Trồng ở %(grown)s; đang ở %(held)s", grown=grown, held=held))
