"""Days and moments as whole numbers, the same on both databases."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class ordinal(FunctionElement[int]):  # noqa: N801 - reads like a function of SQL
    """A date as the number of its day, as `date.toordinal` counts."""

    inherit_cache = True
    type = sa.BigInteger()


class epoch(FunctionElement[int]):  # noqa: N801
    """A moment in whole seconds since 1970."""

    inherit_cache = True
    type = sa.BigInteger()


@compiles(ordinal, "sqlite")
def _ordinal_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    day = compiler.process(element.clauses, **options)
    return f"CAST(julianday({day}) - 1721424.5 AS INTEGER)"


@compiles(ordinal, "postgresql")
def _ordinal_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    day = compiler.process(element.clauses, **options)
    return f"({day} - DATE '0001-01-01' + 1)"


@compiles(epoch, "sqlite")
def _epoch_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    return f"CAST(strftime('%s', {moment}) AS INTEGER)"


@compiles(epoch, "postgresql")
def _epoch_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    return f"floor(extract(epoch FROM {moment}))"
