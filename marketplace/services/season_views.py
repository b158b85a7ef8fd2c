"""A contract season by season: what was planned, handed over, taken, and paid for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.amendments import price_of
from marketplace.domain.season_content import (
    price_of_season,
    spans_of,
    stage_of,
)
from marketplace.domain.season_plans import SeasonSpan
from marketplace.domain.words import PriceMode
from marketplace.domain.words_seasons import SeasonStage
from marketplace.services.contract_content import content_of
from marketplace.services.deliveries import Planned, planned_deliveries
from marketplace.services.signing import current_version
from marketplace.services.statements import facts_of
from models.contracts import Contract


@dataclass
class SeasonView:
    """One season of a contract. Amounts are whole đồng, and of what is priced."""

    span: SeasonSpan
    stage: SeasonStage
    mode: PriceMode
    planned: list[Planned] = field(default_factory=list)
    planned_vnd: int = 0
    delivered_kg: int = 0
    accepted_kg: int = 0
    accepted_vnd: int = 0

    @property
    def kg(self) -> int:
        return sum(one.line.kg for one in self.planned)


def season_views(
    session: Session, contract: Contract, *, today: date
) -> list[SeasonView]:
    """The seasons that a contract binds; none where it is of one season.

    The running one comes first, then those ahead, then those that are over.
    """
    content = content_of(current_version(session, contract))
    spans = spans_of(content)
    if not spans:
        return []
    views = _views(content, spans, today)
    _plan(views, content, planned_deliveries(session, contract))
    if contract.signed_on is not None:
        _count(session, contract, views, today)
    order = [SeasonStage.RUNNING, SeasonStage.AHEAD, SeasonStage.OVER]
    return sorted(views.values(), key=lambda one: order.index(one.stage))


def _views(
    content: Mapping[str, Any], spans: Sequence[SeasonSpan], today: date
) -> dict[str, SeasonView]:
    """By the season as lines name it: "" for the first."""
    keys = ["", *(span.code for span in spans[1:])]
    return {
        key: SeasonView(
            span,
            stage_of(spans, place, today),
            PriceMode(price_of_season(content, key)["mode"]),
        )
        for place, (key, span) in enumerate(zip(keys, spans, strict=True))
    }


def _plan(
    views: Mapping[str, SeasonView],
    content: Mapping[str, Any],
    planned: Iterable[Planned],
) -> None:
    rows = {row["number"]: row for row in content["delivery"]["tranches"]}
    for one in planned:
        view = views[one.line.season]
        view.planned.append(one)
        row = rows.get(one.line.number, {})
        view.planned_vnd += one.line.kg * price_of(row, content["price"])


def _count(
    session: Session, contract: Contract, views: Mapping[str, SeasonView], today: date
) -> None:
    seasons = {line.number: line.season for line in contract.lines}
    for load in facts_of(session, contract, today=today).deliveries:
        if load.accepted_on > today:
            continue  # as the statement of that day has it
        view = views[seasons[load.tranche or 1]]
        view.delivered_kg += load.delivered_kg
        view.accepted_kg += sum(part.kg for part in load.parts)
        view.accepted_vnd += sum(
            part.priced_vnd - part.deduction_vnd for part in load.parts
        )
