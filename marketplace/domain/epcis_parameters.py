"""Parameters of the simple event query: which filter each asks, for what."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from marketplace.domain.epcis_bounds import Bounds, compared
from marketplace.domain.epcis_fields import (
    NUMBER,
    full_field,
    measured_as,
    spellings,
)
from marketplace.domain.epcis_filters import FILTERS, FLAG, PATTERNED, TYPED, YES
from marketplace.domain.epcis_patterns import bounds_of, is_pattern
from marketplace.domain.epcis_words import EVENT_TYPES, full_word
from marketplace.domain.gs1_uris import canonical_uri

MOST_VALUES = 50
_AMOUNT = re.compile(r"(EQ|GT|GE|LT|LE)_(quantity(?:_[A-Z0-9]{2,3})?)", re.ASCII)
_FIELD = re.compile(
    r"(EQ|GT|GE|LT|LE|EXISTS)_((?:INNER_)?(?:ILMD_)?)([^_:][^:]*:.+)", re.ASCII
)


class BadQuery(ValueError):
    """A parameter that the query does not know, or a value that it can not read."""


class Filters:
    """What parameters ask for, read one by one; a prefix stands for a namespace."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = prefixes
        self.equal: dict[str, frozenset[str]] = {}
        self.bounds: dict[str, frozenset[Bounds]] = {}

    def read(self, name: str, value: str) -> None:
        """One parameter; BadQuery if it is none, or asks for nothing."""
        parts = name.split("_", 2)
        amount = _AMOUNT.fullmatch(name)
        if name in FILTERS:
            self._known(name, value)
        elif parts[0] == "EQ" and len(parts) > 1 and parts[1] in TYPED:
            self._add(name, frozenset(map(canonical_uri, _listed(name, value))))
        elif amount:
            self._amount(name, amount[1], amount[2], value)
        else:
            self._field(name, value)

    def _add(self, name: str, values: frozenset[str]) -> None:
        if values:
            self.equal[name] = self.equal.get(name, frozenset()) | values

    def _bound(self, name: str, bounds: frozenset[Bounds]) -> None:
        self.bounds[name] = self.bounds.get(name, frozenset()) | bounds

    def _known(self, name: str, value: str) -> None:
        kind = FILTERS[name][0]
        if kind == FLAG:
            self._add(name, _flag(value))
            return
        values = _listed(name, value)
        if name == "eventType" and not set(values) <= set(EVENT_TYPES):
            raise BadQuery("eventType is one of " + ", ".join(EVENT_TYPES))
        if name in PATTERNED:
            for one in filter(is_pattern, values):
                self._pattern(name, one)
            values = [one for one in values if not is_pattern(one)]
        self._add(name, frozenset(map(_spelling(kind), values)))

    def _pattern(self, name: str, value: str) -> None:
        bounds = bounds_of(name, value)
        if not bounds:
            raise BadQuery(f"{name}: {value!r} is no pattern that is understood here")
        self._bound(name, frozenset(bounds))

    def _amount(self, name: str, how: str, measure: str, value: str) -> None:
        values = _listed(name, value) if how == "EQ" else [value]
        numbers = [_number(name, one) for one in values]
        if how == "EQ":
            same = frozenset(Bounds(measure, one, one) for one in numbers)
            self._bound(name, same)
        else:
            self._compare(name, how, measure, numbers[0])

    def _compare(self, name: str, how: str, measure: str, number: float) -> None:
        if name in self.bounds:
            raise BadQuery(f"{name} stands there twice")
        self.bounds[name] = frozenset({compared(how, measure, number)})

    def _field(self, name: str, value: str) -> None:
        match = _FIELD.fullmatch(name)
        if match is None:
            raise BadQuery(f"{name} is no parameter of this query")
        how, place, told = match.groups()
        field = full_field(told, self.prefixes)
        if field is None:
            raise BadQuery(f"{name}: what the prefix stands for is not declared")
        full = f"{how}_{place}{field}"
        if how == "EXISTS":
            self._add(full, _flag(value))
        elif how == "EQ":
            spelled = (spellings(one) for one in _listed(name, value))
            self._add(full, frozenset().union(*spelled))
        else:
            kind, number = _measured(name, value)
            self._compare(full, how, f"{kind}:{place}{field}", number)


def _spelling(kind: str) -> Callable[[str], str]:
    if kind == "uri":
        return canonical_uri
    return (lambda one: full_word(kind, one)) if kind else str


def _listed(name: str, value: str) -> list[str]:
    values = [one.strip() for one in value.split(",") if one.strip()]
    if not values or len(values) > MOST_VALUES:
        raise BadQuery(f"{name} needs one to {MOST_VALUES} values")
    return values


def _flag(value: str) -> frozenset[str]:
    """What is there is asked for with any value but `false`, which asks nothing."""
    return frozenset() if value == "false" else frozenset({YES})


def _number(name: str, value: str) -> float:
    found = measured_as(value.strip())
    if found is None or found[0] != NUMBER:
        raise BadQuery(f"{name} needs a number")
    return found[1]


def _measured(name: str, value: str) -> tuple[str, float]:
    # A plus sign in an address is a space to whoever reads it as a form.
    found = measured_as(value.strip().replace(" ", "+"))
    if found is None:
        raise BadQuery(f"{name} needs a number, a day or a time with its offset")
    return found
