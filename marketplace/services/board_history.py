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
from marketplace.services.board_targets import achieved
from marketplace.services.report_areas import group_units
from marketplace.services.stated_areas import units_of
from marketplace.services.stated_numbers import list_numbers
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

    `row` is the officer's statement or the reference data's, for its words.
    """

    metric: BoardMetric
    area: str
    area_name: str
    units: frozenset[int]
    day: date
    number: Decimal | None
    row: StatedNumber | DeclaredBaseline

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
    members = group_units(session)
    known = {one.value for one in BoardMetric}
    found = [
        _of_reference(row, group, members.get(group.id, frozenset()))
        for row, group in session.execute(
            select(DeclaredBaseline, AreaGroup).join(
                AreaGroup, AreaGroup.id == DeclaredBaseline.area_group_id
            )
        )
        if row.metric in known
    ]
    found += [
        _of_officer(row, units_of(session, row))
        for row in list_numbers(session, who, StatedKind.BASELINE)
        if not row.withdrawn
    ]
    order = list(BoardMetric)
    return sorted(found, key=lambda one: (order.index(one.metric), one.area, one.day))


def histories(session: Session, who: Actor, *, today: date) -> Sequence[History]:
    """Published and counted numbers of each chain metric and area that has some."""
    by_line: dict[tuple[BoardMetric, str], list[Published]] = {}
    for one in list_published(session, who):
        if one.metric in COUNTED and one.number is not None:
            by_line.setdefault((one.metric, one.area), []).append(one)
    return [
        _history(session, rows, today)
        for (_, _), rows in sorted(
            by_line.items(), key=lambda item: COUNTED.index(item[0][0])
        )
    ]


def _history(session: Session, rows: Sequence[Published], today: date) -> History:
    first = rows[0]
    began = _began(session, first.units)
    points = []
    for one in rows:
        counted = None
        if began and began <= one.day:
            counted = achieved(session, one.metric, one.day, one.units)
        points.append(Beside(one, counted))
    now = achieved(session, first.metric, today, first.units)
    return History(first.metric, first.area_name, points, now)


def _began(session: Session, units: Collection[int]) -> date | None:
    """The first day of which the market stored the state of a chain of the area."""
    return session.scalar(
        select(func.min(ChainInterval.valid_from)).where(
            ChainInterval.unit_id.in_(units)
        )
    )


def _of_reference(
    row: DeclaredBaseline, group: AreaGroup, units: frozenset[int]
) -> Published:
    match = _NUMBER.fullmatch(row.value)
    number = parse_number(match.group(1)) if match else None
    metric = BoardMetric(row.metric)
    return Published(metric, group.code, group.name, units, row.on, number, row)


def _of_officer(row: StatedNumber, units: frozenset[int]) -> Published:
    code = row.area_group.code if row.area_group else str(row.unit_id)
    return Published(row.metric, code, row.area_name, units, row.day, row.number, row)
