"""Many rows at once, without an object for each: columns out, tuples in.

PostgreSQL speaks COPY, binary on the way out, so that numpy reads the bytes as
they come; SQLite is in this process already. What is read is whole numbers and
floats alone, never NULL: the query says what stands for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

Columns = NDArray[np.void]
"""A structured array: one record a row, one field a column."""
Item = TypeVar("Item")
HEADER, TRAILER = 19, 2  # bytes around the rows of a binary COPY
CHUNK = 5_000  # PostgreSQL takes 65,535 parameters in a statement


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


def read_columns(
    session: Session, columns: Mapping[str, Any], wanted: sa.Select[Any]
) -> Columns:
    """The rows of a query as one array; `columns` are its names and expressions.

    A float is asked for by a FLOAT column, everything else is a whole number.
    """
    shaped = wanted.with_only_columns(
        *(_plain(value).label(name) for name, value in columns.items()),
        maintain_column_froms=True,
    )
    kinds = [
        (name, "f8" if _is_float(value) else "i8") for name, value in columns.items()
    ]
    connection = session.connection()
    statement = str(
        shaped.compile(
            dialect=connection.dialect, compile_kwargs={"literal_binds": True}
        )
    )
    cursor = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        return np.array(cursor.execute(statement).fetchall(), dtype=kinds)
    return _copied(cursor, statement.replace("%%", "%"), kinds)


def _plain(value: Any) -> sa.ColumnElement[Any]:
    kind: sa.types.TypeEngine[Any] = (
        sa.Double() if _is_float(value) else sa.BigInteger()
    )
    return sa.func.coalesce(sa.cast(value, kind), sa.literal_column("0"))


def _is_float(value: Any) -> bool:
    return isinstance(value.type, sa.Float)


def _copied(cursor: Any, statement: str, kinds: list[tuple[str, str]]) -> Columns:
    """Every field of a binary COPY is its length and its value, most significant
    byte first: with no NULL all rows are of one length.
    """
    with cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT BINARY)") as copy:
        data = b"".join(copy)
    wire: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in kinds:
        wire += [(f"{name} bytes", ">i4"), (name, f">{kind}")]
    rows = np.frombuffer(memoryview(data)[HEADER:-TRAILER], dtype=wire)
    found = np.empty(len(rows), dtype=kinds)
    for name, _ in kinds:
        found[name] = rows[name]
    return found


def insert_rows(
    session: Session,
    model: type[Any],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> None:
    """Write tuples in the order of `names`; the model's defaults fill the rest."""
    session.flush()  # what they refer to comes first
    connection, table = session.connection(), model.__table__
    if connection.dialect.name == "sqlite":
        for some in chunks(rows):
            told = [dict(zip(names, row, strict=True)) for row in some]
            connection.execute(sa.insert(table), told)
        return
    fill = {c.name: c.default.arg for c in table.c if c.default and c.name not in names}
    columns = [table.c[name] for name in (*names, *fill)]
    bind = [_binder(column.type, connection.dialect) for column in columns]
    quoted = ", ".join(f'"{column.name}"' for column in columns)
    statement = f'COPY "{table.name}" ({quoted}) FROM STDIN'
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy(statement) as copy:
        for row in rows:
            filled = [arg(None) if callable(arg) else arg for arg in fill.values()]
            values = zip(bind, (*row, *filled), strict=True)
            copy.write_row([b(v) if b else v for b, v in values])


def _binder(kind: Any, dialect: sa.Dialect) -> Any:
    """How a value of this type is handed to the driver, None for as it is."""
    return kind.dialect_impl(dialect).bind_processor(dialect)


def new_ids(session: Session, model: type[Any], count: int) -> list[int]:
    """So many ids that nobody else will use, for rows that name each other."""
    table = model.__table__
    if session.get_bind().dialect.name == "sqlite":  # the only writer there is
        last = session.scalar(sa.select(sa.func.max(table.c.id))) or 0
        return list(range(last + 1, last + count + 1))
    series = sa.func.generate_series(1, count).table_valued("n")
    serial = sa.func.pg_get_serial_sequence(table.name, "id")
    wanted = sa.select(sa.func.nextval(sa.cast(serial, postgresql.REGCLASS)))
    return list(session.scalars(wanted.select_from(series)))


def chunks(items: Iterable[Item], size: int = CHUNK) -> Iterator[list[Item]]:
    """The items in lists that a statement can take."""
    left = iter(items)
    while some := list(islice(left, size)):
        yield some
