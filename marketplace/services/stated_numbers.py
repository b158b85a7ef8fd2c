"""Targets and published numbers as officers write them down.

They stand beside what is counted and are never mixed with it. Whatever was wrong
is corrected by a further row with its reason; nothing is removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.commands_board import CorrectNumber, StateNumber
from marketplace.domain.errors import N_, Conflict, NotFound, Refused
from marketplace.domain.report_periods import read_period
from marketplace.domain.words_board import BY_PRODUCT, IN_HECTARES, StatedKind
from marketplace.services.report_areas import group_units
from marketplace.services.report_scopes import FIRST_YEAR, period_days
from marketplace.services.stated_areas import areas_stated, overseen
from models.reference import AreaGroup, ProductGroup
from models.stated_numbers import StatedNumber

SHORTEST_REASON = 5
CORRECTED = N_("Số này vừa được người khác sửa, hãy xem lại")
_BESIDE = (
    joinedload(StatedNumber.group),
    joinedload(StatedNumber.area_group),
    joinedload(StatedNumber.unit),
    joinedload(StatedNumber.entered_by),
    joinedload(StatedNumber.approved_by),
)


def state_number(
    session: Session, who: Actor, command: StateNumber, *, today: date, now: datetime
) -> StatedNumber:
    """Write down a target or a published number; refused if it is known already."""
    stated = StatedNumber(
        kind=command.kind,
        metric=command.metric,
        group_id=_group(session, command),
        **_when(session, command, today),
        number=command.number,
        source=command.source.strip(),
        note=command.note.strip(),
        **_area(session, who, command.area, today),
        **_by(who, now),
    )
    _check_whole(stated)
    if _known(session, stated):
        raise Refused(N_("Số này đã có, hãy sửa dòng đó"), "metric")
    session.add(stated)
    return stated


def correct_number(
    session: Session,
    who: Actor,
    public_id: str,
    command: CorrectNumber,
    *,
    now: datetime,
) -> StatedNumber:
    """A further row over the one that was seen; Conflict if another came first."""
    old = access_number(session, who, public_id)
    if len(command.reason.strip()) < SHORTEST_REASON:
        raise Refused(N_("Nói rõ vì sao sửa"), "reason")
    kept = ("kind", "metric", "group_id", "area_group_id", "unit_id", "day", "period")
    new = StatedNumber(
        **{name: getattr(old, name) for name in kept},
        number=command.number,
        source=command.source.strip(),
        note=command.note.strip(),
        reason=command.reason.strip(),
        withdrawn=command.withdrawn,
        replaces_id=old.id,
        **_by(who, now),
    )
    _check_whole(new)
    try:
        with session.begin_nested():
            session.add(new)
            session.flush()  # the database says whether a colleague was faster
    except IntegrityError:
        raise Conflict(CORRECTED) from None
    return new


def approve_number(
    session: Session, who: Actor, public_id: str, *, now: datetime
) -> StatedNumber:
    """The second pair of eyes: from now on the target, or the correction, holds."""
    stated = access_number(session, who, public_id, lock=True)
    if stated.approved_at is not None:
        raise Refused(N_("Chỉ tiêu này đã duyệt"))
    if stated.holds:
        raise Refused(N_("Chỉ chỉ tiêu và lần sửa mới cần duyệt"))
    if stated.entered_by_id == who.user_id:
        raise Refused(N_("Người ghi không được tự duyệt"))
    if successor_of(session, stated) is not None:
        raise Refused(CORRECTED)
    stated.approved_by_id, stated.approved_at = who.user_id, now
    return stated


def access_number(
    session: Session, who: Actor, public_id: str, *, lock: bool = False
) -> StatedNumber:
    """A number of an area that the officer oversees; else NotFound."""
    wanted = select(StatedNumber).where(StatedNumber.public_id == public_id)
    found = session.scalars(wanted.with_for_update() if lock else wanted).first()
    if found is None or not _visible(session, who, [found]):
        raise NotFound
    return found


def list_numbers(
    session: Session, who: Actor, kind: StatedKind
) -> Sequence[StatedNumber]:
    """The newest version of each number in the officer's areas, newest day first."""
    later = aliased(StatedNumber)
    rows = session.scalars(
        select(StatedNumber)
        .outerjoin(later, later.replaces_id == StatedNumber.id)
        .where(StatedNumber.kind == kind, later.id.is_(None))
        .order_by(StatedNumber.day.desc(), StatedNumber.metric, StatedNumber.id)
        .options(*_BESIDE)
    ).all()
    return _visible(session, who, rows)


