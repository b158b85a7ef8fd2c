"""Charts with an axis of amounts: columns, lines and bars against targets."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

from marketplace.web.charts import Number, pct, say, svg, tag, upright

Column = tuple[str, str, Number, Number]
MOST_LEVELS = 10  # more lines than that are a grey field, and nobody reads them


def grid(
    left: Number, right: Number, high: Number, step: Number, top: Number, base: Number
) -> str:
    """Level lines with their amounts, from nought up.

    `step` is the closest that they lie; where the amounts are large they lie wider.
    """
    body, step = "", wide_enough(step, high)
    level: Number = 0
    while step > 0 and level <= high:
        y = base - level / high * (base - top)
        body += tag(
            "line",
            cls="gr",
            x1=pct(left),
            x2=pct(100 - right),
            y1=f"{y:.1f}",
            y2=f"{y:.1f}",
        )
        body += say(
            f"{level:g}", pct(left - 1.5), y + 4, cls="mut num", text_anchor="end"
        )
        level += step
    return body


def wide_enough(step: Number, high: Number) -> Number:
    """The step once, twice, five times, ten times..., so that the levels stay few."""
    wider = cycle((2, 2.5, 2))
    while step > 0 and high / step > MOST_LEVELS:
        step = step * next(wider)
    return step


def cols(
    data: Sequence[Column],
    high: Number,
    step: Number,
    unit: str = "",
    height: int = 220,
    aria: str = "",
) -> str:
    """Supply as columns, demand as a tick over them, what lacks as a dashed box.

    data: (label, second label, supply, demand), in the unit of `high`.
    """
    left, top, base = 9, 14, height - 44
    wide = (100 - left) / max(len(data), 1)
    body = grid(left, 0, high, step, top, base)
    for i, column in enumerate(data):
        body += _column(column, left + i * wide, wide, (base - top) / high, base)
    body += tag("line", cls="ax", x1=pct(left), x2="100%", y1=base, y2=base)
    if unit:
        body += say(unit, pct(left - 1.5), height - 4, cls="mut", text_anchor="end")
    return svg("chart", height, aria, body)


def _column(column: Column, x: float, wide: float, scale: float, base: Number) -> str:
    label, second, supply, demand = column
    top, tick = base - supply * scale, base - demand * scale
    at, width = x + wide * 0.18, wide * 0.64
    body = _box("sup", at, width, top, base - top, rx=3)
    if demand > supply:
        body += _box("gap", at, width, tick, top - tick)
    body += _box("dem", x + wide * 0.08, wide * 0.84, tick - 2, 4.5, rx=2)
    return body + _under(label, second, pct(x + wide / 2), base)


def _box(
    classes: str,
    x: float,
    width: float,
    top: Number,
    height: Number,
    rx: Number | None = None,
) -> str:
    return tag(
        "rect",
        cls=classes,
        x=pct(x),
        width=pct(width),
        y=f"{top:.1f}",
        height=f"{height:.1f}",
        rx=rx,
    )


def _under(label: str, second: str, middle: str, base: Number) -> str:
    # Five periods do not fit beside each other on a phone; their words do in two lines.
    above, _, below = label.partition(" ")
    body = say(above, middle, base + 17, text_anchor="middle")
    if not (second or below):
        return body
    bold = "b" if second else ""
    return body + say(
        second or below, middle, base + 35, cls=bold, text_anchor="middle"
    )


def line(
    values: Sequence[Number],
    labels: Sequence[str],
    high: Number,
    target: Number | None = None,
    target_label: str = "",
    height: int = 190,
    aria: str = "",
    step: Number = 10,
) -> str:
    """A trend with every point named; the target is a dashed level."""
    left, right, top, base = 7, 10, 16, height - 28
    wide = 100 - left - right
    scale = (base - top) / (high or 1)
    ys = [base - value * scale for value in values]
    gap = max(len(values) - 1, 1)
    body = grid(left, right, high, step, top, base) + _trend(ys, left, wide, height)
    level = None if target is None else base - target * scale
    if level is not None:
        body += _target(left, right, level, target_label)
    for i, (value, label) in enumerate(zip(values, labels, strict=True)):
        x = pct(left + i * wide / gap)
        classes = "b num" if i == len(values) - 1 else "num"
        body += tag("circle", cls="role", cx=x, cy=f"{ys[i]:.1f}", r=4)
        body += say(label, x, base + 19, text_anchor="middle")
        y = _clear(ys[i], level)
        body += say(f"{value:g}", x, y, text_anchor="middle", cls=classes)
    return svg("chart", height, aria, body)


def _trend(ys: Sequence[float], left: Number, wide: Number, height: int) -> str:
    gap = max(len(ys) - 1, 1)
    path = "M" + "L".join(f"{i * 1000 / gap:.0f} {y:.1f}" for i, y in enumerate(ys))
    return (
        f'<svg x="{left}%" width="{wide}%" height="{height}"'
        f' viewBox="0 0 1000 {height}" preserveAspectRatio="none"'
        f' overflow="visible">'
        f'<path class="role-ln" d="{path}" vector-effect="non-scaling-stroke"/></svg>'
    )


def _target(left: Number, right: Number, y: float, label: str) -> str:
    level = tag(
        "line",
        cls="tgt",
        x1=pct(left),
        x2=pct(100 - right),
        y1=f"{y:.1f}",
        y2=f"{y:.1f}",
    )
    return level + say(label, pct(left + 0.5), y - 6, cls="mut")


def _clear(y: float, level: float | None) -> float:
    """Above its point, or below where the target's line would cross it."""
    crossed = level is not None and 0 < y - level < 26
    return y + 19 if crossed else y - 10


