"""Administrative units of both times: before and after the reform of July 2025."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.admin_units import REFORM_DAY
from marketplace.domain.text import fold
from marketplace.domain.words import AdminKind, AdminLevel
from models.reference import (
    AdminChange,
    AdminUnit,
    AreaGroup,
    AreaGroupMember,
    LegalBasis,
)

FIRST_DAY = date(2004, 1, 1)  # when the codes of the statistics office began
PROVINCE = ("14", "Tỉnh Sơn La")
RESOLUTION = "1681/NQ-UBTVQH15"
KINDS = {
    "xã": AdminKind.XA,
    "phường": AdminKind.PHUONG,
    "thị trấn": AdminKind.THI_TRAN,
    "thị xã": AdminKind.THI_XA,
    "thành phố": AdminKind.THANH_PHO,
    "huyện": AdminKind.HUYEN,
}
Rows = Sequence[Mapping[str, str]]


def load_units(session: Session, merges: Rows, places: Rows, provinces: Rows) -> None:
    """The provinces; of ours, the former districts, communes old and new, groups."""
    if session.scalar(select(AdminUnit.id).limit(1)) is not None:
        return
    law = session.scalar(select(LegalBasis.id).where(LegalBasis.ref == RESOLUTION))
    province = _unit(*PROVINCE, AdminLevel.PROVINCE, AdminKind.TINH, FIRST_DAY)
    session.add_all([province, *map(_province, provinces)])
    session.flush()  # districts and communes name their parent
    districts = _add_districts(session, merges, province.id)
    old = _add_old_communes(session, merges, districts, province.id)
    new = _add_new_communes(session, merges, places, province.id, law)
    for row in merges:
        session.add(
            AdminChange(
                old_id=old[row["old_code"]].id,
                new_id=new[row["new_code"]].id,
                effective_on=REFORM_DAY,
                legal_basis_id=law,
            )
        )
    _add_groups(session, merges, old, new)


def _unit(
    code: str,
    name: str,
    level: AdminLevel,
    kind: AdminKind,
    valid_from: date,
    valid_to: date | None = None,
) -> AdminUnit:
    return AdminUnit(
        gso_code=code,
        level=level,
        kind=kind,
        name=name,
        name_folded=fold(name),
        valid_from=valid_from,
        valid_to=valid_to,
    )


def _province(row: Mapping[str, str]) -> AdminUnit:
    kind = AdminKind.THANH_PHO if row["name"].startswith("Thành") else AdminKind.TINH
    unit = _unit(row["code"], row["name"], AdminLevel.PROVINCE, kind, REFORM_DAY)
    unit.latitude, unit.longitude = float(row["latitude"]), float(row["longitude"])
    return unit


def _kind(name: str) -> AdminKind:
    lowered = name.lower()
    return next(
        (kind for word, kind in KINDS.items() if lowered.startswith(word)),
        AdminKind.XA,
    )


def _add_districts(
    session: Session, merges: Rows, province_id: int
) -> dict[str, AdminUnit]:
    names = {
        row["old_district_code"]: row["old_district_name"]
        for row in merges
        if row["old_district_code"]
    }
    found = {
        code: _unit(code, name, AdminLevel.DISTRICT, _kind(name), FIRST_DAY, REFORM_DAY)
        for code, name in sorted(names.items())
    }
    for unit in found.values():
        unit.parent_id = province_id
    session.add_all(found.values())
    session.flush()  # communes name them
    return found


def _add_old_communes(
    session: Session,
    merges: Rows,
    districts: Mapping[str, AdminUnit],
    province_id: int,
) -> dict[str, AdminUnit]:
    found: dict[str, AdminUnit] = {}
    for row in merges:
        name = row["old_name"]
        unit = _unit(
            row["old_code"],
            name,
            AdminLevel.COMMUNE,
            _kind(name),
            FIRST_DAY,
            REFORM_DAY,
        )
        district = districts.get(row["old_district_code"])
        unit.parent_id = district.id if district else province_id
        found[row["old_code"]] = unit
    session.add_all(found.values())
    session.flush()  # changes name them
    return found


def _add_new_communes(
    session: Session, merges: Rows, places: Rows, province_id: int, law: int | None
) -> dict[str, AdminUnit]:
    where = {row["code"]: row for row in places}
    found: dict[str, AdminUnit] = {}
    for row in merges:
        code, name = row["new_code"], row["new_name"]
        if code in found:
            continue
        unit = _unit(code, name, AdminLevel.COMMUNE, _kind(name), REFORM_DAY)
        unit.parent_id, unit.legal_basis_id = province_id, law
        if code in where:
            unit.latitude = float(where[code]["latitude"])
            unit.longitude = float(where[code]["longitude"])
        found[code] = unit
    session.add_all(found.values())
    session.flush()  # changes name them
    return found


def _add_groups(
    session: Session,
    merges: Rows,
    old: Mapping[str, AdminUnit],
    new: Mapping[str, AdminUnit],
) -> None:
    """One group for each former district, and one for the whole province."""
    groups = {"P14": AreaGroup(code="P14", name=PROVINCE[1], kind="province")}
    for row in merges:
        code = f"D{row['old_district_code']}"
        if row["old_district_code"] and code not in groups:
            name = row["old_district_name"]
            groups[code] = AreaGroup(code=code, name=name, kind="legacy_district")
    session.add_all(groups.values())
    session.flush()  # members name them
    seen: set[tuple[int, int]] = set()
    for row in merges:
        for code in ("P14", f"D{row['old_district_code']}"):
            for unit in (old[row["old_code"]], new[row["new_code"]]):
                key = (groups[code].id, unit.id) if code in groups else None
                if key is None or key in seen:
                    continue
                seen.add(key)
                session.add(
                    AreaGroupMember(
                        area_group_id=key[0],
                        unit_id=key[1],
                        valid_from=unit.valid_from,
                        valid_to=unit.valid_to,
                    )
                )
