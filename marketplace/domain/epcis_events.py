"""What happened to lots, as events of EPCIS 2.0 in JSON-LD.

A lot is a class of goods (`quantityList` in kilograms, KGM); what makes lots out of
lots is a transformation, all else is told of objects. CBV 2.0 has no word for sorting,
drying or treating: `lk:step` says which step of ours it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from marketplace.domain.epcis_hash import event_hash
from marketplace.domain.epcis_words import CONTEXT, PREFIXES
from marketplace.domain.words_trace import TRANSFORMATIONS, LotStep

HOME = ZoneInfo("Asia/Ho_Chi_Minh")
SCHEMA_VERSION = "2.0"
OUR_PREFIX = "lk"

MEANING: Mapping[LotStep, tuple[str, str, str]] = {
    LotStep.HARVEST: ("ADD", "creating_class_instance", "active"),
    LotStep.RECEIVE: ("ADD", "receiving", "in_progress"),
    LotStep.SORT: ("", "creating_class_instance", "in_progress"),
    LotStep.PACK: ("", "packing", "in_progress"),
    LotStep.DRY: ("", "creating_class_instance", "in_progress"),
    LotStep.TREAT: ("OBSERVE", "other", "in_progress"),
    LotStep.STORE: ("OBSERVE", "storing", "sellable_not_accessible"),
    LotStep.SHIP: ("OBSERVE", "shipping", "in_transit"),
    LotStep.ARRIVE: ("OBSERVE", "receiving", "in_progress"),
    LotStep.SELL: ("OBSERVE", "retail_selling", "retail_sold"),
    LotStep.DESTROY: ("DELETE", "destroying", "destroyed"),
}
"""Of each step its action, business step and disposition."""


@dataclass(frozen=True)
class Goods:
    """Kilograms of a lot; without them it is only said which lot it was."""

    uri: str
    kg: int | None = None


@dataclass(frozen=True)
class Wrong:
    """When an event was declared wrong, why, and which events say it rightly."""

    declared_at: datetime
    reason: str = ""
    corrective: tuple[str, ...] = ()


@dataclass(frozen=True)
class EventFacts:
    """What one event of the lot graph says, its names already addresses (URIs)."""

    step: LotStep
    at: datetime
    recorded_at: datetime
    inputs: tuple[Goods, ...] = ()
    outputs: tuple[Goods, ...] = ()
    place: str | None = None
    site: str | None = None
    temperature_c: Decimal | None = None
    sender: str | None = None
    receiver: str | None = None
    transaction: str | None = None
    ilmd: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)
    wrong: Wrong | None = None


def namespace(base: str) -> str:
    """Where our own words live."""
    return f"{base}/ns/epcis/"


def context(base: str) -> list[Any]:
    """What our documents and answers name as their context.

    Programs that do not fetch the context of EPCIS read in it what `cbvmda` is.
    """
    return [CONTEXT, {OUR_PREFIX: namespace(base), "cbvmda": PREFIXES["cbvmda"]}]


def event_of(facts: EventFacts, base: str, event_id: str = "") -> dict[str, Any]:
    """The event in JSON-LD; its id is its hash unless one is given."""
    event: dict[str, Any] = {
        "type": _type(facts.step),
        "eventTime": local_time(facts.at),
        "eventTimeZoneOffset": "+07:00",
        "recordTime": utc_time(facts.recorded_at),
        **_goods(facts),
        **_meaning(facts),
        **parties_of(facts.transaction, facts.sender, facts.receiver),
        **_sensors(facts),
    }
    if facts.ilmd and _carries_ilmd(facts.step):
        event["ilmd"] = dict(facts.ilmd)
    event |= {f"lk:{name}": value for name, value in facts.more.items()}
    event["eventID"] = event_id or event_hash(event, {"lk": namespace(base)})
    if facts.wrong is not None:
        event["errorDeclaration"] = _declaration(facts.wrong)
    return event


def document_of(
    events: Iterable[Mapping[str, Any]], base: str, now: datetime
) -> dict[str, Any]:
    """An EPCISDocument with these events."""
    return {
        "@context": context(base),
        "type": "EPCISDocument",
        "schemaVersion": SCHEMA_VERSION,
        "creationDate": utc_time(now),
        "epcisBody": {"eventList": list(events)},
    }


def document_around(event: Mapping[str, Any]) -> dict[str, Any]:
    """A document of one event, in the context that the event names for itself.

    It has one date whenever it comes: the same event is the same document.
    """
    return {
        "@context": event.get("@context", CONTEXT),
        "type": "EPCISDocument",
        "schemaVersion": SCHEMA_VERSION,
        "creationDate": "2022-01-01T00:00:00Z",
        "epcisBody": {
            "eventList": [{k: v for k, v in event.items() if k != "@context"}]
        },
    }


def query_document_of(
    events: Iterable[Mapping[str, Any]], base: str, now: datetime
) -> dict[str, Any]:
    """An EPCISQueryDocument: the answer of a simple event query."""
    return {
        "@context": context(base),
        "type": "EPCISQueryDocument",
        "schemaVersion": SCHEMA_VERSION,
        "creationDate": utc_time(now),
        "epcisBody": {
            "queryResults": {
                "queryName": "SimpleEventQuery",
                "resultsBody": {"eventList": list(events)},
            }
        },
    }


def local_time(at: datetime) -> str:
    """A moment as the clock on the wall of Viet Nam shows it."""
    return at.astimezone(HOME).isoformat(timespec="milliseconds")


def utc_time(at: datetime) -> str:
    """A moment in UTC."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def harvest_days(first: date | None, last: date | None) -> dict[str, str]:
    """The master data of a lot that say when it was picked."""
    told = {"cbvmda:harvestStartDate": first, "cbvmda:harvestEndDate": last}
    return {name: day.isoformat() for name, day in told.items() if day is not None}


