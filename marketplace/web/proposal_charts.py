"""The geometry of a proposal's pictures: bars by delivery, days, prices."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from markupsafe import Markup

from marketplace.web import words
from marketplace.web.pictures import cal, rng

MOST_BARS = 8
ROOM = 0.12  # of the range of prices, left free at both ends
FEW_MONTHS = 4


def quantity_bars(row: Mapping[str, Any]) -> list[tuple[str, float, float]]:
    """(day, tonnes there are, tonnes asked) of the first few deliveries."""
    return [
        (_short(one["from"]), one["kg"] / 1000, one["asked_kg"] / 1000)
        for one in row["tranches"][:MOST_BARS]
    ]


def quantity_most(row: Mapping[str, Any]) -> float:
    """Tonnes at the end of the bars: half as much again as the largest delivery."""
    asked = [one["asked_kg"] for one in row["tranches"][:MOST_BARS]]
    return max(asked, default=1) * 1.5 / 1000


def _short(day: str) -> str:
    return words.day_short(date.fromisoformat(day))


def window_strip(row: Mapping[str, Any], title: str) -> Markup:
    """The harvest above, the deliveries below, on one axis of days."""
    first, last = (date.fromisoformat(day) for day in row["harvest"])
    tranches = row["tranches"][:MOST_BARS]
    days = [date.fromisoformat(one["from"]) for one in tranches]
    begin = min([first, *days]).replace(day=1)
    months = _months(begin, max([last, *days]))
    bars = [((first - begin).days, (last - begin).days + 1, title, "s")]
    ticks = [
        (
            (day - begin).days + 0.5,
            (str(one["number"]), words.day_short(day)),
            one["fits"],
        )
        for day, one in zip(days, tranches, strict=True)
    ]
    return cal(months, bars, ticks, aria=_aria_of_window(first, last, tranches))


def _aria_of_window(first: date, last: date, tranches: Any) -> str:
    good = sum(one["fits"] for one in tranches)
    said = _(
        "Vụ thu hoạch %(first)s đến %(last)s, %(good)d trong %(all)d đợt nằm trong vụ",
        first=words.day_short(first),
        last=words.day_short(last),
        good=good,
        all=len(tranches),
    )
    return str(said)


def _months(begin: date, end: date) -> list[tuple[str, int]]:
    found = []
    month = begin
    while month <= end:
        length = calendar.monthrange(month.year, month.month)[1]
        found.append((month, length))
        month += timedelta(days=length)
    few = len(found) <= FEW_MONTHS
    return [
        (words.month_name(month).capitalize() if few else str(month.month), length)
        for month, length in found
    ]


def price_range(row: Mapping[str, Any], limit: int, seller: bool) -> Markup:
    """The market of the week, the proposed price, and the reader's own limit."""
    price, band = row["price_vnd"], row["reference"]
    known = [price, limit, *(band or ())]
    spread = max(max(known) - min(known), max(known) // 10, 1)
    low = max(min(known) - round(spread * ROOM), 0)
    high = max(known) + round(spread * ROOM)
    return rng(
        low,
        high,
        tuple(band) if band else None,
        price,
        _("Đề xuất %(price)s", price=words.number(price, 0)),
        limit,
        _own_words(seller, limit),
        _band_words(band),
        _aria_of_price(price, limit, band, seller),
    )


def _own_words(seller: bool, limit: int) -> str:
    said = words.number(limit, 0)
    if seller:
        return str(_("Ít nhất %(price)s", price=said))
    return str(_("Tối đa %(price)s", price=said))


def _band_words(band: list[int] | None) -> str:
    if not band:
        return ""
    low, high = (words.number(price, 0) for price in band)
    return str(_("Chợ tuần này %(low)s–%(high)s", low=low, high=high))


def _aria_of_price(price: int, limit: int, band: list[int] | None, seller: bool) -> str:
    parts = [
        _("Đề xuất %(price)s", price=words.price(price)),
        _own_words(seller, limit),
        _band_words(band),
    ]
    return ", ".join(part for part in parts if part)


def init_app(app: Flask) -> None:
    """Give the pictures to all templates of `app`."""
    app.jinja_env.globals.update(
        quantity_bars=quantity_bars,
        quantity_most=quantity_most,
        window_strip=window_strip,
        price_range=price_range,
        iso_day=date.fromisoformat,
    )
