"""What statements and closings on paper say of each season of a long contract."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.formats import format_kg, format_vnd
from marketplace.services.season_views import SeasonView, season_views
from marketplace.services.season_words import SEASONS
from models.contracts import Contract

KILOGRAMS = ("planned_kg", "delivered_kg", "accepted_kg")


def told_by_season(
    session: Session, contract: Contract, *, as_of: date
) -> dict[str, list[list[int | str]]]:
    """For each season its year, planned, delivered and accepted kg, and đồng.

    The đồng are those of the goods that were accepted by that day, less what both
    took off at the inspection. Nothing for a contract of one season, so that papers
    of former days keep their digest.
    """
    views = season_views(session, contract, today=as_of)
    rows = [_row(one) for one in sorted(views, key=lambda one: one.span.first_day)]
    return {"seasons": rows} if rows else {}


def _row(view: SeasonView) -> list[int | str]:
    kg = (view.kg, view.delivered_kg, view.accepted_kg)
    return [str(view.span.year), *kg, view.accepted_vnd]


def season_table(content: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """The table of a paper; without rows where the contract is of one season."""
    words = SEASONS[lang]
    head = ("season", *KILOGRAMS, "accepted_vnd")
    rows = [
        [year, *(format_kg(one, lang) for one in kg), format_vnd(vnd, lang)]
        for year, *kg, vnd in content.get("seasons", [])
    ]
    return {"head": [words[name] for name in head], "rows": rows}
