"""Administrative units: which stands on a day, what a name means, who oversees it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.domain.admin_units import (
    Change,
    Directory,
    Resolution,
    Unit,
    bare_name,
)
from marketplace.domain.errors import N_, Refused
from marketplace.domain.text import fold
from marketplace.domain.words import AdminKind, AdminLevel
from models.bulk import within
from models.organisations import Membership
from models.reads import read_once
from models.reference import AdminChange, AdminUnit, AreaGroup, AreaGroupMember


def unit_directory(session: Session) -> Directory:
    """All units and changes as values; columns, for there are many rows."""
    wanted = select(
        AdminUnit.id,
        AdminUnit.gso_code,
        AdminUnit.level,
        AdminUnit.kind,
        AdminUnit.name,
        AdminUnit.parent_id,
        AdminUnit.valid_from,
        AdminUnit.valid_to,
    )
    units = [
        Unit(id_, code, level, AdminKind(kind), name, parent_id, first, until)
        for id_, code, level, kind, name, parent_id, first, until in session.execute(
            wanted
        )
    ]
    steps = select(AdminChange.old_id, AdminChange.new_id, AdminChange.effective_on)
    return Directory(units, [Change(*step) for step in session.execute(steps)])


def lies_within(
    session: Session, unit: InstrumentedAttribute[int], units: Collection[int]
) -> ColumnElement[bool]:
    """Whether a row's unit is one of these; no question where these are all there are.

    Who oversees a whole province need not have each of its rows looked up.
    """
    everywhere = read_once(session, lies_within, lambda: _all_units(session))
    if everywhere and everywhere.issubset(units):
        return true()
    return within(session, unit, units)


def _all_units(session: Session) -> frozenset[int]:
    return frozenset(session.scalars(select(AdminUnit.id)))


def unit_on(session: Session, unit_id: int, day: date) -> AdminUnit:
    """The unit that stands for this one on a day: itself or its successor."""
    return session.get_one(
        AdminUnit, unit_directory(session).successor(unit_id, day).id
    )


def communes_on(session: Session, day: date) -> list[AdminUnit]:
    """The communes and wards of a day, by name."""
    return list(
        session.scalars(
            select(AdminUnit)
            .where(AdminUnit.level == AdminLevel.COMMUNE, _valid(AdminUnit, day))
            .order_by(AdminUnit.name_folded, AdminUnit.id)
        )
    )


def communes_of_group(session: Session, code: str, day: date) -> list[AdminUnit]:
    """The units of an area group that are valid on a day, by name."""
    return list(
        session.scalars(
            select(AdminUnit)
            .join(AreaGroupMember, AreaGroupMember.unit_id == AdminUnit.id)
            .join(AreaGroup, AreaGroup.id == AreaGroupMember.area_group_id)
            .where(AreaGroup.code == code, _valid(AdminUnit, day))
            .order_by(AdminUnit.name_folded, AdminUnit.id)
        )
    )


def search_units(
    session: Session, text: str, *, today: date, limit: int = 10
) -> list[Resolution]:
    """Communes whose name, old or new, holds the text; each with today's unit."""
    wanted = bare_name(text) or fold(text)
    if not wanted:
        return []
    directory = unit_directory(session)
    found = [
        Resolution(unit, directory.successor(unit.id, today))
        for unit in directory.by_id.values()
        if unit.level is AdminLevel.COMMUNE and wanted in fold(unit.name)
    ]
    found.sort(
        key=lambda r: (not fold(r.unit.name).endswith(wanted), r.renamed, r.unit.name)
    )
    return found[:limit]


def resolve_commune(
    session: Session,
    text: str,
    *,
    today: date,
    field: str = "commune",
    directory: Directory | None = None,
) -> Resolution:
    """What a typed place means; an abolished commune comes with its successor.

    A province passes too: buyers sit elsewhere, and of other provinces we keep
    the name alone. Refuses what is unknown or names several. Who asks often
    brings the directory along.
    """
    directory = directory or unit_directory(session)
    if not (found := directory.resolve(text, today)):
        found = _province(directory, text, today)
    if not found:
        raise Refused(
            N_(
                "Không có xã nào tên như vậy. Ghi tên xã hay phường, ví dụ Chiềng Khoong"
            ),
            field,
        )
    same = [r for r in found if r.renamed == found[0].renamed]
    if len(same) > 1 and "," not in text:
        names = "; ".join(_full_name(directory, r) for r in same[:4])
        raise Refused(
            N_("Có nhiều nơi tên này: %(names)s. Ghi thêm huyện cũ sau dấu phẩy"),
            field,
            names=names,
        )
    return found[0]


def _province(directory: Directory, text: str, today: date) -> list[Resolution]:
    name = bare_name(text.rsplit(",", maxsplit=1)[-1])
    return [
        Resolution(unit, unit)
        for unit in directory.by_id.values()
        if unit.level is AdminLevel.PROVINCE
        and unit.valid_on(today)
        and bare_name(unit.name) == name
    ]


def _full_name(directory: Directory, found: Resolution) -> str:
    district = directory.former_district(found.unit.id)
    return f"{found.unit.name}, {district.name}" if district else found.unit.name


def scope_of(session: Session, membership: Membership) -> frozenset[int]:
    """Ids of all communes, old and new, that an officer's membership covers."""
    ids: set[int] = set()
    if membership.scope_group_id is not None:
        members = select(AreaGroupMember.unit_id).where(
            AreaGroupMember.area_group_id == membership.scope_group_id
        )
        ids.update(session.scalars(members))
    if membership.scope_unit_id is not None:
        ids |= units_within(session, membership.scope_unit_id)
    return frozenset(ids)


def units_within(session: Session, unit_id: int) -> frozenset[int]:
    """The unit, what lies in it, and what went into any of these."""
    found: set[int] = set()
    pending: set[int] = {unit_id}
    while pending:
        found |= pending
        pending = _below(session, pending) - found
    return frozenset(found)


def _below(session: Session, ids: Iterable[int]) -> set[int]:
    inside = select(AdminUnit.id).where(AdminUnit.parent_id.in_(list(ids)))
    merged = select(AdminChange.old_id).where(AdminChange.new_id.in_(list(ids)))
    return {*session.scalars(inside), *session.scalars(merged)}


def _valid(table: type[AdminUnit], day: date) -> ColumnElement[bool]:
    return (table.valid_from <= day) & or_(
        table.valid_to.is_(None), table.valid_to > day
    )