def span(
    points: Sequence[tuple[Number, Number, Number]],
    high: Number,
    step: Number,
    ticks: Sequence[tuple[Number, str]] = (),
    named: tuple[str, str] = ("", ""),
    height: int = 190,
    aria: str = "",
) -> str:
    """From low to high over time as a band, the last low and high named.

    points: (place, low, high) in order; ticks: (place, day); places are per cent
    of the time, amounts in the unit of `high`.
    """
    left, right, top, base = 9, 15, 16, height - 28
    wide, scale = 100 - left - right, (base - top) / (high or 1)
    edges = [(at, base - up * scale, base - low * scale) for at, low, up in points]
    body = grid(left, right, high, step, top, base) + _strip(edges, left, wide, height)
    for place, words in ticks:
        x = pct(left + place * wide / 100)
        body += say(words, x, base + 19, text_anchor="middle")
    at, upper, lower = edges[-1]
    body += upright("role-ln", left + at * wide / 100, upper, lower)
    # Two prices close to each other still stand one over the other.
    apart = max(0.0, 15 - (lower - upper)) / 2
    ends = zip(named, (lower + apart, upper - apart), strict=True)
    for words, y in ends:
        body += say(words, pct(100 - right), y + 4, cls="b num", dx=6)
    return svg("chart", height, aria, body)


def _strip(
    edges: Sequence[tuple[Number, float, float]],
    left: Number,
    wide: Number,
    height: int,
) -> str:
    upper = "L".join(f"{at * 10:.0f} {y:.1f}" for at, y, _ in edges)
    lower = "L".join(f"{at * 10:.0f} {y:.1f}" for at, _, y in reversed(edges))
    return (
        f'<svg x="{left}%" width="{wide}%" height="{height}"'
        f' viewBox="0 0 1000 {height}" preserveAspectRatio="none"'
        f' overflow="visible">{tag("path", cls="mk", d=f"M{upper}L{lower}z")}'
        f"{tag('path', cls='ax', d=f'M{upper}', fill='none', vector_effect='non-scaling-stroke')}"
        f"{tag('path', cls='ax', d=f'M{lower}', fill='none', vector_effect='non-scaling-stroke')}</svg>"
    )


def bullet(
    rows: Sequence[tuple[str, Number, Number | None]],
    high: Number,
    aria: str = "",
) -> str:
    """One bar a row against its target, the black tick; label, value, target."""
    left, wide, tall = 29, 57, 38
    body = ""
    for i, (label, value, target) in enumerate(rows):
        y = i * tall
        body += say(label, "0", y + 22)
        body += tag(
            "rect", cls="q0", x=pct(left), width=pct(wide), y=y + 9, height=18, rx=3
        )
        body += tag(
            "rect",
            cls="role",
            x=pct(left),
            y=y + 9,
            height=18,
            rx=3,
            width=pct(min(value / (high or 1), 1) * wide),
        )
        if target is not None:
            at = left + min(target / (high or 1), 1) * wide
            body += tag(
                "rect", cls="ink", x=pct(at - 0.35), width=3, y=y + 4, height=28
            )
        said = f"{value:g}" if target is None else f"{value:g}/{target:g}"
        body += say(said, "100%", y + 23, cls="b num", text_anchor="end")
    return svg("chart", len(rows) * tall + 4, aria, body)
