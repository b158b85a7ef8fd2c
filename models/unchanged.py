"""Whether rows that were read a while ago are still the same, without reading them.

PostgreSQL keeps with each version of a row the number of the transaction that
wrote it (`xmin`), and every change of a row makes a new version. `since` is the
oldest transaction that was not over when the reading began. A query that only
joins tables and compares columns finds now what it found then if it finds

* no version that a transaction from `since` on has written: whoever wrote what it
  finds had committed before the reading, and nobody has deleted it up to now, so
  the reading has found it too;
* as many rows as then: so nothing that was found then is missing.

At the open end of an outer join a row may be missing only if nothing refers to it:
such a join follows a foreign key. Locks write no `xmin`. Numbers of transactions
go round in a circle, on which a version that is two thousand million transactions
old may look new, but none that is new looks old. What looks new is read again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import visitors
from sqlalchemy.types import UserDefinedType

_NOTES = "row_notes"


class Xid(UserDefinedType[str]):
    """The number of a transaction."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """As PostgreSQL calls it."""
        return "xid"


@dataclass(frozen=True)
class Notes:
    """Queries with the number of rows that each has found, and since when."""

    since: str
    found: list[tuple[sa.Select[Any], int]] = field(default_factory=list)


@contextmanager
def noting(session: Session) -> Iterator[Notes | None]:
    """Note what is read in columns within this block.

    Nothing where the database does not tell, on SQLite.
    """
    if session.get_bind().dialect.name != "postgresql":
        yield None
        return
    oldest = sa.cast(sa.func.pg_snapshot_xmin(sa.func.pg_current_snapshot()), Xid())
    notes = Notes(str(session.scalar(sa.select(sa.cast(oldest, sa.Text)))))
    session.info[_NOTES] = notes
    try:
        yield notes
    finally:
        del session.info[_NOTES]


def note_rows(session: Session, wanted: sa.Select[Any], count: int) -> None:
    """This query has found so many rows."""
    notes: Notes | None = session.info.get(_NOTES)
    if notes is not None:
        if not _joins_only(wanted):
            raise TypeError("only joins and comparisons of columns can be noted")
        notes.found.append((wanted, count))


def is_unchanged(session: Session, notes: Notes) -> bool:
    """Whether all queries would find what they found; False if that is not certain."""
    return all(_finds(session, notes.since, *one) for one in notes.found)


def _finds(session: Session, since: str, wanted: sa.Select[Any], count: int) -> bool:
    written = [
        sa.func.age(sa.ColumnClause("xmin", Xid(), _selectable=table))
        for table in tables_of(wanted)
    ]
    newest = sa.func.min(sa.func.least(*written))  # a row that is not there has no age
    is_old = newest > sa.func.age(sa.cast(since, Xid()))
    told = wanted.with_only_columns(
        sa.func.count(), sa.func.coalesce(is_old, True), maintain_column_froms=True
    )
    return tuple(session.execute(told).one()) == (count, True)


def tables_of(wanted: sa.Select[Any]) -> set[Any]:
    """The tables that a query joins, each by the name that it has in there."""
    columns = (one for one in visitors.iterate(wanted) if isinstance(one, sa.Column))
    return {*wanted.columns_clause_froms, *(column.table for column in columns)}


def _joins_only(wanted: sa.Select[Any]) -> bool:
    """Whether rows are found by themselves: none is summed up, cut off or sought."""
    within = (one for one in visitors.iterate(wanted) if one is not wanted)
    names = ("_group_by_clauses", "_distinct", "_has_row_limiting_clause")
    # SQLAlchemy has no public names for them; without one of them this fails.
    return not (
        any(isinstance(one, sa.SelectBase) for one in within)
        or any(getattr(wanted, name) for name in names)
    )
