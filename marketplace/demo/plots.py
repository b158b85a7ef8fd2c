"""Invented plots of the two cooperatives with names: together what they declare.

A row of fields along the river beside the middle of the commune. The last one takes
what is left, so that the sum stays within the tolerance of the rule.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import partial

from marketplace.demo.cooperatives import FAMOUS
from marketplace.demo.diary import Diary, World
from marketplace.demo.gardens import Garden, Gardens
from marketplace.domain.actor import Actor
from marketplace.domain.commands_plots import SavePlot
from marketplace.domain.plots import Point, Shape, closed
from marketplace.domain.words_plots import PlotSource
from marketplace.services.areas import access_area
from marketplace.services.plot_views import middle_of
from marketplace.services.plots import save_plot

WALKED_AGO = 240  # days
DEGREE = 111_320  # metres of a degree of latitude
LANE, OVERLAP = 12, 8  # metres
SHARES = (19, 13, 22, 16, 18, 12)  # per cent of the garden
_VILLAGES = ("bản Mo", "bản Púng", "bản Nà Hin", "bản Hưng Mai", "bản Cang", "bờ sông")
# Where the gardens of one cooperative begin, in metres east and north of its middle.
_STARTS = {"longan": (-1_500, 300), "mango": (-1_200, -900), "pomelo": (200, -1_900)}


def note_plots(world: World, diary: Diary, gardens: Gardens) -> None:
    """All plots of both, drawn on one day."""
    for place, short in enumerate(FAMOUS):
        for garden in gardens[short]:
            deed = partial(_draw, world, short, garden, place)
            diary.note(world.day(WALKED_AGO), deed)


def _draw(world: World, short: str, garden: Garden, place: int, day: date) -> None:
    who: Actor = world.actors[short]
    session, public_id = world.session, world.gardens[short, garden.product]
    middle = middle_of(session, access_area(session, who, public_id), day)
    shapes = _fields(garden, middle, place)
    for number, (shape, share) in enumerate(shapes, start=1):
        command = SavePlot(
            f"Thửa {number}, {_VILLAGES[number - 1]}",
            shape,
            declared_ha=share,
            source=PlotSource.WALKED if number % 2 else PlotSource.DRAWN,
        )
        save_plot(session, who, public_id, command, today=day)


def _fields(
    garden: Garden, middle: Point, place: int
) -> Iterator[tuple[Shape, Decimal]]:
    """Slanting fields side by side, each of its share of the declared hectares."""
    x, y = _STARTS[garden.product]
    x, y = x + place * 5_000, y + place * 4_000
    for number, share in enumerate(SHARES, start=1):
        hectares = garden.hectares * share / 100
        deep = 380 if garden.product == "longan" else 300
        wide = float(hectares) * 10_000 / deep
        yield _field(middle, x, y, wide, deep), hectares
        # Two households drew the lane between them as their own.
        overlaps = place == 1 and garden.product == "longan" and number == 3
        x += int(wide) + (-OVERLAP if overlaps else LANE)


def _field(middle: Point, x: float, y: float, wide: float, deep: float) -> Shape:
    """A slanting field of exactly this width and depth, as metres on the ground."""
    lean = 40.0
    flat = ((0, 0), (wide, 0), (wide + lean, deep), (lean, deep))
    east = DEGREE * math.cos(math.radians(middle[1]))
    points = [
        (middle[0] + (x + dx) / east, middle[1] + (y + dy) / DEGREE) for dx, dy in flat
    ]
    return Shape(closed(points))
