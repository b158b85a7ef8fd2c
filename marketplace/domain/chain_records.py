"""The facts of a chain as plain data that can be stored, and back again."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from marketplace.domain.chain_facts import ChainFacts

Value = TypeVar("Value")


def record_of(facts: ChainFacts) -> dict[str, Any]:
    """Names, numbers and lists only; what is as usual is left out."""
    record = _plain(facts)
    assert isinstance(record, dict)
    return record


def digest_of_record(record: Mapping[str, Any]) -> str:
    """SHA-256 by which two records of facts are told apart, 64 hexadecimal digits."""
    text = json.dumps(record, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def facts_from(record: Mapping[str, Any]) -> ChainFacts:
    """The facts that `record_of` wrote down; unknown names are an error."""
    facts = _read(ChainFacts, record)
    assert isinstance(facts, ChainFacts)
    return facts


def plain_of(value: Any) -> dict[str, Any]:
    """Any such value of the domain as plain data, as `record_of` does with facts."""
    record = _plain(value)
    assert isinstance(record, dict)
    return record


def read_as(kind: type[Value], data: Mapping[str, Any]) -> Value:
    """The value of that kind that `plain_of` wrote down."""
    value = _read(kind, data)
    assert isinstance(value, kind)
    return value


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The names under which two records of facts differ, in order."""
    names = {*before, *after}
    return sorted(name for name in names if before.get(name) != after.get(name))


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {
            field.name: _plain(held)
            for field in dataclasses.fields(value)
            if not _is_usual(held := getattr(value, field.name), field)
        }
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, frozenset):
        return sorted(_plain(one) for one in value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value


def _is_usual(held: Any, field: dataclasses.Field[Any]) -> bool:
    """Also in how it is written: 0.0000 is a number that somebody measured."""
    return bool(held == field.default) and str(held) == str(field.default)


@cache
def _kinds(model: type[Any]) -> dict[str, Any]:
    return get_type_hints(model)


def _read(kind: Any, data: Any) -> Any:
    """What stands for a value of that type, as such a value."""
    if get_origin(kind) in (Union, UnionType):
        (kind,) = (one for one in get_args(kind) if one is not type(None))
        return None if data is None else _read(kind, data)
    if get_origin(kind) is frozenset:
        return frozenset(_read(get_args(kind)[0], one) for one in data)
    if get_origin(kind) is tuple:
        return _read_tuple(get_args(kind), data)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        kinds = _kinds(kind)
        return kind(**{name: _read(kinds[name], held) for name, held in data.items()})
    if kind is date:
        return date.fromisoformat(data)
    if kind is Decimal or (isinstance(kind, type) and issubclass(kind, StrEnum)):
        return kind(data)
    return data


def _read_tuple(kinds: tuple[Any, ...], data: Any) -> tuple[Any, ...]:
    if len(kinds) == 2 and kinds[1] is ...:
        return tuple(_read(kinds[0], one) for one in data)
    return tuple(_read(kind, one) for kind, one in zip(kinds, data, strict=True))
