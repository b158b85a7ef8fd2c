"""What the filters of the simple event query read of an event (EPCIS 2.0, 8.2.7.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from marketplace.domain.epcis_words import full_word
from marketplace.domain.gs1_uris import canonical_uri

Json = Mapping[str, Any]
Read = Callable[[Json], Iterable[str]]


def _direct(name: str) -> Read:
    return lambda event: [str(event[name])] if name in event else []


def _word(name: str) -> Read:
    return lambda event: [full_word(name, str(one)) for one in _direct(name)(event)]


def _place(name: str) -> Read:
    return lambda event: [canonical_uri(event[name]["id"])] if name in event else []


def _ids(*names: str) -> Read:
    """The objects in these fields: lists of EPCs, or a parent."""

    def read(event: Json) -> Iterator[str]:
        for name in names:
            told = event.get(name, [])
            yield from map(canonical_uri, [told] if isinstance(told, str) else told)

    return read


def _classes(*names: str) -> Read:
    return lambda event: [
        canonical_uri(one["epcClass"]) for name in names for one in event.get(name, ())
    ]


def _both(*reads: Read) -> Read:
    return lambda event: [one for read in reads for one in read(event)]


def _declaration(name: str) -> Read:
    def read(event: Json) -> list[str]:
        told = event.get("errorDeclaration", {}).get(name, [])
        values = told if isinstance(told, list) else [told]
        if name == "reason":
            return [full_word(name, one) for one in values]
        return [str(one) for one in values]

    return read


_EPCS = _ids("epcList", "childEPCs")
_INPUTS, _OUTPUTS = _ids("inputEPCList"), _ids("outputEPCList")
_GOODS = _classes("quantityList", "childQuantityList")
_USED, _MADE = _classes("inputQuantityList"), _classes("outputQuantityList")
FILTERS: Mapping[str, tuple[str, Read]] = {
    "eventType": ("", _direct("type")),
    "EQ_eventID": ("", _direct("eventID")),
    "EQ_action": ("", _direct("action")),
    "EQ_bizStep": ("bizStep", _word("bizStep")),
    "EQ_disposition": ("disposition", _word("disposition")),
    "EQ_readPoint": ("uri", _place("readPoint")),
    "EQ_bizLocation": ("uri", _place("bizLocation")),
    "EQ_transformationID": ("", _direct("transformationID")),
    "EQ_errorReason": ("reason", _declaration("reason")),
    "EQ_correctiveEventID": ("", _declaration("correctiveEventIDs")),
    "MATCH_epc": ("uri", _EPCS),
    "MATCH_parentID": ("uri", _ids("parentID")),
    "MATCH_inputEPC": ("uri", _INPUTS),
    "MATCH_outputEPC": ("uri", _OUTPUTS),
    "MATCH_anyEPC": ("uri", _both(_EPCS, _ids("parentID"), _INPUTS, _OUTPUTS)),
    "MATCH_epcClass": ("uri", _GOODS),
    "MATCH_inputEPCClass": ("uri", _USED),
    "MATCH_outputEPCClass": ("uri", _MADE),
    "MATCH_anyEPCClass": ("uri", _both(_GOODS, _USED, _MADE)),
}
TYPED = ("bizTransaction", "source", "destination")
"""Lists whose elements have a type: `EQ_source_owning_party` asks for one of it."""


def reader_for(name: str) -> Read:
    """What a filter reads of an event; `EQ_source_owning_party` reads one type."""
    if name in FILTERS:
        return FILTERS[name][1]
    _, kind, wanted = (*name.split("_", 2), "")[:3]

    def read(event: Json) -> Iterator[str]:
        for one in event.get(f"{kind}List", ()):
            told = full_word(kind, str(one.get("type", "")))
            if not wanted or told == full_word(kind, wanted):
                yield canonical_uri(one[kind])

    return read
