"""Declared numbers as they hold: those of the reference data with their corrections.

Nothing that was declared is changed or removed. A correction is a row of its own with
its reason and source, and holds from the approval of a second officer on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.commands_board import CorrectBaseline
from marketplace.domain.errors import N_, Conflict, NotFound, Refused
from marketplace.domain.names import clean_text
from marketplace.services.report_areas import group_units
from marketplace.services.stated_areas import overseen
from marketplace.services.stated_numbers import CORRECTED, SHORTEST_REASON
from models.baseline_corrections import BaselineCorrection
from models.reference import DeclaredBaseline


@dataclass(frozen=True)
class Declared:
    """A declared number as it holds: by the reference data, or as two officers say."""

    id: int
    metric: str
    area_group_id: int | None
    on: date
    value: str
    unit: str
    source: str
    note: str
    corrected: bool = False


def as_they_hold(
    session: Session, rows: Sequence[DeclaredBaseline]
) -> Sequence[Declared]:
    """The numbers with their corrections, in the same order, without the withdrawn."""
    approved = _approved(session, [row.id for row in rows])
    found = ((row, approved.get(row.id)) for row in rows)
    return [_declared(row, new) for row, new in found if not (new and new.withdrawn)]


def _approved(session: Session, ids: Iterable[int]) -> Mapping[int, BaselineCorrection]:
    """The last approved correction of each."""
    rows = session.scalars(
        select(BaselineCorrection)
        .where(
            BaselineCorrection.baseline_id.in_(list(ids)),
            BaselineCorrection.approved_at.is_not(None),
        )
        .order_by(BaselineCorrection.number)
    )
    return {row.baseline_id: row for row in rows}


def _declared(row: DeclaredBaseline, new: BaselineCorrection | None) -> Declared:
    told = new or row
    return Declared(
        id=row.id,
        metric=row.metric,
        area_group_id=row.area_group_id,
        on=row.on,
        value=told.value,
        unit=row.unit,
        source=told.source,
        note=told.note,
        corrected=new is not None,
    )


def access_baseline(session: Session, who: Actor, number: int) -> DeclaredBaseline:
    """A declared number of an area that the officer oversees; else NotFound."""
    found = session.get(DeclaredBaseline, number)
    if found is None or not _oversees(session, who, found):
        raise NotFound
    return found


def oversees_groups(session: Session, who: Actor) -> frozenset[int]:
    """The area groups whose declared numbers the officer may correct."""
    members = group_units(session)
    return frozenset(one for one, units in members.items() if overseen(units, who))


def _oversees(session: Session, who: Actor, row: DeclaredBaseline) -> bool:
    return row.area_group_id in oversees_groups(session, who)


def corrections_of(
    session: Session, row: DeclaredBaseline
) -> Sequence[BaselineCorrection]:
    """Everything that was corrected, the latest first."""
    wanted = select(BaselineCorrection).where(BaselineCorrection.baseline_id == row.id)
    return session.scalars(wanted.order_by(BaselineCorrection.number.desc())).all()


def correct_baseline(
    session: Session,
    who: Actor,
    number: int,
    command: CorrectBaseline,
    *,
    now: datetime,
) -> BaselineCorrection:
    """Write down what should have been declared; it waits for a second officer.

    `command.after` is the number of the last correction that was seen, nought before
    the first. Conflict: a colleague was faster. Refused: no reason, no source.
    """
    row = access_baseline(session, who, number)
    reason = clean_text(command.reason, long=True, field="reason")
    if len(reason) < SHORTEST_REASON:
        raise Refused(N_("Nói rõ vì sao sửa"), "reason")
    new = BaselineCorrection(
        baseline_id=row.id,
        number=command.after + 1,
        value=clean_text(command.value, field="value"),
        source=clean_text(command.source, field="source"),
        note=clean_text(command.note, long=True, field="note"),
        reason=reason,
        withdrawn=command.withdrawn,
        organisation_id=who.organisation_id,
        entered_by_id=who.user_id,
        entered_at=now,
    )
    try:
        with session.begin_nested():
            session.add(new)
            session.flush()  # the database says whether a colleague was faster
    except IntegrityError:
        raise Conflict(CORRECTED) from None
    return new


def approve_correction(
    session: Session, who: Actor, public_id: str, *, now: datetime
) -> BaselineCorrection:
    """The second pair of eyes: from now on the correction holds."""
    wanted = select(BaselineCorrection).where(BaselineCorrection.public_id == public_id)
    new = session.scalars(wanted.with_for_update()).first()
    if new is None or not _oversees(session, who, new.baseline):
        raise NotFound
    if new.approved_at is not None:
        raise Refused(N_("Lần sửa này đã duyệt"))
    if new.entered_by_id == who.user_id:
        raise Refused(N_("Người ghi không được tự duyệt"))
    if new.number != _last(session, new.baseline_id):
        raise Refused(CORRECTED)
    new.approved_by_id, new.approved_at = who.user_id, now
    return new


def _last(session: Session, baseline: int) -> int:
    wanted = select(func.max(BaselineCorrection.number)).where(
        BaselineCorrection.baseline_id == baseline
    )
    return session.scalar(wanted) or 0


def corrections_waiting(session: Session, who: Actor) -> Sequence[BaselineCorrection]:
    """The last correction of each number of the officer's areas, if nobody approved it."""
    groups = oversees_groups(session, who)
    last = (
        select(func.max(BaselineCorrection.id))
        .group_by(BaselineCorrection.baseline_id)
        .scalar_subquery()
    )
    rows = session.scalars(
        select(BaselineCorrection)
        .where(
            BaselineCorrection.id.in_(last), BaselineCorrection.approved_at.is_(None)
        )
        .order_by(BaselineCorrection.entered_at, BaselineCorrection.id)
        .options(
            joinedload(BaselineCorrection.baseline),
            joinedload(BaselineCorrection.entered_by),
        )
    )
    return [row for row in rows if row.baseline.area_group_id in groups]
