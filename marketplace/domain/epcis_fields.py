"""Fields of extensions and of master data (ILMD) that a query of EPCIS may name.

A field is known by the address of its namespace and its own name, whichever prefix
stands for the namespace: `cbvmda:lotNumber` is `urn:epcglobal:cbv:mda#lotNumber`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from marketplace.domain.epcis_checks import prefixes_of, read_instant

Json = Mapping[str, Any]
Measure = tuple[str, float]
"""Of what a number tells (`quantity_KGM`), and the number."""

NUMBER, TIME = "number", "time"
LISTS = (
    *("quantityList", "childQuantityList"),
    *("inputQuantityList", "outputQuantityList"),
)
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?([eE][+-]?\d{1,3})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_END = re.compile(r"[#/:](?=[^#/:]*$)")
_SCHEMES = ("http", "https", "urn")


def full_field(name: str, prefixes: Mapping[str, str]) -> str | None:
    """The one spelling of a field's name; None if its prefix stands for nothing."""
    prefix, colon, local = name.partition(":")
    if not colon:
        return None
    if prefix in prefixes:
        name = prefixes[prefix] + local
    elif prefix not in _SCHEMES:
        return None
    end = _END.search(name)
    if end is None:
        return None
    return f"{name[: end.start()].rstrip('#/:')}#{name[end.end() :]}"


def fields_of(
    event: Json, prefixes: Mapping[str, str] | None = None
) -> Iterator[tuple[str, Any]]:
    """The fields of an event, each with what a query calls its place and itself."""
    known = {**(prefixes or {}), **prefixes_of(event.get("@context"))}
    for place, part in (("", event), ("ILMD_", event.get("ilmd", {}))):
        for name, value in part.items():
            field = full_field(name, known)
            if field is not None:
                yield place + field, value
                inner = _inside(value, known)
                yield from ((f"INNER_{place}{one}", told) for one, told in inner)


def _inside(value: Any, known: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        for one in value:
            yield from _inside(one, known)
    elif isinstance(value, Mapping):
        for name, one in value.items():
            field = full_field(name, known)
            if field is not None:
                yield field, one
            yield from _inside(one, known)


def told_by(value: Any) -> Iterator[str]:
    """What a field may equal: its words, or its number in one spelling."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, bool):
            yield "true" if one else "false"
        elif isinstance(one, int | float):
            yield spell_number(one)
        elif isinstance(one, str):
            yield one


def is_there(value: Any) -> bool:
    """Whether a field has anything in it."""
    return value is not None and value not in ("", [], {})


def spell_number(number: float) -> str:
    """Twelve is `12`, whether it was told as 12, 12.0 or 1.2e1."""
    whole = abs(number) < 10**15 and number == int(number)
    return str(int(number)) if whole else repr(float(number))


def spellings(asked: str) -> set[str]:
    """What an asked value may stand as in an event."""
    if _NUMBER.fullmatch(asked) and math.isfinite(float(asked)):
        return {asked, spell_number(float(asked))}
    return {asked}


def measured_as(value: Any) -> tuple[str, float] | None:
    """A number or a moment that others can be compared to; a day begins in UTC."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _number(float(value)) if abs(value) < 10**300 else None
    if not isinstance(value, str):
        return None
    if _NUMBER.fullmatch(value):
        return _number(float(value))
    if _DAY.fullmatch(value):
        try:
            return TIME, start_of(date.fromisoformat(value))
        except ValueError:
            return None
    moment = read_instant(value)
    return (TIME, moment.timestamp()) if moment is not None else None


def _number(value: float) -> tuple[str, float] | None:
    return (NUMBER, value) if math.isfinite(value) else None


def start_of(day: date) -> float:
    """The moment a day begins in UTC."""
    return datetime.combine(day, time(), tzinfo=UTC).timestamp()


def measures_of_fields(
    event: Json, prefixes: Mapping[str, str] | None = None
) -> Iterator[Measure]:
    """The numbers and moments in the fields of an event."""
    for name, value in fields_of(event, prefixes):
        for one in value if isinstance(value, list) else [value]:
            found = measured_as(one)
            if found is not None:
                yield f"{found[0]}:{name}", found[1]


def measures_of_goods(event: Json) -> Iterator[Measure]:
    """How much of something an event tells, in any unit and in its own."""
    for number, unit in quantities(event):
        yield "quantity", number
        if unit:
            yield f"quantity_{unit}", number


def quantities(event: Json) -> Iterable[tuple[float, str]]:
    """Numbers and their units (UN/CEFACT); none for what is counted in pieces."""
    return (
        (float(one["quantity"]), str(one.get("uom", "")))
        for name in LISTS
        for one in event.get(name, ())
        if "quantity" in one
    )
