"""Numbers that were published, beside what the records give for the same days.

The two are never added or mixed: a published number says no more than its source.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.typed import parse_number
from marketplace.domain.words_board import BoardMetric, StatedKind
from marketplace.services.baseline_corrections import (
    Declared,
    as_they_hold,
    oversees_groups,
)
from marketplace.services.board_targets import achieved
from marketplace.services.report_areas import group_units
from marketplace.services.stated_areas import units_of
from marketplace.services.stated_numbers import list_holding
from models.chain_days import ChainInterval
from models.reference import AreaGroup, DeclaredBaseline
from models.stated_numbers import StatedNumber

COUNTED = (
    BoardMetric.SAFE_SUPPLY,
    BoardMetric.PRODUCT_DEVELOPMENT,
    BoardMetric.CONFIRMED,
    BoardMetric.STOPPED,
)
# A number with at most a word before it, as in "more than 982"; no words after it.
_NUMBER = re.compile(r"(?:[^\W\d]+ )?([0-9][0-9.,]*)")


@dataclass(frozen=True)
class Published:
    """A published number; `number` is None where it is only told in words.

    `row` is the officer's statement or the reference data's, for its words; whoever
    oversees its whole area may correct it.
    """

    metric: str
    area: str
    area_name: str
    units: frozenset[int]
    day: date
    number: Decimal | None
    row: StatedNumber | Declared
    correctable: bool = True

    @property
    def by_officer(self) -> bool:
        return isinstance(self.row, StatedNumber)


@dataclass(frozen=True)
class Beside:
    """A published number with what the records say; None before there were any."""

    published: Published
    counted: Decimal | None


@dataclass(frozen=True)
class History:
    """A metric of an area through the years."""

    metric: BoardMetric
    area_name: str
    points: Sequence[Beside]
    today: Decimal


def list_published(session: Session, who: Actor) -> Sequence[Published]:
    """All published numbers that stand, of officers and of reference data, by day."""
    known = {one.value for one in BoardMetric}
    found = [one for one in _declared(session, who) if one.metric in known]
    found += [
        _of_officer(row, units_of(session, row))
        for row in list_holding(session, who, StatedKind.BASELINE)
    ]
    order = [one.value for one in BoardMetric]
    return sorted(found, key=lambda one: (order.index(one.metric), one.area, one.day))


def list_others(session: Session, who: Actor) -> Sequence[Published]:
    """Declared numbers that the board has no count for, by area and day."""
    known = {one.value for one in BoardMetric}
    found = [one for one in _declared(session, who) if one.metric not in known]
    return sorted(found, key=lambda one: (one.area, one.day, one.row.id))


def _declared(session: Session, who: Actor) -> Sequence[Published]:
    members, mine = group_units(session), oversees_groups(session, who)
    groups = {one.id: one for one in session.scalars(select(AreaGroup))}
    rows = session.scalars(
        select(DeclaredBaseline)
        .where(DeclaredBaseline.area_group_id.is_not(None))
        .order_by(DeclaredBaseline.id)
    ).all()
    return [
        _of_reference(
            row,
            groups[row.area_group_id or 0],
            members.get(row.area_group_id or 0, frozenset()),
            row.area_group_id in mine,
        )
        for row in as_they_hold(session, rows)
    ]


def histories(session: Session, who: Actor, *, today: date) -> Sequence[History]:
    """Published and counted numbers of each chain metric and area that has some."""
    by_line: dict[tuple[BoardMetric, str], list[Published]] = {}
    for one in list_published(session, who):
        if one.metric in COUNTED and one.number is not None:
            line = BoardMetric(one.metric), one.area
            by_line.setdefault(line, []).append(one)
    return [
        _history(session, rows, today)
        for (_, _), rows in sorted(
            by_line.items(), key=lambda item: COUNTED.index(item[0][0])
        )
    ]


def _history(session: Session, rows: Sequence[Published], today: date) -> History:
    first, metric = rows[0], BoardMetric(rows[0].metric)
    began = _began(session, first.units)
    points = []
    for one in rows:
        counted = None
        if began and began <= one.day:
            counted = achieved(session, metric, one.day, one.units)
        points.append(Beside(one, counted))
    now = achieved(session, metric, today, first.units)
    return History(metric, first.area_name, points, now)


def _began(session: Session, units: Collection[int]) -> date | None:
    """The first day of which the market stored the state of a chain of the area."""
    return session.scalar(
        select(func.min(ChainInterval.valid_from)).where(
            ChainInterval.unit_id.in_(units)
        )
    )


def _of_reference(
    row: Declared, group: AreaGroup, units: frozenset[int], correctable: bool
) -> Published:
    match = _NUMBER.fullmatch(row.value)
    number = parse_number(match.group(1)) if match else None
    where = group.code, group.name, units
    return Published(row.metric, *where, row.on, number, row, correctable)


def _of_officer(row: StatedNumber, units: frozenset[int]) -> Published:
    code = row.area_group.code if row.area_group else str(row.unit_id)
    return Published(row.metric, code, row.area_name, units, row.day, row.number, row)
