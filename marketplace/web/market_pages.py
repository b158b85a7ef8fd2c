"""What the public board shows of the market: filters, chart, words for numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Flask, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from marketplace.domain.papers import add_months
from marketplace.domain.windows import Dekad
from marketplace.domain.words import CertificateScheme, Market
from marketplace.services.catalogue import communes_with_former
from marketplace.services.market_figures import AREA, Dekads, Figure
from marketplace.services.market_filters import BoardFilter
from marketplace.web.naming import name_of
from marketplace.web.words import dekad, money_words, month_short, number

_: Callable[..., str] = gettext

T = TypeVar("T", CertificateScheme, Market)
MONTHS_AHEAD = 12
MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
SCHEMES = (
    CertificateScheme.VIETGAP,
    CertificateScheme.GLOBALGAP,
    CertificateScheme.ORGANIC_TCVN,
    CertificateScheme.OCOP,
)
MARKETS = (Market.US, Market.CN, Market.AU, Market.NZ)
PARTS = {1: _l("Đầu"), 2: _l("Giữa"), 3: _l("Cuối")}


@dataclass(frozen=True)
class Chart:
    """Supply and demand by ten days as the drawing needs them, in tonnes."""

    title: str
    rows: tuple[tuple[str, str, float, float], ...]
    high: float
    step: float
    said: str


def asked_filter() -> BoardFilter:
    """What the address asks for; anything unknown asks for nothing."""
    return BoardFilter(
        text=request.args.get("q", "").strip()[:100],
        product=request.args.get("san-pham", "")[:64],
        month=_month(request.args.get("thang", "")),
        commune=request.args.get("xa", "")[:8],
        scheme=_member(CertificateScheme, request.args.get("chung-nhan", "")),
        market=_member(Market, request.args.get("ma-vung", "")),
    )


def _month(text: str) -> date | None:
    match = MONTH.fullmatch(text)
    year = int(match[1]) if match else 0
    return date(year, int(match[2]), 1) if match and 2000 <= year <= 2100 else None


def _member(kind: type[T], text: str) -> T | None:
    return next((one for one in kind if one.value == text), None)


def months_ahead(today: date) -> list[date]:
    """The first days of this month and the next eleven."""
    return [add_months(today.replace(day=1), ahead) for ahead in range(MONTHS_AHEAD)]


def commune_choices(session: Session, today: date) -> list[tuple[str, str]]:
    """Communes of the area today, each with the names that went into it."""
    return [
        (
            unit.gso_code,
            _with_former(unit.name, [bare_unit(one.name) for one in former]),
        )
        for unit, former in communes_with_former(session, AREA, today)
    ]


def _with_former(name: str, former: list[str]) -> str:
    old = [one for one in former if one != bare_unit(name)]
    if not old:
        return name
    return _("%(name)s (có %(old)s cũ)", name=name, old=", ".join(old))


def bare_unit(name: str) -> str:
    """A commune without the word of its kind: Nà Nghịu."""
    return re.sub(r"^(Xã|Thị trấn|Phường)\s+", "", name)


def chart_of(found: Dekads | None) -> Chart | None:
    """The chart with its finding as a sentence; None if nothing is open."""
    if found is None or not any(has or wants for _d, has, wants in found.rows):
        return None
    rows = tuple(
        (_short(one), "", round(has / 1000, 1), round(wants / 1000, 1))
        for one, has, wants in found.rows
    )
    most = max(max(row[2], row[3]) for row in rows)
    step = _step(most)
    high = step * max(-(-most // step), 1)
    said = "; ".join(
        _(
            "%(when)s có %(has)s tấn, cần %(wants)s tấn",
            when=label,
            has=number(has),
            wants=number(wants),
        )
        for label, _second, has, wants in rows
    )
    return Chart(_finding(found), rows, high, step, f"{name_of(found.product)}. {said}")


def _short(one: Dekad) -> str:
    return _("%(part)s %(month)s", part=PARTS[one.part], month=month_short(one.first))


def _step(most: float) -> float:
    """A round step with at most five levels."""
    step = 1.0
    while most / step > 5:
        step *= 2 if str(step)[0] in "15" else 2.5
    return step


def _finding(found: Dekads) -> str:
    words: dict[str, Any] = {
        "product": name_of(found.product),
        "year": found.rows[0][0].year,
    }
    over, under = found.largest_surplus, found.largest_gap
    if over:
        words |= {"over": dekad(over[0].first), "more": number(over[1] // 1000)}
    if under:
        words |= {"under": dekad(under[0].first), "less": number(under[1] // 1000)}
    if over and under:
        return _(
            "%(product)s %(year)s: %(over)s dư %(more)s tấn, %(under)s thiếu %(less)s tấn",
            **words,
        )
    if over:
        return _("%(product)s %(year)s: %(over)s dư %(more)s tấn", **words)
    if under:
        return _("%(product)s %(year)s: %(under)s thiếu %(less)s tấn", **words)
    return _("%(product)s %(year)s: có bao nhiêu cần bấy nhiêu", **words)


def figure_words(figure: Figure) -> str:
    """A counted number as people read it; empty if our records cannot give it."""
    if figure.counted is None:
        return ""
    if figure.unit == "kg":
        return number(figure.counted / 1000, 0)
    if figure.unit == "vnd":
        return money_words(int(figure.counted))
    return number(figure.counted, 1 if figure.unit == "ha" else 0)


def board_url(**changes: str) -> str:
    """The board with the same filters but for these; empty takes one away."""
    asked = request.args.to_dict() | {"trang": "", "lang": ""} | changes
    kept = {name: value for name, value in asked.items() if value}
    return f"{url_for('market.board')}?{urlencode(kept)}#san"


def init_app(app: Flask) -> None:
    """Give the words of the board to all templates of `app`."""
    app.jinja_env.globals.update(
        bare_unit=bare_unit, board_url=board_url, figure_words=figure_words
    )
