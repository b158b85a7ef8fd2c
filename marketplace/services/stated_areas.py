"""For which areas an officer may state a number, and what lies in each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.words import AdminLevel
from marketplace.services.report_areas import ReportArea, group_units
from marketplace.services.units import units_within
from models.bulk import within
from models.reference import AdminUnit, AreaGroup, AreaGroupMember
from models.stated_numbers import StatedNumber


def areas_stated(session: Session, who: Actor, *, today: date) -> Sequence[ReportArea]:
    """The area groups inside what the officer oversees, then its communes of today."""
    members = group_units(session)
    groups = session.scalars(select(AreaGroup).order_by(AreaGroup.id))
    communes = session.scalars(
        select(AdminUnit)
        .where(
            within(session, AdminUnit.id, who.scope_unit_ids),
            AdminUnit.level == AdminLevel.COMMUNE,
            AdminUnit.valid_to.is_(None) | (AdminUnit.valid_to > today),
        )
        .order_by(AdminUnit.name_folded, AdminUnit.id)
    )
    inside = [one for one in groups if overseen(members.get(one.id), who)]
    return [
        *(ReportArea(one.code, one.name) for one in inside),
        *(ReportArea(str(one.id), one.name) for one in communes),
    ]


def overseen(units: frozenset[int] | None, who: Actor) -> bool:
    """Whether there are units, and all of them in the officer's scope."""
    return units is not None and units <= who.scope_unit_ids


def units_of(session: Session, stated: StatedNumber) -> frozenset[int]:
    """All units, old and new, of the area that the number is of."""
    if stated.unit_id is not None:
        return units_within(session, stated.unit_id)
    members = select(AreaGroupMember.unit_id).where(
        AreaGroupMember.area_group_id == stated.area_group_id
    )
    return frozenset(session.scalars(members))
