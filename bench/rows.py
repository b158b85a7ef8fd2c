"""An instance as two plain tables, as somebody would keep it who has a database.

Lots have one row each (all instances here are in one piece); days, masses,
money and masks are integers, places degrees.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import numpy as np
import psycopg

from marketplace.matching.arrays import Problem
from tests import servers
from tools.postgres import create_database, plain_dsn

Table = dict[str, np.ndarray]
EARTH_KM = 6371.0088


def lot_table(problem: Problem) -> Table:
    """Columns of `lot`."""
    lots, pieces = problem.lots, problem.pieces
    assert np.array_equal(pieces.lot, np.arange(lots.kg.size)), "one piece a lot"
    return {
        "id": np.arange(lots.kg.size),
        "product": lots.product,
        "seller": lots.seller,
        "has": pieces.has.astype(np.int64),
        "first_day": pieces.first_day,
        "last_day": pieces.last_day,
        "kg": lots.kg,
        "least_kg": lots.least_kg,
        "ask": lots.ask_vnd,
        "lon": lots.lon,
        "lat": lots.lat,
    }


def need_table(problem: Problem) -> Table:
    """Columns of `need`."""
    needs = problem.needs
    return {
        "id": np.arange(needs.kg.size),
        "product": needs.product,
        "buyer": needs.buyer,
        "offer": needs.offer,
        "requires": needs.requires.astype(np.int64),
        "first_day": needs.first_day,
        "last_day": needs.last_day,
        "kg": needs.kg,
        "least_kg": needs.least_kg,
        "bid": needs.bid_vnd,
        "rate": needs.rate_vnd,
        "fixed": needs.fixed_vnd,
        "lon": needs.lon,
        "lat": needs.lat,
    }


def _columns(table: Table) -> str:
    """What stands in CREATE TABLE, in words that both databases know."""
    real = "double precision"
    return ", ".join(
        f"{name} {real if column.dtype.kind == 'f' else 'bigint'}"
        + (" primary key" if name == "id" else "")
        for name, column in table.items()
    )


def _records(table: Table) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.tolist() for column in table.values()), strict=True)


def in_sqlite(problem: Problem) -> sqlite3.Connection:
    """A database of its own in a temporary file, filled and analysed."""
    connection = sqlite3.connect("")
    for name, table in _tables(problem):
        connection.execute(f"create table {name} ({_columns(table)})")
        places = ", ".join("?" * len(table))
        insert = f"insert into {name} values ({places})"
        connection.executemany(insert, _records(table))
    connection.execute("create index by_product on lot (product, ask)")
    connection.execute("analyze")
    connection.commit()
    return connection


def in_postgres(problem: Problem) -> psycopg.Connection[Any]:
    """A fresh database on the server of this run, filled and analysed."""
    url = servers.postgres_url("bench_rows")
    create_database(url)
    connection = psycopg.connect(plain_dsn(url))
    for name, table in _tables(problem):
        connection.execute(f"create table {name} ({_columns(table)})")  # type: ignore[arg-type]
        with connection.cursor().copy(f"copy {name} from stdin") as copy:  # type: ignore[arg-type]
            for record in _records(table):
                copy.write_row(record)
    connection.execute("create index by_product on lot (product, ask)")
    connection.commit()
    connection.execute("analyze")
    connection.commit()
    return connection


def _tables(problem: Problem) -> list[tuple[str, Table]]:
    return [("lot", lot_table(problem)), ("need", need_table(problem))]


def read_binary(connection: psycopg.Connection[Any], name: str, like: Table) -> Table:
    """A table back as columns, by binary copy: the fastest way out of PostgreSQL."""
    order = np.dtype(
        [("fields", ">i2")]
        + [
            part
            for column, values in like.items()
            for part in (
                (f"{column} length", ">i4"),
                (column, ">f8" if values.dtype.kind == "f" else ">i8"),
            )
        ]
    )
    with connection.cursor().copy(f"copy {name} to stdout (format binary)") as copy:  # type: ignore[arg-type]
        data = b"".join(bytes(part) for part in copy)
    count = (len(data) - 21) // order.itemsize  # a header of 19 bytes, a trailer of 2
    rows = np.frombuffer(data, order, count, offset=19)
    return {column: rows[column].astype(like[column].dtype) for column in like}


PAIRS = f"""
select lot, need, surplus from (
  select l.id as lot, d.id as need, d.bid - l.ask - cast(floor(
    d.fixed + 0.5 + d.rate * 2 * {EARTH_KM} * asin(sqrt(
      sin(radians(l.lat - d.lat) / 2) * sin(radians(l.lat - d.lat) / 2)
      + cos(radians(l.lat)) * cos(radians(d.lat))
      * sin(radians(l.lon - d.lon) / 2) * sin(radians(l.lon - d.lon) / 2)
    ))) as bigint) as surplus
  from need d join lot l on l.product = d.product
    and l.seller <> d.buyer and (d.requires & ~l.has) = 0
    and l.first_day <= d.last_day and l.last_day >= d.first_day and l.ask < d.bid
  where d.product = PRODUCT
) as pair where surplus >= 1 order by surplus desc, lot, need
"""
"""All pairs of a product, the best first; both databases understand it."""


def best_first(product: int) -> str:
    """The query for one product."""
    return PAIRS.replace("PRODUCT", str(product))
