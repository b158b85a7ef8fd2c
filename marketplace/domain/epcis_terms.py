"""What an event can be found by, as short digests that an index holds.

One term stands for one value in one place of the event: `EQ_bizStep` is shipping,
`MATCH_epcClass` is a lot. A digest has one length whatever the address it stands for.
What may be asked for by size or by a pattern is a number beside the digest of what it
measures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from marketplace.domain.epcis_fields import fields_of, is_there, told_by
from marketplace.domain.epcis_filters import (
    ABOVE,
    FILTERS,
    TYPED,
    YES,
    measures_of,
    reader_for,
)
from marketplace.domain.epcis_words import full_word

ANY: Mapping[str, tuple[str, ...]] = {
    "MATCH_anyEPC": (
        "MATCH_epc",
        "MATCH_parentID",
        "MATCH_inputEPC",
        "MATCH_outputEPC",
    ),
    "MATCH_anyEPCClass": (
        "MATCH_epcClass",
        "MATCH_inputEPCClass",
        "MATCH_outputEPCClass",
    ),
    "WD_readPoint": ("EQ_readPoint", "ABOVE_readPoint"),
    "WD_bizLocation": ("EQ_bizLocation", "ABOVE_bizLocation"),
}
"""Filters that are met if one of several is."""
ID = "EQ_eventID"
"""Has a column of its own."""


def terms_of(event: Mapping[str, Any]) -> set[str]:
    """All that the filters of a query may ask of an event, but its id."""
    names = [name for name in FILTERS if name not in ANY and name != ID]
    names += [f"EQ_{kind}" for kind in TYPED]
    found = {term(name, value) for name in names for value in reader_for(name)(event)}
    found |= {term(name, one) for name, read in ABOVE.items() for one in read(event)}
    for kind in TYPED:
        for one in event.get(f"{kind}List", ()):
            name = _typed(kind, str(one.get("type", "")))
            found |= {term(name, value) for value in reader_for(name)(event)}
    return found | set(_of_fields(event))


def _of_fields(event: Mapping[str, Any]) -> Iterator[str]:
    for name, value in fields_of(event):
        yield from (term(f"EQ_{name}", one) for one in told_by(value))
        if is_there(value):
            yield term(f"EXISTS_{name}", YES)


def numbers_of(event: Mapping[str, Any]) -> set[tuple[str, float]]:
    """All that an event can be found by between bounds, each with its digest."""
    return {
        (measure(name), number)
        for name, number in measures_of(event)
        if name.partition("/")[0] not in ANY
    }


def measures_asked(name: str) -> list[str]:
    """The digests of the measures that bounds of this measure mean."""
    filter_name, slash, kind = name.partition("/")
    names = ANY.get(filter_name, (filter_name,))
    return [measure(f"{one}{slash}{kind}") for one in names]


def measure(name: str) -> str:
    """The digest of what a number measures."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def terms_asked(name: str, values: Iterable[str]) -> set[str]:
    """The terms of which an event must have one to meet a filter."""
    _, kind, wanted = (*name.split("_", 2), "", "")[:3]
    if kind in TYPED and wanted:
        name = _typed(kind, wanted)
    return {term(one, value) for one in ANY.get(name, (name,)) for value in values}


def term(name: str, value: str) -> str:
    """The digest of one value in one place."""
    told = f"{name}\0{value}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(told).hexdigest()[:32]


def _typed(kind: str, told: str) -> str:
    return f"EQ_{kind}_{full_word(kind, told)}" if told else f"EQ_{kind}"
