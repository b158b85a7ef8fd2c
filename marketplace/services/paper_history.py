"""The history of a paper: every step with its day, its reason and who took it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.words_papers import PaperEventKind
from marketplace.services.paper_places import areas_of, facilities_of
from marketplace.services.paper_rows import Row, about, column_of
from models.paper_records import PackingHouseCode, PaperEvent
from models.papers import Certificate

_CERTIFICATE = (
    *("scheme", "number", "issuer", "issued_on", "expires_on", "area_ha"),
    *("stars", "output_kg_per_year"),
)
_CODE = ("market", "code", "valid_from", "valid_to", "supervised_on")


def record_paper_event(
    session: Session,
    row: Row,
    kind: PaperEventKind,
    by_user_id: int | None,
    *,
    on: date,
    now: datetime,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> PaperEvent:
    """Write a step down; `on` is the day from which it holds."""
    event = PaperEvent(
        **{column_of(row): row.id},
        kind=kind,
        on=on,
        reason=reason,
        data=data or {},
        by_user_id=by_user_id,
        at=now,
    )
    session.add(event)
    return event


def list_paper_events(session: Session, row: Row) -> Sequence[PaperEvent]:
    """Everything that happened to the paper, the newest first."""
    return session.scalars(
        select(PaperEvent)
        .where(about(PaperEvent, row))
        .options(joinedload(PaperEvent.by_user))
        .order_by(PaperEvent.id.desc())
    ).all()


def said_on(row: Row) -> dict[str, Any]:
    """What the paper says now, as plain values that the history keeps."""
    names = _CERTIFICATE if isinstance(row, Certificate) else _CODE
    said = {name: _plain(getattr(row, name)) for name in names}
    if isinstance(row, Certificate):
        said["areas"] = sorted(areas_of(row))
        said["facilities"] = sorted(facilities_of(row))
    if not isinstance(row, Certificate | PackingHouseCode):
        said["area_ha"] = _plain(row.area_ha)
    return said


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal | date):
        return str(value)
    return value
