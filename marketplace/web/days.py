"""A day that the address asks for, as people write it or as computers do."""

from __future__ import annotations

from datetime import date

from flask import request

from marketplace.domain.errors import Refused
from marketplace.domain.typed import parse_day
from marketplace.web.clock import today

FIRST = date(2018, 1, 1)  # before the law of linkage there is nothing to count


def day_or_none(name: str) -> date | None:
    """The day in the query string; None if there is none or it is no day."""
    text = request.args.get(name, "").strip()
    try:
        return parse_day(text) if text else None
    except Refused:
        return None


def asked_day(name: str = "ngay") -> date:
    """The day in the query string; today if there is none or it is no day."""
    day = day_or_none(name) or today()
    return min(max(day, FIRST), today())