def _type(step: LotStep) -> str:
    return "TransformationEvent" if step in TRANSFORMATIONS else "ObjectEvent"


def _carries_ilmd(step: LotStep) -> bool:
    return step in TRANSFORMATIONS or MEANING[step][0] == "ADD"


def _goods(facts: EventFacts) -> dict[str, Any]:
    if facts.step in TRANSFORMATIONS:
        return {
            "inputQuantityList": _quantities(facts.inputs),
            "outputQuantityList": _quantities(facts.outputs),
        }
    return {
        "action": MEANING[facts.step][0],
        "quantityList": _quantities(facts.outputs or facts.inputs),
    }


def _quantities(goods: Iterable[Goods]) -> list[dict[str, Any]]:
    return [
        {"epcClass": one.uri}
        | ({"quantity": one.kg, "uom": "KGM"} if one.kg is not None else {})
        for one in goods
    ]


def _meaning(facts: EventFacts) -> dict[str, Any]:
    _, step, disposition = MEANING[facts.step]
    told: dict[str, Any] = {"bizStep": step, "disposition": disposition}
    if facts.place:
        told["readPoint"] = {"id": facts.place}
    if facts.site:
        told["bizLocation"] = {"id": facts.site}
    return told | {"lk:step": facts.step.value}


def parties_of(
    transaction: str | None, sender: str | None, receiver: str | None
) -> dict[str, Any]:
    """The note, and who hands over to whom, in the terms of CBV 2.0."""
    told: dict[str, Any] = {}
    if transaction:
        one = {"type": "desadv", "bizTransaction": transaction}
        told["bizTransactionList"] = [one]
    if sender:
        told["sourceList"] = [{"type": "owning_party", "source": sender}]
    if receiver:
        one = {"type": "owning_party", "destination": receiver}
        told["destinationList"] = [one]
    return told


def _sensors(facts: EventFacts) -> dict[str, Any]:
    if facts.temperature_c is None:
        return {}
    measured = float(facts.temperature_c)
    report = {"type": "Temperature", "value": measured, "uom": "CEL"}
    element = {
        "sensorMetadata": {"time": local_time(facts.at)},
        "sensorReport": [report],
    }
    return {"sensorElementList": [element]}


def _declaration(wrong: Wrong) -> dict[str, Any]:
    told: dict[str, Any] = {
        "declarationTime": utc_time(wrong.declared_at),
        "reason": "incorrect_data",
    }
    if wrong.reason:
        told["lk:reason"] = wrong.reason
    if wrong.corrective:
        told["correctiveEventIDs"] = list(wrong.corrective)
    return told
