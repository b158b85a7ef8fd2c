"""Market prices over time as drawings, each with its finding in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from flask_babel import gettext

from marketplace.services.price_lookup import Series
from marketplace.web.harvest_charts import STEPS
from marketplace.web.naming import name_of
from marketplace.web.words import day, day_short, number

if TYPE_CHECKING:
    from models.price_quotes import PriceQuote

_: Callable[..., str] = gettext

TICKS = 4


@dataclass(frozen=True)
class PriceChart:
    """A band in thousands of đồng; places on the time axis are per cent."""

    title: str
    change: str
    points: tuple[tuple[float, float, float], ...]
    ticks: tuple[tuple[float, str], ...]
    named: tuple[str, str]
    high: int
    step: int
    said: str
    quotes: Sequence[PriceQuote]


def grade_words(rank: int) -> str:
    """Loại 1, or that the price is of any grade."""
    return _("Loại %(rank)s", rank=rank) if rank else _("Mọi loại")


def band_words(quote: PriceQuote) -> str:
    """18.000–26.000, or one number where low and high are the same."""
    low, high = number(quote.low_vnd, 0), number(quote.high_vnd, 0)
    return low if low == high else f"{low}–{high}"


def price_chart(series: Series) -> PriceChart:
    """The band of a market and grade from its first day to its last."""
    quotes = series.quotes
    first, last = quotes[0].day, quotes[-1].day
    most = max(quote.high_vnd for quote in quotes) / 1000
    step = next((step for step in STEPS if step * 4 >= most), STEPS[-1])
    title, change = _title(series), _change(quotes)
    return PriceChart(
        title=title,
        change=change,
        points=tuple(
            (_at(one.day, first, last), one.low_vnd / 1000, one.high_vnd / 1000)
            for one in quotes
        ),
        ticks=_ticks(first, last),
        named=(number(quotes[-1].low_vnd, 0), number(quotes[-1].high_vnd, 0)),
        high=-(-int(most + 0.999) // step) * step,
        step=step,
        said=f"{title}. {change}".strip(),
        quotes=quotes[::-1],
    )


def _title(series: Series) -> str:
    last = series.quotes[-1]
    where = name_of(series.market)
    if series.grade_rank:
        where = f"{where}, {grade_words(series.grade_rank).lower()}"
    return _(
        "%(where)s: %(band)s đ/kg ngày %(day)s",
        where=where,
        band=band_words(last),
        day=day(last.day),
    )


def _change(quotes: Sequence[PriceQuote]) -> str:
    """How far the middle of the band has moved since the first day shown."""
    first, last = quotes[0], quotes[-1]
    if first.day == last.day:
        return ""
    moved = (last.low_vnd + last.high_vnd - first.low_vnd - first.high_vnd) // 2
    since = day(first.day)
    if moved > 0:
        text = _("Cao hơn %(much)s đ/kg so với ngày %(day)s.")
    elif moved < 0:
        text = _("Thấp hơn %(much)s đ/kg so với ngày %(day)s.")
    else:
        text = _("Bằng ngày %(day)s.")
    return text % {"much": number(abs(moved), 0), "day": since}


def _at(one: date, first: date, last: date) -> float:
    days = (last - first).days
    return (one - first).days / days * 100 if days else 100.0


def _ticks(first: date, last: date) -> tuple[tuple[float, str], ...]:
    """Days of the axis, evenly apart and never twice."""
    days = (last - first).days
    count = min(TICKS - 1, days) or 1
    shown = dict.fromkeys(
        first + timedelta(days=days * part // count) for part in range(count + 1)
    )
    return tuple((_at(one, first, last), day_short(one)) for one in shown)
