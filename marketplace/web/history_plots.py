"""Published numbers as squares beside counted ones as a line, over the years."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from marketplace.web.charts import Number, pct, say, svg, tag
from marketplace.web.plots import grid

Point = tuple[float, Number]


def beside(
    published: Sequence[Point],
    counted: Sequence[Point],
    ticks: Sequence[tuple[float, str]],
    high: Number,
    step: Number,
    height: int = 210,
    aria: str = "",
) -> str:
    """Points are (place on the axis of time in per cent, number)."""
    left, right, top, base = 8, 6, 18, height - 28
    wide, scale = 100 - left - right, (base - top) / (high or 1)

    def at(point: Point) -> tuple[str, float]:
        return pct(left + point[0] / 100 * wide), base - float(point[1]) * scale

    body = grid(left, right, high, step, top, base)
    for place, words in ticks:
        x = pct(left + place / 100 * wide)
        body += say(words, x, base + 19, text_anchor="middle")
    for point in published:
        x, y = at(point)
        body += tag(
            "rect", cls="dem", x=x, y=f"{y - 5:.1f}", width=10, height=10,
            transform="translate(-5 0)",
        )  # fmt: skip
        body += say(f"{point[1]:g}", x, y - 10, cls="num", text_anchor="middle")
    return svg(
        "chart", height, aria, body + _line([at(one) for one in counted], counted)
    )


def _line(places: Sequence[tuple[str, float]], counted: Sequence[Point]) -> str:
    body = ""
    for (x1, y1), (x2, y2) in pairwise(places):
        body += tag("line", cls="role-ln", x1=x1, y1=f"{y1:.1f}", x2=x2, y2=f"{y2:.1f}")
    for (x, y), (_, number) in zip(places, counted, strict=True):
        body += tag("circle", cls="role", cx=x, cy=f"{y:.1f}", r=4)
        body += say(f"{number:g}", x, y + 18, cls="b num", text_anchor="middle")
    return body
