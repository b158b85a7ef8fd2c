"""Charts as SVG text, one function a question; `pictures` hands them out.

Every word is escaped here. Positions are per cent of the width and pixels of
the height; colours are classes of components.css, so all themes hold.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import escape

Number = int | float


def pct(value: Number) -> str:
    """A share of the width as an SVG length."""
    return f"{value:.2f}%".replace(".00%", "%")


def svg(classes: str, height: Number, label: object, body: str) -> str:
    """A drawing that a screen reader announces by its sentence."""
    said = (
        f' role="img" aria-label="{escape(label)}"' if label else ' aria-hidden="true"'
    )
    return f'<svg class="{classes}" height="{height}" width="100%"{said}>{body}</svg>'


def tag(name: str, **attributes: object) -> str:
    """An SVG element without content; `cls` is its class, `_` becomes `-`."""
    said = "".join(
        f' {"class" if key == "cls" else key.replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value not in (None, "")
    )
    return f"<{name}{said}/>"


def say(text: object, x: str, y: Number, **attributes: object) -> str:
    """A word at a place; it never scales with the drawing."""
    opened = tag("text", x=x, y=f"{y:g}", **attributes)[:-2]
    return f"{opened}>{escape(text)}</text>"


def upright(classes: str, x: Number, top: Number, bottom: Number) -> str:
    """A vertical line at `x` per cent."""
    return tag(
        "line", cls=classes, x1=pct(x), x2=pct(x), y1=f"{top:g}", y2=f"{bottom:g}"
    )


def spark(values: Sequence[Number], width: int = 96, height: int = 36) -> str:
    """The shape of a row of numbers, beside the number itself."""
    if len(values) < 2:
        return ""
    low = min(values)
    reach = (max(values) - low) or 1
    step = (width - 6) / (len(values) - 1)
    points = [
        (i * step + 2, height - 5 - (value - low) / reach * (height - 11))
        for i, value in enumerate(values)
    ]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    x, y = points[-1]
    area = f"{path}L{x:.1f} {height}L{points[0][0]:.1f} {height}z"
    dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'
    return (
        f'<svg class="spark" viewBox="0 0 {width} {height}" aria-hidden="true">'
        f'<path class="a" d="{area}"/><path d="{path}"/>{dot}</svg>'
    )


def meter(
    parts: Sequence[tuple[Number, str]],
    total: Number,
    goal: Number | None = None,
    label: str = "",
) -> str:
    """A bar of (value, class) parts out of `total`; `goal` is a black tick.

    Classes: s supply, s2 supply spoken for, d demand, w warning, b blocked.
    """
    whole = total or 1
    at = 0.0
    body = tag("rect", cls="t", width="100%", height=12, rx=6)
    for value, classes in parts:
        share = min(float(value) / float(whole) * 100, 100 - at)
        body += tag("rect", cls=classes, x=pct(at), width=pct(share), height=12)
        at += share
    if goal is not None:
        body += upright("goal", min(float(goal) / float(whole) * 100, 100), -3, 15)
    return svg("meter", 12, label, body)


def rng(
    low: Number,
    high: Number,
    market: tuple[Number, Number] | None,
    pin: Number,
    pin_label: str,
    mine: Number | None = None,
    mine_label: str = "",
    market_label: str = "",
    aria: str = "",
) -> str:
    """A price axis: the market's band, one's own limit, the proposed price.

    Never the other side's limit: a page that shows it breaks the market.
    """
    reach = (high - low) or 1

    def at(value: Number) -> float:
        return max(0.0, min((value - low) / reach * 100, 100.0))

    body = tag("rect", cls="t", y=15, width="100%", height=10, rx=5)
    if market:
        body += _market_band(at(market[0]), at(market[1]), market_label)
    marks = [(at(pin), pin_label, "b")]
    if mine is not None:
        body += upright("pin", at(mine), 11, 29)
        marks.insert(0, (at(mine), mine_label, ""))
    body += tag("circle", cls="dot", cx=pct(at(pin)), cy=20, r=8)
    body += _names(sorted(marks, key=lambda mark: mark[0]))
    return svg("rng", 44, aria, body)


def _names(marks: Sequence[tuple[float, str, str]]) -> str:
    """The names of one or two marks side by side: (place, name, class), in order.

    The first stands before its mark and the last after, where a phone has room.
    """
    *before, (last, name, classes) = marks
    most = 100 - _share(name)
    body, taken = "", 0.0
    for x, said, cls in before:
        wide, end = _share(said), min(x, most)
        if wide <= end:
            taken = end
            body += say(said, pct(end), 7, cls=cls, dx=-3, text_anchor="end")
        else:
            taken = max(0.0, min(x, most - wide)) + wide
            body += say(said, pct(taken - wide), 7, cls=cls)
    start = max(last, taken)
    if start <= most:
        return body + say(name, pct(start), 7, cls=classes, dx=3)
    return body + say(name, "100%", 7, cls=classes, text_anchor="end")


def _share(text: str) -> float:
    """The part of a phone's width that a name takes, per cent, with some air."""
    return (len(text) * 6.6 + 8) / 280 * 100


