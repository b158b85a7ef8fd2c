"""Patterns of identifiers: all that a company numbered, all lots or boxes of a GTIN.

EPC patterns (`urn:epc:idpat:sgtin:8930000.*.*`) and GS1 Digital Link URIs with an
asterisk for a number or for its last qualifier. A company's prefix leads its numbers,
so that each pattern is an interval of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from marketplace.domain.epcis_bounds import Bounds
from marketplace.domain.gs1_uris import HOME, URN_KINDS, joined_digits, parts_of_link

DIGITS = 12
"""So many digits of a key stand in order; behind them its indicator, if it has one."""
_SPACE = 10 ** (DIGITS + 1)
_URN = re.compile(r"urn:epc:(?:idpat|class):([a-z]+):([^?#]+)")
_SPELLED = re.compile(re.escape(HOME) + r"/(\d+)/([^/]+)(?:/(\d+)/.*)?")
_KEYS = frozenset(key for key, *_ in URN_KINDS.values())
_INDICATED = frozenset({"00", "01", "8003"})  # their first digit is no company's
_LENGTHS = {"253": 13, "8003": 14}  # what is behind so many characters is a serial
_CLASSES = {"01": ("", "10")}
"""What a pattern of things means of classes: a GTIN, and each lot of it."""


def is_pattern(value: str) -> bool:
    """Whether an asterisk stands for a part of the identifier."""
    match = _URN.fullmatch(value)
    if match:
        return "*" in match[2].split(".")
    return "*" in parts_of_link(value)


def place_of(name: str, uri: str) -> tuple[str, float] | None:
    """Where an identifier in its one spelling lies among those of its kind."""
    match = _SPELLED.fullmatch(uri)
    if match is None or match[1] not in _KEYS:
        return None
    number = _number(match[1], match[2])
    if number is None:
        return None
    kind = match[3] or _serial(match[1], match[2])
    return _measure(name, match[1], kind), float(number)


def _number(key: str, digits: str) -> int | None:
    first = key in _INDICATED
    body = digits[first : first + DIGITS]
    if not (body.isascii() and body.isdecimal() and len(body) == DIGITS):
        return None
    last = digits[0] if key == "01" else "0"
    return int(body) * 10 + int(last)


def _serial(key: str, digits: str) -> str:
    return "+" if key in _LENGTHS and len(digits) > _LENGTHS[key] else ""


def _measure(name: str, key: str, kind: str) -> str:
    return f"{name}/{key}/{kind}"


def bounds_of(name: str, value: str) -> set[Bounds]:
    """The intervals that a pattern means; empty if it is none that can be read."""
    of_classes = name.endswith("Class")
    match = _URN.fullmatch(value)
    found = _of_urn(match[1], match[2], of_classes) if match else _of_link(value)
    return {
        Bounds(_measure(name, key, kind), float(low), float(high), high_counts=False)
        for key, kind, low, high in found
    }


Interval = tuple[str, str, int, int]


def _of_urn(kind: str, told: str, of_classes: bool) -> Iterator[Interval]:
    parts = told.split(".", 2)
    if kind not in URN_KINDS or not _ends_open(parts):
        return
    key, length, qualifier = URN_KINDS[kind]
    span = _span(kind, key, length, parts)
    if span is None or len(parts) != (3 if qualifier else 2):
        return
    ends: tuple[str, ...] = (qualifier,)
    if key == "414":
        ends = ("", qualifier)  # a place without an extension has the extension 0
    elif of_classes and kind == "sgtin":
        ends = _CLASSES[key]
    elif of_classes and qualifier == "+":
        ends = ("",)
    yield from ((key, end, *span) for end in ends)


def _ends_open(parts: list[str]) -> bool:
    """Behind the first asterisk there are others only."""
    opened = parts.index("*")
    return all(part == "*" for part in parts[opened:]) and all(parts)


def _span(kind: str, key: str, length: int, parts: list[str]) -> tuple[int, int] | None:
    company, reference = parts[0], parts[1] if len(parts) > 1 else "*"
    if company == "*":
        return 0, _SPACE
    if reference == "*":
        return _span_of_company(company)
    digits = joined_digits(kind, parts)
    if not digits.isdecimal() or len(digits) != length - 1:
        return None
    spelled = f"0{digits}" if key == "8003" else digits
    number = _number(key, spelled + "0")
    return (number, number + 1) if number is not None else None


def _span_of_company(digits: str) -> tuple[int, int] | None:
    if not (digits.isascii() and digits.isdecimal() and 4 <= len(digits) <= DIGITS):
        return None
    wide = 10 ** (DIGITS + 1 - len(digits))
    return int(digits) * wide, (int(digits) + 1) * wide


def _of_link(value: str) -> Iterator[Interval]:
    parts = parts_of_link(value)
    at = next((n for n, part in enumerate(parts[:-1]) if part in _KEYS), None)
    if at is None or any(part != "*" for part in parts[at + 3 :: 2]):
        return
    key, number, kinds = parts[at], parts[at + 1], parts[at + 2 :: 2]
    if len(kinds) > 1 or (len(parts) - at) % 2:
        return
    if number == "*":
        yield key, kinds[0] if kinds else "", 0, _SPACE
        return
    found = _number(key, number.zfill(14) if key == "01" else number)
    if found is not None and kinds:
        yield key, kinds[0], found, found + 1
