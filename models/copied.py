"""Values as PostgreSQL reads them in the text of a COPY.

Fields stand between tabs and rows between newlines, so these are written with a
backslash, as is the backslash itself; a backslash with an N is NULL.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

NULL = "\\N"
ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def text_of(kind: Any, dialect: sa.Dialect) -> Callable[[Any], str]:
    """How a value of a column of this type is written."""
    if isinstance(kind, sa.JSON):
        return _json
    bind = kind.dialect_impl(dialect).bind_processor(dialect)
    if bind is None:
        return _plain
    return lambda value: _plain(bind(value))


def _json(value: Any) -> str:
    return json.dumps(value).translate(ESCAPED)  # None is null within it, as ever


def _plain(value: Any) -> str:
    """A word, a number, a day, a moment with its time zone, yes or no."""
    if value is None:
        return NULL
    text = str(value)
    return text if text.isalnum() else text.translate(ESCAPED)
