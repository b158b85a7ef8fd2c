"""What the filters of the simple event query read of an event (EPCIS 2.0, 8.2.7.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from marketplace.domain.epcis_fields import (
    Measure,
    fields_of,
    is_there,
    measures_of_fields,
    measures_of_goods,
    told_by,
)
from marketplace.domain.epcis_patterns import place_of
from marketplace.domain.epcis_words import full_word
from marketplace.domain.gs1_uris import canonical_uri

Json = Mapping[str, Any]
Prefixes = Mapping[str, str]
Read = Callable[[Json], Iterable[str]]


def _direct(name: str) -> Read:
    return lambda event: [str(event[name])] if name in event else []


def _word(name: str) -> Read:
    return lambda event: [full_word(name, str(one)) for one in _direct(name)(event)]


def _place(name: str) -> Read:
    return lambda event: [canonical_uri(event[name]["id"])] if name in event else []


def _above(name: str) -> Read:
    """The place without its extension, which is a part of it (CBV 2.0, 8.3)."""
    return lambda event: [
        one.partition("/254/")[0] for one in _place(name)(event) if "/254/" in one
    ]


def _lasting(name: str) -> Read:
    return lambda event: [
        full_word("disposition", one)
        for one in event.get("persistentDisposition", {}).get(name, ())
    ]


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


def _there(value: Any) -> list[str]:
    return [YES] if is_there(value) else []


YES, FLAG = "true", "flag"
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
    "EQ_persistentDisposition_set": ("disposition", _lasting("set")),
    "EQ_persistentDisposition_unset": ("disposition", _lasting("unset")),
    "EQ_readPoint": ("uri", _place("readPoint")),
    "EQ_bizLocation": ("uri", _place("bizLocation")),
    "WD_readPoint": ("uri", _both(_place("readPoint"), _above("readPoint"))),
    "WD_bizLocation": ("uri", _both(_place("bizLocation"), _above("bizLocation"))),
    "EXISTS_sensorElementList": (FLAG, lambda e: _there(e.get("sensorElementList"))),
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
ABOVE: Mapping[str, Read] = {
    "ABOVE_readPoint": _above("readPoint"),
    "ABOVE_bizLocation": _above("bizLocation"),
}
"""Read for the index alone: no parameter asks for them."""
TYPED = ("bizTransaction", "source", "destination")
"""Lists whose elements have a type: `EQ_source_owning_party` asks for one of it."""
PATTERNED = tuple(name for name in FILTERS if name.startswith("MATCH_"))
"""Filters whose values may be patterns of identifiers."""


def reader_for(name: str, prefixes: Prefixes | None = None) -> Read:
    """What a filter reads of an event; `EQ_source_owning_party` reads one type.

    A field is read for `EQ_ILMD_` and `EXISTS_ILMD_` with its full name; `prefixes`
    are those that the event need not declare.
    """
    if name in FILTERS:
        return FILTERS[name][1]
    how, kind, wanted = (*name.split("_", 2), "")[:3]
    if how == "EQ" and kind in TYPED:
        return _typed(kind, wanted)
    return _field(how, name.removeprefix(f"{how}_"), prefixes)


def _typed(kind: str, wanted: str) -> Read:
    def read(event: Json) -> Iterator[str]:
        for one in event.get(f"{kind}List", ()):
            told = full_word(kind, str(one.get("type", "")))
            if not wanted or told == full_word(kind, wanted):
                yield canonical_uri(one[kind])

    return read


def _field(how: str, field: str, prefixes: Prefixes | None) -> Read:
    read = _there if how == "EXISTS" else told_by
    return lambda event: [
        one
        for name, value in fields_of(event, prefixes)
        if name == field
        for one in read(value)
    ]


def measures_of(event: Json, prefixes: Prefixes | None = None) -> Iterator[Measure]:
    """All numbers that an event can be found by: amounts, moments, places in order."""
    yield from measures_of_goods(event)
    yield from measures_of_fields(event, prefixes)
    for name in PATTERNED:
        for uri in FILTERS[name][1](event):
            place = place_of(name, uri)
            if place is not None:
                yield place
