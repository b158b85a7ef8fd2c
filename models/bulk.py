"""Many rows at once, without an object for each: columns out, tuples in.

PostgreSQL sends all rows as one string of bytes, which numpy reads as it comes,
and takes them by COPY; SQLite is in this process already. What is read is whole numbers and
floats alone, never NULL: the query says what stands for nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, reduce
from itertools import islice, repeat
from typing import Any, TypeVar

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from models.copied import texts_of
from models.unchanged import note_rows

Columns = NDArray[np.void]
"""A structured array: one record a row, one field a column."""
Item = TypeVar("Item")
BINARY, END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
CHUNK = 5_000  # PostgreSQL takes 65,535 parameters in a statement


def read_columns(
    session: Session,
    columns: Mapping[str, Any],
    wanted: sa.Select[Any],
    *,
    by: Sequence[str] = (),
) -> Columns:
    """The rows of a query as one array; `columns` are its names and expressions.

    A float is asked for by a FLOAT column, everything else is a whole number.
    Rows are put in the order of the fields `by` here, where it costs a twentieth
    of what it costs the database, which would move them whole, and on its disk.
    """
    rows = _read(session, columns, wanted)
    note_rows(session, wanted, len(rows))
    return rows[np.lexsort([rows[name] for name in reversed(by)])] if by else rows


def _read(
    session: Session, columns: Mapping[str, Any], wanted: sa.Select[Any]
) -> Columns:
    shaped = wanted.with_only_columns(
        *(_plain(value).label(name) for name, value in columns.items()),
        maintain_column_froms=True,
    )
    kinds = [
        (name, "f8" if _is_float(value) else "i8") for name, value in columns.items()
    ]
    if session.get_bind().dialect.name == "sqlite":
        rows = session.execute(shaped).all()
        return np.array([tuple(row) for row in rows], dtype=kinds)
    sent = np.frombuffer(_sent(session, shaped), [(n, f">{k}") for n, k in kinds])
    return sent.astype(kinds)


def side_by_side(left: Columns, right: Columns) -> Columns:
    """Row by row the fields of both; one that both have is the left's."""
    whole: dict[str, Any] = {}
    for rows in (right, left):
        whole |= {name: rows[name] for name in rows.dtype.names or ()}
    kinds = [(name, column.dtype) for name, column in whole.items()]
    found = np.empty(len(left), dtype=kinds)
    for name, column in whole.items():
        found[name] = column
    return found


def _plain(value: Any) -> sa.ColumnElement[Any]:
    kind: sa.types.TypeEngine[Any] = (
        sa.Double() if _is_float(value) else sa.BigInteger()
    )
    return sa.func.coalesce(sa.cast(value, kind), sa.literal_column("0"))


def _is_float(value: Any) -> bool:
    return isinstance(value.type, sa.Float)


def _sent(session: Session, shaped: sa.Select[Any]) -> bytes:
    """All rows as one value: a message a row would cost more than the rows.

    With no NULL every row is of one length, most significant byte first.
    """
    rows = shaped.subquery()
    fields: list[Any] = [
        (sa.func.float8send if _is_float(column) else sa.func.int8send)(column)
        for column in rows.c
    ]
    record = reduce(lambda left, right: left.op("||")(right), fields)
    nothing = sa.cast(sa.literal("", sa.String), sa.LargeBinary)
    return session.scalar(sa.select(sa.func.string_agg(record, nothing))) or b""


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
    kinds = [column.type for column in columns]
    quoted = ", ".join(f'"{column.name}"' for column in columns)
    statement = f'COPY "{table.name}" ({quoted}) FROM STDIN'
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy(statement) as copy:
        for some in chunks(rows):
            given = [*zip(*some, strict=True), *_filled(fill.values(), len(some))]
            texts = map(texts_of, given, kinds, repeat(connection.dialect))
            copy.write(
                "".join("\t".join(row) + "\n" for row in zip(*texts, strict=True))
            )


def _filled(defaults: Iterable[Any], count: int) -> Iterator[Sequence[Any]]:
    """What the model says of columns that nobody names, so many times."""
    for arg in defaults:
        yield [arg(None) for _ in range(count)] if callable(arg) else [arg] * count


