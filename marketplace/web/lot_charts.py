"""The graph of a trace as SVG: left to right on a wide screen, downwards on a phone.

The tables of the page say the same in words. Letters never scale with the drawing, and
what would not fit is counted instead of drawn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from flask import url_for
from flask_babel import gettext as _
from markupsafe import escape

from marketplace.domain.trace import Trace, TracedLot
from marketplace.web.charts import pct, say, svg, tag
from marketplace.web.naming import name_of
from marketplace.web.words import number

MOST_A_LAYER = 12
MOST_LAYERS = 6  # columns that a wide screen has room for
MOST_ROWS = 40
GAP, TALL = 4.0, 58  # per cent between columns, pixels a row
BOX = 46
INDENT, ROW = 7.0, 56

Spot = tuple[float, float]  # per cent from the left, pixels from the top


def wide_graph(trace: Trace) -> str:
    """Layers as columns; empty if there are more than a screen has room for."""
    columns = _columns(trace)
    if len(columns) > MOST_LAYERS or len(trace.lots) < 2:
        return ""
    width = (100 - GAP * (len(columns) - 1)) / len(columns)
    spots: dict[int, Spot] = {}
    drawn, rows = "", 1
    for place, (_layer, lots) in enumerate(columns):
        x = place * (width + GAP)
        for row, lot in enumerate(lots[:MOST_A_LAYER]):
            spots[lot.id] = x, row * TALL
            drawn += _box(lot, x, row * TALL, width, lot.id in trace.roots)
        left = len(lots) - MOST_A_LAYER
        if left > 0:
            drawn += _more(left, x, MOST_A_LAYER * TALL + 16)
        rows = max(rows, min(len(lots), MOST_A_LAYER) + (left > 0))
    lines = "".join(_across(spots, trace, width))
    return svg("chart", rows * TALL, _said(trace), lines + drawn)


def tall_graph(trace: Trace) -> str:
    """A row a lot, moved in by its layer: for screens of 390 pixels."""
    if len(trace.lots) < 2:
        return ""
    shown = sorted(trace.lots, key=lambda one: (one.layer, one.id))[:MOST_ROWS]
    first = min(one.layer for one in shown)
    most = max(one.layer for one in shown) - first
    step = min(INDENT, 40 / max(most, 1))
    spots: dict[int, Spot] = {}
    drawn = ""
    for row, lot in enumerate(shown):
        x = 2 + (lot.layer - first) * step
        spots[lot.id] = x, row * ROW
        drawn += _box(lot, x, row * ROW, 98 - x, lot.id in trace.roots)
    left = len(trace.lots) - len(shown)
    if left:
        drawn += _more(left, 2, len(shown) * ROW + 16)
    lines = "".join(_down(spots, trace))
    height = (len(shown) + (left > 0)) * ROW
    return svg("chart", height, _said(trace), lines + drawn)


def _columns(trace: Trace) -> list[tuple[int, list[TracedLot]]]:
    by_layer: defaultdict[int, list[TracedLot]] = defaultdict(list)
    for one in trace.lots:
        by_layer[one.layer].append(one)
    return sorted(by_layer.items())


def _box(lot: TracedLot, x: float, y: float, width: float, asked: bool) -> str:
    """A lot: its number, then its maker and kilograms; a link if it may be opened."""
    style = "gap" if lot.held else "sup-l" if asked else "gr lot"
    frame = {"x": pct(x), "y": f"{y:g}", "width": pct(width), "height": BOX, "rx": 8}
    body = tag("rect", cls=style, **frame)
    body += say(lot.code or _("Lô của đơn vị khác"), pct(x + 1), y + 19, cls="b")
    about = f"{name_of(lot)} · {number(lot.made_kg)} kg"
    body += say(about, pct(x + 1), y + 37, cls="mut")
    if not lot.public_id:
        return body
    to = url_for("lot_trace.show", public_id=lot.public_id)
    return f'<a href="{escape(to)}">{body}</a>'


def _across(spots: dict[int, Spot], trace: Trace, width: float) -> Iterable[str]:
    for one in trace.links:
        if one.parent in spots and one.child in spots:
            (x1, y1), (x2, y2) = spots[one.parent], spots[one.child]
            yield _line(x1 + width, y1 + BOX / 2, x2, y2 + BOX / 2)


def _down(spots: dict[int, Spot], trace: Trace) -> Iterable[str]:
    """Down beside the rows between, then in to the left edge of what was made."""
    for one in trace.links:
        if one.parent in spots and one.child in spots:
            (x1, y1), (x2, y2) = spots[one.parent], spots[one.child]
            yield _line(x1 + 1.5, y1 + BOX, x1 + 1.5, y2 + BOX / 2)
            yield _line(x1 + 1.5, y2 + BOX / 2, x2, y2 + BOX / 2)


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    ends = {"x1": pct(x1), "y1": f"{y1:g}", "x2": pct(x2), "y2": f"{y2:g}"}
    return tag("line", cls="gr ax", **ends)


def _more(left: int, x: float, y: float) -> str:
    return say(_("và %(count)s lô nữa", count=number(left)), pct(x), y, cls="mut")


def _said(trace: Trace) -> str:
    before: Sequence[TracedLot] = [one for one in trace.lots if one.layer < 0]
    after = [one for one in trace.lots if one.layer > 0]
    return str(
        _(
            "Làm từ %(before)s lô trước, làm ra %(after)s lô sau",
            before=number(len(before)),
            after=number(len(after)),
        )
    )
