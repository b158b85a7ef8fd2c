"""The drawing beside the form: what one has against what buyers want."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from marketplace.domain.windows import parse_dekad
from marketplace.services.harvest_demand import Demand
from marketplace.services.harvest_prefill import Prefill
from marketplace.web.words import month_short, number

MOST_COLUMNS = 6
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True)
class Chart:
    """Columns in tonnes by third of a month: label, nothing, supply, demand."""

    rows: tuple[tuple[str, str, float, float], ...]
    high: int
    step: int
    said: str


def chart_of(filled: Prefill, demand: Demand) -> Chart:
    """Last season's kilograms spread evenly, beside the open deliveries."""
    loads = demand.by_dekad()
    ticked = filled.ticked
    codes = ticked or sorted(loads)
    likely = (filled.last.actual_kg or filled.last.likely_kg) if filled.last else 0
    share = likely / 1000 / len(ticked) if ticked else 0.0
    rows = tuple(
        (_short(code), "", round(share, 1), loads.get(code, 0) / 1000)
        for code in codes[:MOST_COLUMNS]
    )
    most = max((max(row[2], row[3]) for row in rows), default=0)
    step = next((step for step in STEPS if step * 4 >= most), STEPS[-1])
    high = max(step, -(-int(most + 0.999) // step) * step)
    return Chart(rows, high, step, _said(rows))


def _said(rows: tuple[tuple[str, str, float, float], ...]) -> str:
    parts = [
        _(
            "%(when)s có %(has)s, cần %(needs)s tấn",
            when=when,
            has=number(has),
            needs=number(needs),
        )
        for when, _empty, has, needs in rows
    ]
    return "; ".join(map(str, parts))


def _short(code: str) -> str:
    """`Cuối T7`, short enough for a column."""
    dekad = parse_dekad(code)
    month = month_short(dekad.first)
    words = (
        _("Đầu %(month)s", month=month),
        _("Giữa %(month)s", month=month),
        _("Cuối %(month)s", month=month),
    )
    return str(words[dekad.part - 1])