def shape_of(model: type[Any]) -> list[tuple[str, str]]:
    """The fields of an array that holds rows of a table of numbers."""
    return [(c.name, "f8" if _is_float(c) else "i8") for c in model.__table__.c]


def insert_columns(session: Session, model: type[Any], rows: Columns) -> None:
    """Write an array whose fields are the columns of a table of numbers.

    To PostgreSQL as it takes rows in binary: the number of fields, then of each
    its length and its bytes, most significant first. All rows are of one length.
    """
    if session.get_bind().dialect.name == "sqlite":
        insert_rows(session, model, rows.dtype.names or (), rows.tolist())
        return
    session.flush()  # what they refer to comes first
    table = model.__table__
    kinds = [(column.name, _wire_kind(column.type)) for column in table.c]
    lengths = [(f"length of {name}", ">i4") for name, _ in kinds]
    each = [one for pair in zip(lengths, kinds, strict=True) for one in pair]
    sent = np.empty(len(rows), dtype=[("fields", ">i2"), *each])
    sent["fields"] = len(kinds)
    for name, kind in kinds:
        sent[f"length of {name}"] = np.dtype(kind).itemsize
        sent[name] = rows[name]
        if (sent[name] != rows[name]).any():
            raise OverflowError(name)
    statement = f'COPY "{table.name}" FROM STDIN (FORMAT BINARY)'
    cursor: Any = session.connection().connection.cursor()
    with cursor, cursor.copy(statement) as copy:
        copy.write(BINARY + sent.tobytes() + END)


def _wire_kind(kind: Any) -> str:
    if isinstance(kind, sa.Float):
        return ">f8"
    return ">i8" if isinstance(kind, sa.BigInteger) else ">i4"


def new_ids(session: Session, model: type[Any], count: int) -> list[int]:
    """So many ids that nobody else will use, for rows that name each other."""
    table = model.__table__
    if session.get_bind().dialect.name == "sqlite":  # the only writer there is
        last = session.scalar(sa.select(sa.func.max(table.c.id))) or 0
        return list(range(last + 1, last + count + 1))
    series = sa.func.generate_series(1, count).table_valued("n")
    serial = sa.func.pg_get_serial_sequence(table.name, "id")
    # In a query of its own the name is looked up once and not for every id.
    once = sa.select(sa.cast(serial, postgresql.REGCLASS)).scalar_subquery()
    wanted = sa.select(sa.func.nextval(once))
    return list(session.scalars(wanted.select_from(series)))


def among(session: Session, column: Any, ids: Iterable[int]) -> sa.ColumnElement[bool]:
    """Whether a column is one of these, however many: one parameter, not one each.

    A plan for one alone is another than that for many, and has its own text.
    """
    ids = list(ids)
    if len(ids) == 1:
        return column == ids[0]  # type: ignore[no-any-return]
    if session.get_bind().dialect.name == "sqlite":
        each = sa.func.json_each(json.dumps(ids)).table_valued("value")
        return column.in_(sa.select(each.c.value))  # type: ignore[no-any-return]
    return column == sa.func.any(_array(ids))  # type: ignore[no-any-return]


def within(session: Session, column: Any, ids: Iterable[int]) -> sa.ColumnElement[bool]:
    """As `among`, where many rows are held against many ids: each is looked up once.

    A prepared plan compares a row with the ids of an array one after the other.
    """
    if session.get_bind().dialect.name == "sqlite":
        return among(session, column, ids)
    return column.in_(sa.select(sa.func.unnest(_array(ids))))  # type: ignore[no-any-return]


def _array(ids: Iterable[int]) -> sa.ColumnElement[Any]:
    """Ids as the database writes a list of them; the driver takes them one by one."""
    text = _text_of_scope(ids) if isinstance(ids, frozenset) else _text_of(ids)
    return sa.cast(sa.literal(text, sa.String), postgresql.ARRAY(sa.BigInteger))


def _text_of(ids: Iterable[int]) -> str:
    return "{" + ",".join(map(str, ids)) + "}"


# A page asks some thirty times for what lies within the same area.
_text_of_scope = lru_cache(maxsize=64)(_text_of)


def chunks(items: Iterable[Item], size: int = CHUNK) -> Iterator[list[Item]]:
    """The items in lists that a statement can take."""
    left = iter(items)
    while some := list(islice(left, size)):
        yield some