def as_they_hold(rows: Iterable[StatedNumber]) -> list[StatedNumber]:
    """Of each number the newest version that holds; none that was withdrawn."""
    versions = list(rows)
    replaced = {row.replaces_id for row in versions}
    newest = [row for row in versions if row.id not in replaced]
    holding = (
        next((one for one in versions_of(row) if one.holds), None) for row in newest
    )
    return [row for row in holding if row is not None and not row.withdrawn]


def list_holding(
    session: Session, who: Actor, kind: StatedKind
) -> Sequence[StatedNumber]:
    """Each number of the officer's areas as it holds, newest day first."""
    rows = session.scalars(
        select(StatedNumber)
        .where(StatedNumber.kind == kind)
        .order_by(StatedNumber.day.desc(), StatedNumber.metric, StatedNumber.id)
        .options(*_BESIDE)
    ).all()
    return _visible(session, who, as_they_hold(rows))


def versions_of(stated: StatedNumber) -> Sequence[StatedNumber]:
    """This one and all that it replaces, newest first."""
    found = [stated]
    while found[-1].replaces is not None:
        found.append(found[-1].replaces)
    return found


def successor_of(session: Session, stated: StatedNumber) -> StatedNumber | None:
    """The row that has corrected this one."""
    return session.scalars(
        select(StatedNumber).where(StatedNumber.replaces_id == stated.id)
    ).first()


def _visible(
    session: Session, who: Actor, rows: Sequence[StatedNumber]
) -> Sequence[StatedNumber]:
    members = group_units(session)
    return [
        row
        for row in rows
        if row.unit_id in who.scope_unit_ids
        or overseen(members.get(row.area_group_id or 0), who)
    ]


def _known(session: Session, stated: StatedNumber) -> bool:
    """Whether the same was stated already; of a target one a year is enough."""
    later = aliased(StatedNumber)
    same = ("kind", "metric", "group_id", "area_group_id", "unit_id", "day")
    columns = [*same, *(() if stated.kind is StatedKind.TARGET else ("source",))]
    wanted = (
        select(StatedNumber.id)
        .outerjoin(later, later.replaces_id == StatedNumber.id)
        .where(
            later.id.is_(None),
            StatedNumber.withdrawn.is_(False),
            *(
                getattr(StatedNumber, name).is_not_distinct_from(getattr(stated, name))
                for name in columns
            ),
        )
    )
    return session.scalar(wanted.limit(1)) is not None


def _by(who: Actor, now: datetime) -> dict[str, Any]:
    return {
        "organisation_id": who.organisation_id,
        "entered_by_id": who.user_id,
        "entered_at": now,
    }


def _check_whole(stated: StatedNumber) -> None:
    """Chains, members and codes are counted; only land comes in parts."""
    if stated.metric not in IN_HECTARES and stated.number != int(stated.number):
        raise Refused(N_("Nhập số nguyên"), "number")


def _when(session: Session, command: StateNumber, today: date) -> dict[str, Any]:
    """A target is of a whole period, a published number of a day that has been."""
    if command.kind is StatedKind.TARGET:
        period = read_period(command.period)
        if period is None or period.year < FIRST_YEAR:
            raise Refused(N_("Chọn kỳ của chỉ tiêu"), "period")
        return {"day": period_days(session, period).last, "period": period.code}
    if command.day is None or command.day > today:
        raise Refused(N_("Ghi ngày của số công bố, không sau hôm nay"), "day")
    return {"day": command.day, "period": ""}


def _group(session: Session, command: StateNumber) -> int | None:
    if not command.group:
        return None
    if command.metric not in BY_PRODUCT:
        raise Refused(N_("Số này không tách được theo nông sản"), "group")
    wanted = select(ProductGroup.id).where(ProductGroup.code == command.group)
    return session.scalars(wanted).one()


def _area(session: Session, who: Actor, code: str, today: date) -> dict[str, int]:
    if code not in {one.code for one in areas_stated(session, who, today=today)}:
        raise Refused(N_("Chọn địa bàn mình phụ trách"), "area")
    if code.isdecimal():
        return {"unit_id": int(code)}
    wanted = select(AreaGroup.id).where(AreaGroup.code == code)
    return {"area_group_id": session.scalars(wanted).one()}
