"""Which paper takes the place of another once that one is over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.domain.words import PaperState
from marketplace.services.paper_places import areas_of, facilities_of
from marketplace.services.paper_rows import Row, column_of, paper_of
from models.bulk import among
from models.paper_records import PackingHouseCode
from models.papers import Certificate, GrowingAreaCode

Key = tuple[str, int]
COUNTING = (PaperState.ACTIVE,)
WAITING = (PaperState.ACTIVE, PaperState.PENDING)


def key_of(row: Row) -> Key:
    """By what a paper is known among papers of all kinds."""
    return column_of(row), row.id


def renewal_of(session: Session, row: Row, day: date) -> Row | None:
    """Another paper of the holder that proves the same and counts on that day."""
    return renewals_of(session, [(row, day)]).get(key_of(row))


def waiting_renewal_of(session: Session, row: Row, day: date) -> Row | None:
    """As `renewal_of`, or one that still waits for an officer."""
    return renewals_of(session, [(row, day)], WAITING).get(key_of(row))


def renewals_of(
    session: Session,
    rows: Sequence[tuple[Row, date]],
    states: Collection[PaperState] = COUNTING,
) -> dict[Key, Row]:
    """What takes the place of each paper on its day; a query for each kind of paper."""
    others: dict[Any, list[Row]] = defaultdict(list)
    for other in _others(session, [row for row, _ in rows], states):
        others[_side(other)].append(other)
    found: dict[Key, Row] = {}
    for row, day in rows:
        for other in others.get(_side(row), ()):
            if _follows(other, row, day):
                found[key_of(row)] = other
                break
    return found


def _others(
    session: Session, rows: Iterable[Row], states: Collection[PaperState]
) -> list[Row]:
    """All papers of the same holders and places, the newest first."""
    held: dict[Any, set[int]] = {}
    for row in rows:
        held.setdefault(_place(type(row)), set()).add(_place_of(row))
    found: list[Row] = []
    for place, ids in held.items():
        kind = place.class_
        wanted = select(kind).where(among(session, place, ids), kind.state.in_(states))
        if kind is Certificate:
            wanted = wanted.options(selectinload(Certificate.further))
        found += session.scalars(wanted.order_by(kind.id.desc()))
    return found


def _place(kind: type[Row]) -> Any:
    if kind is Certificate:
        return Certificate.organisation_id
    if kind is GrowingAreaCode:
        return GrowingAreaCode.area_id
    return PackingHouseCode.facility_id


def _place_of(row: Row) -> int:
    place: int = getattr(row, _place(type(row)).key)
    return place


def _side(row: Row) -> tuple[type[Row], int]:
    """Only papers of one kind and of one holder or place follow each other."""
    return type(row), _place_of(row)


def _follows(other: Row, row: Row, day: date) -> bool:
    """Whether another of the same side is valid that day, and speaks of no less."""
    value = paper_of(other)
    return (
        other.id != row.id
        and value.first_day <= day
        and (value.last_day is None or day <= value.last_day)
        and (other.ended_on is None or day < other.ended_on)
        and _speaks_of_as_much(other, row)
    )


def _speaks_of_as_much(other: Row, row: Row) -> bool:
    if isinstance(other, Certificate) and isinstance(row, Certificate):
        return (
            other.scheme == row.scheme
            and other.product_id in (None, row.product_id)
            and (other.stars is None or other.stars >= (row.stars or 0))
            and _as_wide(other, row)
        )
    return paper_of(other).market == paper_of(row).market


def _as_wide(other: Certificate, row: Certificate) -> bool:
    """Whether the other names every place that this one names, or all of them."""
    gardens, houses = areas_of(other), facilities_of(other)
    return (not gardens or (bool(areas_of(row)) and areas_of(row) <= gardens)) and (
        not houses or (bool(facilities_of(row)) and facilities_of(row) <= houses)
    )
