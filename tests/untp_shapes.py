"""What the JSON schemas of UNTP 0.6.1 ask of a credential, held to one.

`domain/untp_shapes.json` says of each type that we write which fields it must have,
which it may have and of what kind they are. These are the facts of the schemas; the
schemas themselves are not part of this tree (see docs/epcis.md).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from marketplace.domain.epcis_checks import is_uri, read_instant

SHAPES = json.loads(
    (Path(__file__).parent / "domain" / "untp_shapes.json").read_text("utf-8")
)


def faults_of(value: Any, shape: str) -> list[str]:
    """All that is wrong with a value that should be of this type."""
    return list(_faults(value, shape, shape))


def _faults(value: Any, kind: Any, at: str) -> Iterator[str]:
    if isinstance(kind, list):
        if not isinstance(value, list):
            yield f"{at}: is no list"
            return
        for n, one in enumerate(value):
            yield from _faults(one, kind[0], f"{at}/{n}")
    elif isinstance(kind, dict):
        yield from _chosen(value, kind, at)
    elif kind in SHAPES:
        yield from _object(value, SHAPES[kind], at)
    elif not _IS[kind](value):
        yield f"{at}: is no {kind}"


def _chosen(value: Any, kind: dict[str, list[str]], at: str) -> Iterator[str]:
    if "one of" in kind and value not in kind["one of"]:
        yield f"{at}: {value!r} is none of the words"
    if "all" in kind and not (
        isinstance(value, list) and set(kind["all"]) <= set(value)
    ):
        yield f"{at}: lacks one of {kind['all']}"


def _object(value: Any, shape: dict[str, Any], at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at}: is no object"
        return
    for name in set(shape.get("required", ())) - set(value):
        yield f"{at}: lacks {name}"
    for name, one in value.items():
        if name in shape["fields"]:
            yield from _faults(one, shape["fields"][name], f"{at}/{name}")
        elif shape.get("closed"):
            yield f"{at}: may not have {name}"


def _is_day(value: Any) -> bool:
    return (
        isinstance(value, str)
        and bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value))
        and (date.fromisoformat(value).isoformat() == value)
    )


_IS = {
    "anything": lambda value: True,
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float),
    "uri": is_uri,
    "date": _is_day,
    "date-time": lambda value: read_instant(value) is not None,
    "binary": lambda value: isinstance(value, str),
}
