"""The text of an instance as JSON values; faults of the text with their path."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from marketplace.matching.faults import MalformedInstance
from marketplace.matching.format_fields import LARGEST

LONGEST = 400
"""Digits; a number with more is beyond every limit, whatever its digits are."""


class Twice(dict[str, object]):
    """An object in which a key occurs twice."""

    key = ""


def load(path: str) -> object:
    """The JSON of a file, or of standard input for `-`; each key at most once."""
    data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    try:
        found = json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=_object, parse_int=_whole
        )
    except RecursionError:
        raise MalformedInstance("$", "nested too deeply") from None
    except ValueError as fault:
        raise MalformedInstance("$", f"no JSON: {fault}") from None
    _refuse_twice(found)
    return found


def _whole(digits: str) -> int:
    if len(digits) <= LONGEST:
        return int(digits)
    return -LARGEST if digits.startswith("-") else LARGEST


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    twice = Twice(found)
    twice.key = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return twice


def _refuse_twice(data: object) -> None:
    """Raise MalformedInstance with the path of a key that occurs twice."""
    to_do = [("", data)]
    while to_do:
        path, value = to_do.pop()
        if isinstance(value, Twice):
            at = f"{path}.{value.key}" if path else value.key
            raise MalformedInstance(at, "the key occurs twice in one object")
        if isinstance(value, dict):
            inner = [(f"{path}.{key}" if path else key, v) for key, v in value.items()]
        elif isinstance(value, list):
            inner = [(f"{path}[{i}]", v) for i, v in enumerate(value)]
        else:
            continue
        to_do += reversed([one for one in inner if isinstance(one[1], dict | list)])
