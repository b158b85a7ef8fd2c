"""Fields of a JSON object, each read with its path for whoever must mend it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from marketplace.matching.faults import MalformedInstance

Name = int | str
"""What a row calls itself or another: a text or a whole number."""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MISSING = "missing"
LARGEST = 10**400
"""No number of an instance reaches this; a longer one is read as this."""


class Fields:
    """One JSON object and where it stands. A key that is null counts as left out."""

    def __init__(self, data: object, path: str, known: Iterable[str]) -> None:
        if not isinstance(data, dict):
            raise MalformedInstance(path or "$", "not an object")
        self.data = {key: value for key, value in data.items() if value is not None}
        self.path = path
        for key in data:
            if key not in known:
                raise MalformedInstance(self.at(key), "unknown key")

    def at(self, key: str) -> str:
        """The path of a key."""
        return f"{self.path}.{key}" if self.path else key

    def fault(self, key: str, problem: str) -> MalformedInstance:
        """What is wrong with a key."""
        return MalformedInstance(self.at(key), problem)

    def has(self, key: str) -> bool:
        """Whether the key is there and not null."""
        return key in self.data

    def _get(self, key: str) -> object:
        if key not in self.data:
            raise self.fault(key, MISSING)
        return self.data[key]

    def whole(self, key: str, most: int, least: int = 0) -> int:
        """A whole number between `least` and `most`."""
        value = self._get(key)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.fault(key, "not a whole number")
        if not least <= value <= most:
            raise self.fault(key, f"not between {least} and {most}")
        return value

    def number(self, key: str, least: float, most: float) -> float:
        """A finite number between `least` and `most`."""
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fault(key, "not a number")
        if not least <= value <= most:
            raise self.fault(key, f"not a number between {least:g} and {most:g}")
        return float(value)

    def part_of(self, key: str, whole: int) -> int:
        """A decimal between 0 and 1, as it is written, of a whole, rounded down."""
        share = Decimal(repr(self.number(key, 0, 1)))
        numerator, denominator = share.as_integer_ratio()
        return numerator * whole // denominator

    def day(self, key: str) -> int:
        """The ordinal of a day written YYYY-MM-DD."""
        value = self._get(key)
        if not isinstance(value, str) or not DAY.fullmatch(value):
            raise self.fault(key, "not a day as YYYY-MM-DD")
        try:
            return date.fromisoformat(value).toordinal()
        except ValueError:
            raise self.fault(key, "no day of the calendar") from None

    def name(self, key: str) -> Name:
        """A text that is not empty, or a whole number."""
        return _name(self._get(key), self.at(key))

    def names(self, key: str) -> list[Name]:
        """A list of names."""
        return [_name(value, path) for value, path in self.items(key)]

    def items(self, key: str) -> list[tuple[object, str]]:
        """The items of a list, each with its path."""
        value = self._get(key)
        if not isinstance(value, list | tuple):
            raise self.fault(key, "not a list")
        return [(item, f"{self.at(key)}[{i}]") for i, item in enumerate(value)]

    def window(self, first: str, last: str) -> tuple[int, int]:
        """Two days in their order."""
        since, until = self.day(first), self.day(last)
        if since > until:
            raise self.fault(first, f"lies after {last}")
        return since, until


def _name(value: object, path: str) -> Name:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise MalformedInstance(path, "neither a text nor a whole number")
    if isinstance(value, int) and abs(value) >= LARGEST:
        raise MalformedInstance(path, "a number of more than 400 digits")
    if value == "":
        raise MalformedInstance(path, "empty")
    return value


def in_order(names: Iterable[Name]) -> list[Name]:
    """Each name once: numbers by value, then texts by code point."""
    return sorted(set(names), key=lambda name: (isinstance(name, str), name))


def optional_names(row: Fields, key: str) -> list[Name]:
    """A list of names, empty if the key is left out."""
    return row.names(key) if row.has(key) else []


def optional_whole(row: Fields, key: str, most: int, least: int = 0) -> int:
    """A whole number, 0 if the key is left out."""
    return row.whole(key, most, least) if row.has(key) else 0
