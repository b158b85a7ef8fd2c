"""The authority's board: one answer for one area, one day and one view of the map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.words import (
    CertificateScheme,
    ChainKind,
)
from marketplace.services.figures import (
    Counted,
    chains_on,
    count_chains_on,
    current_unit_of,
    declared,
)
from marketplace.services.registers import (
    area_under,
    certificates_on,
    codes_on,
    cooperatives_on,
)
from models.chains import Chain
from models.organisations import Organisation
from models.reference import AdminUnit, DeclaredBaseline, ProductGroup


@dataclass(frozen=True)
class Matrix:
    """Counted chains by commune (rows) and product group (columns)."""

    groups: Sequence[ProductGroup]
    rows: Sequence[tuple[AdminUnit, Mapping[str, int]]]

    def total(self, group: str | None = None) -> int:
        return sum(
            number
            for _, numbers in self.rows
            for code, number in numbers.items()
            if group is None or code == group
        )


def headline(
    session: Session, on: date, before: date, units: Collection[int]
) -> dict[str, Any]:
    """Both counts on a day and on an earlier one."""
    now_, then = (count_chains_on(session, day, units) for day in (on, before))
    return {"now": now_, "then": then}


def chain_matrix(
    session: Session,
    on: date,
    units: Collection[int],
    *,
    kind: ChainKind,
    former: bool,
) -> Matrix:
    """Counted chains of a kind, in today's communes or in those of then.

    A chain of a former commune is shown in the one that took it in, or, with
    `former`, a chain of today's commune in the former one its lead named.
    """
    rows = [
        row for row in chains_on(session, on, units) if row.kind is kind and row.counts
    ]
    places = _places(session, rows, former)
    numbers: dict[int, Counter[str]] = {unit: Counter() for unit in places.shown}
    for row in rows:
        numbers[places.unit_of[row.chain_id]][row.group] += 1
    names = _units(session, numbers)
    groups = session.scalars(select(ProductGroup).order_by(ProductGroup.position))
    used = {row.group for row in rows}
    return Matrix(
        groups=[group for group in groups if group.code in used],
        rows=[(unit, numbers[unit.id]) for unit in names],
    )


@dataclass(frozen=True)
class _Places:
    shown: frozenset[int]
    unit_of: Mapping[int, int]


def _places(session: Session, rows: Sequence[Counted], former: bool) -> _Places:
    successor = current_unit_of(session)
    if not former:
        unit_of = {r.chain_id: successor.get(r.unit_id, r.unit_id) for r in rows}
        return _Places(frozenset(unit_of.values()), unit_of)
    declared_units = _declared_units(session, [row.chain_id for row in rows])
    unit_of = {r.chain_id: declared_units.get(r.chain_id, r.unit_id) for r in rows}
    return _Places(frozenset(unit_of.values()), unit_of)


def _declared_units(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """The former commune that the lead of a chain named for itself."""
    pairs = session.execute(
        select(Chain.id, Organisation.declared_unit_id)
        .join(Organisation, Organisation.id == Chain.lead_id)
        .where(Chain.id.in_(ids), Organisation.declared_unit_id.is_not(None))
    )
    return {chain: unit for chain, unit in pairs if unit is not None}


def _units(session: Session, ids: Collection[int]) -> Sequence[AdminUnit]:
    wanted = select(AdminUnit).where(AdminUnit.id.in_(list(ids)))
    return session.scalars(wanted.order_by(AdminUnit.name_folded)).all()


def trend(
    session: Session, today: date, units: Collection[int], months: int = 8
) -> list[tuple[date, int, int]]:
    """Both counts at the last days of the past months, and today."""
    days = [today]
    for _ in range(months - 1):
        days.insert(0, days[0].replace(day=1) - timedelta(days=1))
    points = [(day, count_chains_on(session, day, units)) for day in days]
    return [
        (day, numbers["product_development"], numbers["safe_supply"])
        for day, numbers in points
    ]


def register_figures(
    session: Session, on: date, units: Collection[int]
) -> dict[str, Any]:
    """Cooperatives, members, VietGAP, codes and OCOP, computed from the records."""
    cooperatives = cooperatives_on(session, on, units)
    vietgap = certificates_on(session, CertificateScheme.VIETGAP, on, units)
    codes = codes_on(session, on, units)
    return {
        "cooperatives": len(cooperatives),
        "members": sum(o.official_members or 0 for o in cooperatives),
        "charter_capital_vnd": sum(o.charter_capital_vnd or 0 for o in cooperatives),
        "vietgap_cooperatives": len(
            {c.organisation_id for c in vietgap} & {o.id for o in cooperatives}
        ),
        "vietgap_area_ha": area_under(vietgap),
        "vietgap_output_kg": sum(c.output_kg_per_year or 0 for c in vietgap),
        "codes": len(codes),
        "codes_by_market": Counter(str(code.market) for code in codes),
        "code_area_ha": area_under(codes),
        "ocop": len(certificates_on(session, CertificateScheme.OCOP, on, units)),
    }


def declared_beside(
    session: Session, metrics: Sequence[str], on: date
) -> dict[str, list[DeclaredBaseline]]:
    """The declared numbers that stand beside the computed ones."""
    return {metric: declared(session, metric, on) for metric in metrics}
