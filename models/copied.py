"""Columns as PostgreSQL reads them in the text of a COPY.

Fields stand between tabs and rows between newlines, so these are written with a
backslash, as is the backslash itself; a backslash with an N is NULL. A column is
written as a whole: most are numbers, or words with nothing to escape in them, or
say the same in many rows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

NULL = "\\N"
ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
TO_ESCAPE = re.compile(r"[\\\t\n\r]")


def texts_of(values: Sequence[Any], kind: Any, dialect: sa.Dialect) -> Iterable[str]:
    """The values of a column of this type, each as it is written."""
    if isinstance(kind, sa.JSON):
        return map(_json, values)
    bind = kind.dialect_impl(dialect).bind_processor(dialect)
    if bind is not None:  # moments and words of a list: few, over and over
        return map(cache(_bound(bind)), values)
    if isinstance(kind, sa.Integer) and None not in values:
        return map(str, values)
    if isinstance(kind, sa.String) and None not in values:
        return map(_word, values) if TO_ESCAPE.search("".join(values)) else values
    return map(_plain, values)


def _bound(bind: Callable[[Any], Any]) -> Callable[[Any], str]:
    return lambda value: _plain(bind(value))


def _json(value: Any) -> str:
    return json.dumps(value).translate(ESCAPED)  # None is null within it, as ever


def _word(value: str) -> str:
    return value.translate(ESCAPED)


def _plain(value: Any) -> str:
    """A word, a number, a day, a moment with its time zone, yes or no."""
    return NULL if value is None else str(value).translate(ESCAPED)
