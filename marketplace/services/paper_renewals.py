"""Which paper takes the place of another once that one is over."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.words import PaperState
from marketplace.services.paper_places import areas_of, facilities_of
from marketplace.services.paper_rows import Row
from models.paper_records import PackingHouseCode
from models.papers import Certificate, GrowingAreaCode


def renewal_of(session: Session, row: Row, day: date) -> Row | None:
    """Another paper of the holder that proves the same and counts on that day."""
    return _later(session, row, day, (PaperState.ACTIVE,))


def waiting_renewal_of(session: Session, row: Row, day: date) -> Row | None:
    """As `renewal_of`, or one that still waits for an officer."""
    return _later(session, row, day, (PaperState.ACTIVE, PaperState.PENDING))


def _later(
    session: Session, row: Row, day: date, states: tuple[PaperState, ...]
) -> Row | None:
    kind: Any = type(row)
    wanted = select(kind).where(
        kind.id != row.id,
        kind.state.in_(states),
        or_(kind.ended_on.is_(None), kind.ended_on > day),
        *(_certificate(row, day) if isinstance(row, Certificate) else _code(row, day)),
    )
    found = session.scalars(wanted.order_by(kind.id.desc())).all()
    return next((one for one in found if _as_wide(one, row)), None)


def _as_wide(other: Row, row: Row) -> bool:
    """Whether the other names every place that this one names, or all of them."""
    if not (isinstance(other, Certificate) and isinstance(row, Certificate)):
        return True
    gardens, houses = areas_of(other), facilities_of(other)
    return (not gardens or (bool(areas_of(row)) and areas_of(row) <= gardens)) and (
        not houses or (bool(facilities_of(row)) and facilities_of(row) <= houses)
    )


def _certificate(row: Certificate, day: date) -> list[ColumnElement[bool]]:
    """Of the same scheme, for no less than what this one speaks of."""
    return [
        Certificate.organisation_id == row.organisation_id,
        Certificate.scheme == row.scheme,
        or_(Certificate.product_id.is_(None), Certificate.product_id == row.product_id),
        or_(Certificate.stars.is_(None), Certificate.stars >= (row.stars or 0)),
        Certificate.issued_on <= day,
        Certificate.expires_on >= day,
    ]


def _code(
    row: GrowingAreaCode | PackingHouseCode, day: date
) -> list[ColumnElement[bool]]:
    """For the same market, of the same garden or the same house."""
    kind: Any = type(row)
    place = (
        GrowingAreaCode.area_id == row.area_id
        if isinstance(row, GrowingAreaCode)
        else PackingHouseCode.facility_id == row.facility_id
    )
    return [
        place,
        kind.market == row.market,
        kind.valid_from <= day,
        or_(kind.valid_to.is_(None), kind.valid_to > day),
    ]