def _market_band(start: float, end: float, label: str) -> str:
    band = tag(
        "rect", cls="mk", x=pct(start), width=pct(end - start), y=12, height=16, rx=4
    )
    middle = min(max((start + end) / 2, 25), 75)
    return band + (say(label, pct(middle), 40, text_anchor="middle") if label else "")


def cal(
    months: Sequence[tuple[str, int]],
    bars: Sequence[tuple[Number, Number, str, str]],
    ticks: Sequence[tuple[Number, tuple[str, str], bool]] = (),
    now: Number | None = None,
    aria: str = "",
) -> str:
    """Harvest windows above, deliveries below, on one axis of days.

    months: (name, days); bars: (from, to, text, class s or s2) in days since the
    first month began; ticks: (day, (number, date), fits).
    """
    days = sum(length for _, length in months) or 1
    height = 26 + len(bars) * 30 + (46 if ticks else 0)
    body = _months(months, days, height)
    for row, (start, end, text, classes) in enumerate(bars):
        body += _window(
            start / days * 100, end / days * 100, 28 + row * 30, text, classes
        )
    top = 28 + len(bars) * 30
    for day, words, fits in ticks:
        body += _delivery(pct(day / days * 100), top, words, fits)
    if now is not None and 0 <= now <= days:
        body += upright("now", now / days * 100, 20, height)
    return svg("cal", height, aria, body)


def _months(months: Sequence[tuple[str, int]], days: int, height: int) -> str:
    body = ""
    at = 0
    for i, (name, length) in enumerate(months):
        x = at / days * 100
        if i % 2 == 0:
            body += tag(
                "rect",
                cls="band",
                x=pct(x),
                width=pct(length / days * 100),
                height=height,
            )
        body += upright("sep", x, 0, height)
        for day in (10, 20):
            if day < length:
                body += upright("sep2", (at + day) / days * 100, 22, height)
        body += say(name, pct(x), 15, cls="b", dx=6)
        at += length
    return body


def _window(start: float, end: float, top: int, text: str, classes: str) -> str:
    start, end = max(0.0, start), min(100.0, end)
    bar = tag(
        "rect",
        cls=classes,
        x=pct(start),
        width=pct(end - start),
        y=top,
        height=22,
        rx=5,
    )
    # Words that do not fit on the bar stand where there is more room.
    short = (end - start) / 100 * 250 < len(text) * 7.4 + 10
    if short and start > 40:
        return bar + say(text, pct(start), top + 15, cls="b", dx=-6, text_anchor="end")
    if short:
        return bar + say(text, pct(end), top + 15, cls="b", dx=6)
    inside = "on" if classes == "s" else "b"
    return bar + say(text, pct(start), top + 15, cls=inside, dx=8)


def _delivery(x: str, top: int, words: tuple[str, str], fits: bool) -> str:
    box = tag(
        "rect",
        cls="d" if fits else "x",
        x=x,
        y=top,
        width=20,
        height=20,
        rx=5,
        transform="translate(-10 0)",
    )
    number = say(
        words[0], x, top + 14.5, cls="on" if fits else "xt", text_anchor="middle"
    )
    return (
        box
        + number
        + say(words[1], x, top + 36, cls="dt" if fits else "xt", text_anchor="middle")
    )
