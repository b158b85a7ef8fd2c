"""The places of a notice's words, as people read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from marketplace.domain.formats import (
    format_day,
    format_mass,
    format_price,
    format_vnd,
)
from marketplace.services.days import day_of

_NUMBERS: tuple[tuple[str, str, Callable[[int, str], str]], ...] = (
    ("kg", "kg", format_mass),
    ("price_vnd", "price", format_price),
    ("amount_vnd", "amount", format_vnd),
)


def shown_params(params: Mapping[str, Any], lang: str) -> dict[str, str]:
    """Masses, prices and days in the reader's way; what lacks is empty."""
    shown: dict[str, str] = defaultdict(str)
    for name, value in params.items():
        shown[name] = str(value)
    if lang == "en":
        shown |= {name[:-3]: shown[name] for name in params if name.endswith("_en")}
    for name, shown_as, written in _NUMBERS:
        if name in params:
            shown[shown_as] = written(int(params[name]), lang)
    for name in ("day", "valid_to"):
        if name in params:
            shown["day"] = format_day(date.fromisoformat(str(params[name])), lang)
    if "expires_at" in params:
        moment = datetime.fromisoformat(str(params["expires_at"]))
        shown["day"] = format_day(day_of(moment), lang)
    return shown
