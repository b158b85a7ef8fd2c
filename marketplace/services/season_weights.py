"""Kilograms of a contract season by season, as its plan of deliveries stands now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from marketplace.domain.season_content import running_season, spans_of
from marketplace.domain.season_plans import SeasonSpan
from models.contracts import Contract


def kg_by_season(
    contract: Contract, content: Mapping[str, Any]
) -> list[tuple[SeasonSpan, int]]:
    """The seasons that a content binds with their kilograms; none if it is of one."""
    kg: dict[str, int] = defaultdict(int)
    for line in contract.lines:
        kg[line.season or contract.season] += line.kg
    return [(span, kg[span.code]) for span in spans_of(content)]


def running_kg(contract: Contract, content: Mapping[str, Any], day: date) -> int:
    """Kilograms of the season that runs on a day; all of a contract of one season."""
    seasons = kg_by_season(contract, content)
    if not seasons:
        return contract.total_kg
    return seasons[running_season([span for span, _ in seasons], day)][1]
