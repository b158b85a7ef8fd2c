"""An event by itself says what its prefixes stand for, as its document did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marketplace.domain.epcis_checks import is_uri, prefixes_of


def _declared_for(
    event: Mapping[str, Any], prefixes: Mapping[str, str]
) -> dict[str, str]:
    """Those prefixes of its document that an event uses and does not declare."""
    own = prefixes_of(event.get("@context"))  # those of EPCIS are everybody's
    used = set(_prefixes_in(event)) - {*own}
    return {prefix: space for prefix, space in prefixes.items() if prefix in used}


def _prefixes_in(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _prefixes_in(one)
    elif isinstance(value, Mapping):
        for name, one in value.items():
            if name != "@context":
                yield str(name).partition(":")[0]
                yield from _prefixes_in(one)
    elif isinstance(value, str):
        yield value.partition(":")[0]


def with_context(
    event: Mapping[str, Any], prefixes: Mapping[str, str]
) -> dict[str, Any]:
    """The event by itself, with what the prefixes that it uses stand for."""
    more = _declared_for(event, prefixes)
    if not more:
        return dict(event)
    own = event.get("@context", [])
    return {**event, "@context": [more, *(own if isinstance(own, list) else [own])]}


def prefixes_told(header: str) -> dict[str, str]:
    """What a caller says that prefixes stand for: `GS1-Extensions: ex=https://...`."""
    pairs = (one.strip().partition("=") for one in header[:2000].split(","))
    return {prefix: space for prefix, _, space in pairs if prefix and is_uri(space)}
