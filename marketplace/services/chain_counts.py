"""Numbers of chains on any day, from the stored intervals and their kept sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from marketplace.domain.chain_counting import STOPPED, ChainCount
from marketplace.domain.linkage import statistics_class
from marketplace.domain.words import ChainKind, ChainState, LinkageForm
from marketplace.services.boundaries import Boundaries
from marketplace.services.chain_kept_days import day_of_sums, is_kept
from marketplace.services.units import lies_within
from models.chain_days import ChainInterval
from models.chain_sums import ChainSum
from models.chains import Chain
from models.reads import read_once


class Dimension(StrEnum):
    """What a count may be told by."""

    KIND = "kind"
    GROUP = "group"
    LEAD = "lead"
    LEAD_KIND = "lead_kind"
    UNIT = "unit"
    FORM = "form"
    CLASS = "class"


@dataclass(frozen=True)
class Scope:
    """Which chains are counted: of a kind, and of an area with all its former units."""

    kind: ChainKind | None = None
    units: Collection[int] | None = None


NUMBERS = tuple(field.name for field in fields(ChainCount))
# What the kept sums are told by.
CELL = (ChainInterval.unit_id, ChainInterval.kind, ChainInterval.group_id)
_COLUMNS: dict[Dimension, Any] = {
    Dimension.KIND: ChainInterval.kind,
    Dimension.GROUP: ChainInterval.group_id,
    Dimension.LEAD: Chain.lead_id,
    Dimension.LEAD_KIND: ChainInterval.lead_kind,
    Dimension.UNIT: ChainInterval.unit_id,
    Dimension.FORM: ChainInterval.form,
    Dimension.CLASS: ChainInterval.form,
}


def count_by(
    session: Session,
    on: date,
    by: Dimension,
    scope: Scope = Scope(),
    *,
    in_boundaries_of: date | None = None,
) -> dict[Any, ChainCount]:
    """The chains of a day by one of the dimensions; each chain is in one row.

    Communes are those of the day itself, or with `in_boundaries_of` those into which
    they had gone by that day. A chain that no contract carries has the form None.
    """
    rows = count_rows(session, on, [_COLUMNS[by]], scope)
    name: Callable[[Any], Any] = _same
    if by is Dimension.CLASS:
        name = _class_of
    elif by is Dimension.UNIT and in_boundaries_of is not None:
        name = partial(Boundaries(session).unit_on, day=in_boundaries_of)
    return add_up((name(key), count) for (key,), count in rows)


def add_up(rows: Iterable[tuple[Any, ChainCount]]) -> dict[Any, ChainCount]:
    """The sums of what has the same name."""
    found: dict[Any, ChainCount] = defaultdict(ChainCount)
    for key, count in rows:
        found[key] += count
    return dict(found)


def count_rows(
    session: Session, on: date, columns: Sequence[Any], scope: Scope
) -> list[tuple[tuple[Any, ...], ChainCount]]:
    """The numbers of a day, grouped by columns of the intervals or of their chains.

    From the kept sums where they are told by these columns and hold.
    """
    kept = set(columns) <= set(CELL) and is_kept(session, on)
    told_by = _from_sums if kept else _from_intervals
    rows = session.execute(told_by(session, on, columns, scope))
    wide = len(columns)
    return [(tuple(row[:wide]), ChainCount(*row[wide:])) for row in rows]


def _from_intervals(
    session: Session, on: date, columns: Sequence[Any], scope: Scope
) -> Select[Any]:
    wanted = (
        select(*columns, *sums_of_intervals())
        .select_from(ChainInterval)
        .where(stands_on(on), *in_scope(session, scope))
        .group_by(*columns)
        .order_by(*columns)
    )
    if any(column.table.name == Chain.__tablename__ for column in columns):
        wanted = wanted.join(Chain, Chain.id == ChainInterval.chain_id)
    return wanted


def _from_sums(
    session: Session, on: date, columns: Sequence[Any], scope: Scope
) -> Select[Any]:
    kept = [getattr(ChainSum, column.key) for column in columns]
    numbers = [func.sum(getattr(ChainSum, name)) for name in NUMBERS]
    return (
        select(*kept, *numbers)
        .where(ChainSum.day == day_of_sums(on), *in_scope(session, scope, ChainSum))
        .group_by(*kept)
        .order_by(*kept)
    )


def stands_on(day: date) -> ColumnElement[bool]:
    """Whether an interval holds on a day."""
    return and_(
        ChainInterval.valid_from <= day,
        or_(ChainInterval.valid_to.is_(None), ChainInterval.valid_to > day),
    )


def in_scope(
    session: Session, scope: Scope, of: type[ChainInterval | ChainSum] = ChainInterval
) -> list[ColumnElement[bool]]:
    """The conditions of a scope; a commune of today includes what went into it."""
    conditions: list[ColumnElement[bool]] = []
    if scope.kind is not None:
        conditions.append(of.kind == scope.kind)
    if scope.units is not None:
        name = in_scope, frozenset(scope.units)
        units = read_once(session, name, partial(_with_former, session, scope.units))
        conditions.append(lies_within(session, of.unit_id, units))
    return conditions


def _with_former(session: Session, units: Collection[int]) -> frozenset[int]:
    return frozenset(Boundaries(session).with_former(units))


def headline_on_days(
    session: Session, days: Sequence[date], scope: Scope = Scope()
) -> list[dict[ChainKind, int]]:
    """Active and at risk by kind on each of the days, in one look at a table."""
    kept = all(is_kept(session, day) for day in days)
    found = (_headlines_kept if kept else _headlines)(session, days, scope)
    return [{kind: found.get((day, kind), 0) for kind in ChainKind} for day in days]


Headlines = dict[tuple[date, ChainKind], int]


def _headlines(session: Session, days: Sequence[date], scope: Scope) -> Headlines:
    sums = [func.count().filter(stands_on(day)) for day in days]
    rows = session.execute(
        select(ChainInterval.kind, *sums)
        .where(ChainInterval.counts, *in_scope(session, scope))
        .group_by(ChainInterval.kind)
    )
    return {
        (day, kind): number
        for kind, *numbers in rows
        for day, number in zip(days, numbers, strict=True)
    }


def _headlines_kept(session: Session, days: Sequence[date], scope: Scope) -> Headlines:
    """In one statement, so that all its days are of one state of the sums."""
    asked = union_all(
        *(
            select(literal(day).label("day"), day_of_sums(day).label("kept"))
            for day in days
        )
    ).subquery()
    headline = func.sum(ChainSum.active + ChainSum.at_risk)
    rows = session.execute(
        select(asked.c.day, ChainSum.kind, headline)
        .join_from(asked, ChainSum, ChainSum.day == asked.c.kept)
        .where(*in_scope(session, scope, ChainSum))
        .group_by(asked.c.day, ChainSum.kind)
    )
    return {(day, kind): number for day, kind, number in rows}


def sums_of_intervals() -> list[ColumnElement[int]]:
    """The columns of ChainCount, in their order."""
    row = ChainInterval

    def having(*conditions: Any) -> ColumnElement[int]:
        return func.count().filter(*conditions)

    return [
        having(row.confirmed),
        having(row.confirmed, row.state.in_(STOPPED)),
        having(row.state == ChainState.ACTIVE),
        having(row.state == ChainState.AT_RISK),
        having(row.state == ChainState.SUSPENDED),
        having(row.state == ChainState.SUBMITTED),
        having(row.built_only),
        having(row.between_seasons),
    ]


def _same(key: Any) -> Any:
    return key


def _class_of(form: LinkageForm | None) -> Any:
    return statistics_class(form) if form is not None else None
