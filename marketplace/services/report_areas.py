"""The areas that an officer may look at: all of theirs, former districts, communes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.formats import format_day
from marketplace.domain.words import AdminLevel
from marketplace.services.boundaries import Boundaries
from marketplace.services.units import units_within
from models.bulk import within
from models.organisations import Membership
from models.reads import read_once
from models.reference import AdminUnit, AreaGroup, AreaGroupMember

WHOLE = ""
MAPPED = "D126"  # the former district whose communes the map of the board shows


@dataclass(frozen=True)
class ReportArea:
    """A commune, a former district or province, or all that one oversees.

    `former` is the unit of a commune that exists no longer.
    """

    code: str
    name: str
    former: int | None = None


def choose_area(
    session: Session, who: Actor, code: str, *, today: date, former: bool = False
) -> tuple[ReportArea, frozenset[int]]:
    """One of the officer's areas with all its units, old and new; odd ones are all.

    With `former` it may be a commune that exists no longer.
    """
    choices = areas_of(session, who, today=today)
    if former:
        choices = [*choices, *former_communes(session, who, today=today)]
    chosen = next((one for one in choices if one.code == code), choices[0])
    return chosen, _units(session, who, chosen)


def areas_of(session: Session, who: Actor, *, today: date) -> Sequence[ReportArea]:
    """As `list_areas`, once a page."""
    name = (list_areas, who, today)
    return read_once(session, name, lambda: list_areas(session, who, today=today))


def list_areas(session: Session, who: Actor, *, today: date) -> Sequence[ReportArea]:
    """All that the officer oversees, then its former districts and its communes."""
    members = group_units(session)
    groups = session.scalars(select(AreaGroup).order_by(AreaGroup.code)).all()
    inside = [one for one in groups if members[one.id] < who.scope_unit_ids]
    communes = session.scalars(
        select(AdminUnit)
        .where(
            within(session, AdminUnit.id, who.scope_unit_ids),
            AdminUnit.level == AdminLevel.COMMUNE,
            AdminUnit.valid_to.is_(None) | (AdminUnit.valid_to > today),
        )
        .order_by(AdminUnit.name_folded, AdminUnit.id)
    )
    return [
        ReportArea(WHOLE, _name_of_whole(session, who)),
        *(ReportArea(one.code, one.name) for one in inside),
        *(ReportArea(str(unit.id), unit.name) for unit in communes),
    ]


def former_communes(
    session: Session, who: Actor, *, today: date
) -> Sequence[ReportArea]:
    """The communes of the officer's area that exist no longer, by name."""
    communes = session.scalars(
        select(AdminUnit)
        .where(
            within(session, AdminUnit.id, who.scope_unit_ids),
            AdminUnit.level == AdminLevel.COMMUNE,
            AdminUnit.valid_to <= today,
        )
        .order_by(AdminUnit.name_folded, AdminUnit.id)
    )
    return [ReportArea(str(one.id), _dated(one), one.id) for one in communes]


def communes_in(
    session: Session, units: Collection[int], *, former: bool, group: str = MAPPED
) -> Sequence[AdminUnit]:
    """The communes of an area group that lie in these units: of today, or former."""
    over = AdminUnit.valid_to.is_not(None)
    wanted = (
        select(AdminUnit)
        .join(AreaGroupMember, AreaGroupMember.unit_id == AdminUnit.id)
        .join(AreaGroup, AreaGroup.id == AreaGroupMember.area_group_id)
        .where(
            AreaGroup.code == group,
            AdminUnit.level == AdminLevel.COMMUNE,
            over if former else ~over,
        )
        .order_by(AdminUnit.id)
    )
    return [one for one in session.scalars(wanted) if one.id in units]


def _dated(unit: AdminUnit) -> str:
    """`Xã Bó Sinh (–30/06/2025)`: a commune of today may bear the same name."""
    assert unit.valid_to is not None
    return f"{unit.name} (–{format_day(unit.valid_to - timedelta(days=1))})"


def group_units(session: Session) -> Mapping[int, frozenset[int]]:
    """The units, old and new, of every area group, in one query."""
    return read_once(session, group_units, lambda: _group_units(session))


def _group_units(session: Session) -> Mapping[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for group, unit in session.execute(
        select(AreaGroupMember.area_group_id, AreaGroupMember.unit_id)
    ):
        found[group].add(unit)
    return defaultdict(frozenset, {key: frozenset(one) for key, one in found.items()})


def _name_of_whole(session: Session, who: Actor) -> str:
    seat = session.scalars(
        select(Membership)
        .where(
            Membership.user_id == who.user_id,
            Membership.organisation_id == who.organisation_id,
            Membership.ended_at.is_(None),
        )
        .order_by(Membership.id)
    ).first()
    if seat is None:
        return ""
    scopes = (seat.scope_unit, seat.scope_group)
    return ", ".join(scope.name for scope in scopes if scope)


def _units(session: Session, who: Actor, area: ReportArea) -> frozenset[int]:
    if area.code == WHOLE:
        return who.scope_unit_ids
    if area.former is not None:
        return frozenset(Boundaries(session).parts(area.former)) & who.scope_unit_ids
    if area.code.isdecimal():
        return units_within(session, int(area.code)) & who.scope_unit_ids
    group = session.scalars(select(AreaGroup).where(AreaGroup.code == area.code)).one()
    return group_units(session)[group.id]
