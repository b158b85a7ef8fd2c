"""Sums of chains by day, made of the intervals: kept so that boards need not add.

Whoever writes intervals says from which day on; until they are made anew, those days
are counted from the intervals themselves. So both ways give one answer at any time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from heapq import merge
from itertools import groupby
from operator import add, itemgetter
from typing import Any

from sqlalchemy import Select, delete, func, insert, literal, select, union, union_all
from sqlalchemy.orm import Session

from marketplace.services.chain_counts import (
    CELL,
    NUMBERS,
    stands_on,
    sums_of_intervals,
)
from marketplace.services.violations import Violation, streamed
from models.bulk import among
from models.chain_days import ChainInterval
from models.chain_sums import ChainChange, ChainSum, ChainSumDay

SUM = "chains.sum"
AT_ONCE = 31  # days in a transaction
RULE = "a day's sums are those of its chains' intervals"
Numbers = tuple[int, ...]
Cells = dict[tuple[Any, ...], Numbers]


def keep_sums(session: Session) -> bool:
    """Make the sums of the first days on which something changed; False if none did.

    Two who do this at once take turns by the rows that tell of the changes. What is
    written meanwhile has a row of its own, and its days come again.
    """
    changes = session.scalars(
        select(ChainChange).order_by(ChainChange.id).with_for_update()
    ).all()
    if not changes:
        return False
    first = min(change.day for change in changes)
    days = session.scalars(_edges_from(first)).all()
    left = days[AT_ONCE:]
    _forget(session, first, left[0] if left else date.max)
    for day in days[:AT_ONCE]:
        _keep(session, day)
    if left:
        session.add(ChainChange(day=left[0]))
    done = among(session, ChainChange.id, [change.id for change in changes])
    session.execute(delete(ChainChange).where(done))
    return True


def _forget(session: Session, first: date, until: date) -> None:
    """Of these days alone: who reads a later one yet finds what it was before."""
    for table in (ChainSum, ChainSumDay):
        gone = delete(table).where(table.day >= first, table.day < until)
        session.execute(gone.execution_options(synchronize_session=False))


def _edges_from(first: date) -> Select[date]:
    """The days from this one on, on which intervals begin or end."""
    begins, ends = ChainInterval.valid_from, ChainInterval.valid_to
    days = union(
        select(begins.label("day")).where(begins >= first),
        select(ends).where(ends >= first),
    ).subquery()
    return select(days.c.day).order_by(days.c.day).limit(AT_ONCE + 1)


def _keep(session: Session, day: date) -> None:
    session.execute(insert(ChainSumDay).values(day=day))
    of_day = (
        select(literal(day), *CELL, *sums_of_intervals())
        .where(stands_on(day))
        .group_by(*CELL)
    )
    names = ["day", *(column.key for column in CELL), *NUMBERS]
    session.execute(insert(ChainSum).from_select(names, of_day))


def wrong_sums(session: Session) -> Iterator[Violation]:
    """Days whose sums are not what began by then less what ended by then.

    So they are added up in another way than the one in which they are made.
    """
    if session.scalar(select(func.min(ChainSumDay.day))) is None:
        return
    changed = session.scalar(select(func.min(ChainChange.day))) or date.max
    running: Cells = {}
    told: Cells = {}
    rows = merge(_steps(session), _sums(session), key=itemgetter(0))
    for day, together in groupby(rows, key=itemgetter(0)):
        if day >= changed:
            return
        steps, sums = _apart(together)
        running = _counting(running, steps)
        told = _counting({}, sums) if sums else told
        if running != told:
            yield Violation(RULE, day.isoformat(), "")


def _steps(session: Session) -> Iterator[Any]:
    """What begins, and less it what ends, by day and cell."""
    begins, ends = ChainInterval.valid_from, ChainInterval.valid_to
    plus = sums_of_intervals()
    minus = [-number for number in plus]
    ended = select(ends, literal(False), *CELL, *minus).where(ends.is_not(None))
    both = union_all(
        select(begins.label("day"), literal(False), *CELL, *plus).group_by(
            begins, *CELL
        ),
        ended.group_by(ends, *CELL),
    ).subquery()
    return streamed(session, select(both).order_by(both.c.day))


def _sums(session: Session) -> Iterator[Any]:
    """The kept sums by day; of a day without any chain one row that says nothing."""
    cell = [getattr(ChainSum, column.key) for column in CELL]
    numbers = [func.coalesce(getattr(ChainSum, name), 0) for name in NUMBERS]
    wanted = select(ChainSumDay.day, literal(True), *cell, *numbers)
    wanted = wanted.outerjoin(ChainSum, ChainSum.day == ChainSumDay.day)
    return streamed(session, wanted.order_by(ChainSumDay.day))


def _apart(rows: Iterable[Any]) -> tuple[list[Any], list[Any]]:
    found: tuple[list[Any], list[Any]] = [], []
    for row in rows:
        found[bool(row[1])].append(row)
    return found


def _counting(cells: Cells, rows: Iterable[Any]) -> Cells:
    """The numbers of cells with those of rows added; what counts nothing is left out."""
    found: dict[tuple[Any, ...], Numbers] = defaultdict(lambda: (0,) * len(NUMBERS))
    found |= cells
    for _, _, *row in rows:
        cell, numbers = tuple(row[: len(CELL)]), row[len(CELL) :]
        found[cell] = tuple(map(add, found[cell], numbers))
    return {cell: numbers for cell, numbers in found.items() if any(numbers)}
