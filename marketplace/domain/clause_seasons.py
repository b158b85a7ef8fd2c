"""What the clauses of a contract add where it binds several seasons.

The template stays as it is: its words are those of any contract, and what several
seasons need is said after them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marketplace.domain.formats import format_day, format_kg
from marketplace.domain.season_content import season_sums, spans_of
from marketplace.domain.words import PriceMode

Content = Mapping[str, Any]
_LANGS = ("vi", "en")
_QUANTITY = {
    "vi": " Hợp đồng gồm %(count)s vụ: %(seasons)s. Dung sai tính riêng từng vụ.",
    "en": " The contract binds %(count)s seasons: %(seasons)s. The tolerance is "
    "reckoned for each season.",
}
_SEASON = {"vi": "vụ %(year)s %(kg)s", "en": "season %(year)s %(kg)s"}
_DELIVERY = {
    "vi": " Mỗi đợt giao trong vụ của nó: %(spans)s.",
    "en": " Each delivery stays within its season: %(spans)s.",
}
_SPAN = {
    "vi": "vụ %(year)s từ %(first)s đến %(last)s",
    "en": "season %(year)s from %(first)s to %(last)s",
}
_SAME = {
    "vi": " Các vụ sau giữ cách tính giá này; hai bên cùng đồng ý như vậy.",
    "en": " Later seasons keep this price rule; both sides agree to that.",
}
_MARKET = {
    "vi": " Các vụ sau không chốt giá trước: giá mỗi đợt bằng giá tham chiếu "
    "%(market)s, lấy theo %(day)s. Số tiền dự kiến tính theo giá của vụ đầu.",
    "en": " Later seasons have no price fixed ahead: each delivery is paid at the "
    "reference price of %(market)s, on %(day)s. Amounts planned are reckoned at the "
    "price of the first season.",
}
_DEPOSIT = {
    "vi": " Tiền cọc tính trên giá trị của vụ đầu.",
    "en": " The deposit is reckoned on the value of the first season.",
}


def with_seasons(
    clauses: dict[str, dict[str, Any]], content: Content
) -> dict[str, dict[str, Any]]:
    """The clauses with what several seasons add; unchanged for a single one."""
    if not content.get("seasons"):
        return clauses
    said = {
        "quantity": _quantity(content),
        "delivery": _spans(content),
        "price": _price(content),
        "advance_deposit": _DEPOSIT,
    }
    return {
        key: _added(clause, said[key]) if key in said else clause
        for key, clause in clauses.items()
    }


def _added(clause: Mapping[str, Any], said: Mapping[str, str]) -> dict[str, Any]:
    words = dict(clause)
    for lang in _LANGS:
        for kind in ("plain", "legal"):
            words[f"{kind}_{lang}"] += said[lang]
    return words


def _quantity(content: Content) -> dict[str, str]:
    years = {span.code: span.year for span in spans_of(content)}
    rows = season_sums(content)
    return {
        lang: _QUANTITY[lang]
        % {
            "count": len(rows),
            "seasons": ", ".join(
                _SEASON[lang]
                % {"year": years[row["season"]], "kg": format_kg(row["kg"], lang)}
                for row in rows
            ),
        }
        for lang in _LANGS
    }


def _spans(content: Content) -> dict[str, str]:
    return {
        lang: _DELIVERY[lang]
        % {
            "spans": "; ".join(
                _SPAN[lang]
                % {
                    "year": span.year,
                    "first": format_day(span.first_day, lang),
                    "last": format_day(span.last_day, lang),
                }
                for span in spans_of(content)
            )
        }
        for lang in _LANGS
    }


def _price(content: Content) -> dict[str, str]:
    own = next((row["price"] for row in content["seasons"] if "price" in row), None)
    if own is None or own["mode"] != PriceMode.MARKET:
        return _SAME
    market, day = own["reference"], own["reference_day_rule"]
    return {
        lang: _MARKET[lang]
        % {"market": market[f"name_{lang}"], "day": day[f"name_{lang}"]}
        for lang in _LANGS
    }
