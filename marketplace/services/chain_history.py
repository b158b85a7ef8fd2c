"""A chain's history as somebody reads it: what the authority writes is not for partners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.services.monitoring import list_events, may_read_words
from models.chains import Chain
from models.monitoring import ChainEvent, PostCheck, SampleTest

_OUTCOMES: Mapping[str, type[Any]] = {
    "check_done": PostCheck,
    "sample_analysed": SampleTest,
}


@dataclass(frozen=True)
class Entry:
    """What happened and when; who did it and in which words only where one may know.

    `passed` is the outcome of a check or a sample, which every party learns.
    """

    id: int
    event: str
    at: datetime
    passed: bool | None = None
    worded: bool = False
    by: str = ""
    text: str = ""


def history_of(
    session: Session, who: Actor, chain: Chain, about: str = "", number: int = 0
) -> list[Entry]:
    """The chain's history for the actor, or that of one record of it."""
    events = list_events(session, who, chain, about, number)
    outcomes = {
        name: _passed(session, chain, model)
        for name, model in _OUTCOMES.items()
        if any(event.event == name for event in events)
    }
    return [
        Entry(
            event.id,
            event.event,
            event.at,
            outcomes.get(event.event, {}).get(event.number),
            *(_words(chain, event) if may_read_words(who, chain, event) else ()),
        )
        for event in events
    ]


def _passed(session: Session, chain: Chain, model: Any) -> dict[int, bool | None]:
    wanted = select(model.number, model.passed).where(model.chain_id == chain.id)
    return dict(iter(session.execute(wanted)))


def _words(chain: Chain, event: ChainEvent) -> tuple[bool, str, str]:
    """An officer has a name, the lead its own; what nobody did has none."""
    if event.by is None:
        return True, "", event.text
    ours = event.organisation_id == chain.lead_id
    return True, chain.lead.short_name if ours else event.by.name, event.text
