"""What happens to pallets, as events of EPCIS 2.0: stacked, shipped, taken apart.

A pallet is one thing with a number of its own (SSCC); boxes of a lot stand on it. How
many kilograms they weigh is told of the lot, not once more of the pallet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from marketplace.domain.epcis_events import (
    local_time,
    namespace,
    parties_of,
    utc_time,
)
from marketplace.domain.epcis_hash import event_hash


class PalletStep(StrEnum):
    """What is done with a pallet."""

    STACK = "stack"
    SHIP = "ship"
    EMPTY = "empty"


@dataclass(frozen=True)
class PalletFacts:
    """What one event of a pallet says, its names already addresses."""

    step: PalletStep
    at: datetime
    recorded_at: datetime
    sscc: str
    lot: str
    place: str
    sender: str = ""
    receiver: str = ""
    transaction: str = ""


_MEANING: Mapping[PalletStep, tuple[str, str, str]] = {
    PalletStep.STACK: ("ADD", "packing", "in_progress"),
    PalletStep.SHIP: ("OBSERVE", "shipping", "in_transit"),
    PalletStep.EMPTY: ("DELETE", "unpacking", "in_progress"),
}


def pallet_event(facts: PalletFacts, base: str) -> dict[str, Any]:
    """The event in JSON-LD; its id is its hash."""
    action, step, disposition = _MEANING[facts.step]
    event: dict[str, Any] = {
        "type": _type(facts.step),
        "eventTime": local_time(facts.at),
        "eventTimeZoneOffset": "+07:00",
        "recordTime": utc_time(facts.recorded_at),
        **_goods(facts),
        "action": action,
        "bizStep": step,
        "disposition": disposition,
        "readPoint": {"id": facts.place},
        "bizLocation": {"id": facts.place},
        **parties_of(facts.transaction, facts.sender, facts.receiver),
    }
    event["eventID"] = event_hash(event, {"lk": namespace(base)})
    return event


def _type(step: PalletStep) -> str:
    return "ObjectEvent" if step is PalletStep.SHIP else "AggregationEvent"


def _goods(facts: PalletFacts) -> dict[str, Any]:
    if facts.step is PalletStep.SHIP:
        return {"epcList": [facts.sscc]}
    return {"parentID": facts.sscc, "childQuantityList": [{"epcClass": facts.lot}]}
