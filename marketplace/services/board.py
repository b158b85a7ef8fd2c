"""The authority's board: one answer for one area, one day and one view of the map."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.domain.words import CertificateScheme, ChainKind
from marketplace.domain.words_board import Communes
from marketplace.services.baseline_corrections import Declared, as_they_hold
from marketplace.services.boundaries import Boundaries
from marketplace.services.chain_counts import (
    Scope,
    count_rows,
    headline_on_days,
    in_scope,
    stands_on,
)
from marketplace.services.figures import count_chains_on
from marketplace.services.land_under import land_under
from marketplace.services.register_sums import (
    cooperative_sums,
    number_of,
    vietgap_sums,
)
from marketplace.services.registers import codes_on
from models.chain_days import ChainInterval
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
    former: bool = False,
    communes: Communes = Communes.TODAY,
) -> Matrix:
    """Counted chains of a kind by commune and product group.

    A chain of a former commune is shown in the one that took it in, or, with
    `former`, in the former one that its lead named or in which it was submitted.
    As then, it is shown in the commune in which it lay on the day itself.
    """
    communes = Communes.FORMER if former else communes
    scope = Scope(kind, units)
    codes = {group.id: group for group in session.scalars(select(ProductGroup))}
    names = _place_names(session, communes)
    count = _former_places if communes is Communes.FORMER else _places
    numbers: dict[int, Counter[str]] = defaultdict(Counter)
    for unit, group, number in count(session, on, scope):
        numbers[names(unit)][codes[group].code] += number
    used = {code for row in numbers.values() for code in row}
    ordered = sorted(codes.values(), key=lambda group: (group.position, group.id))
    return Matrix(
        groups=[group for group in ordered if group.code in used],
        rows=[(unit, numbers[unit.id]) for unit in _units(session, numbers)],
    )


Places = Iterable[tuple[int, int, int]]
"""Unit, product group, and how many chains count there."""


def _places(session: Session, on: date, scope: Scope) -> Places:
    columns = [ChainInterval.unit_id, ChainInterval.group_id]
    for (unit, group), number in count_rows(session, on, columns, scope):
        if number.headline:
            yield unit, group, number.headline


def _former_places(session: Session, on: date, scope: Scope) -> Places:
    place = func.coalesce(Organisation.declared_unit_id, Chain.unit_id)
    yield from session.execute(
        select(place, ChainInterval.group_id, func.count())
        .join(Chain, Chain.id == ChainInterval.chain_id)
        .join(Organisation, Organisation.id == Chain.lead_id)
        .where(ChainInterval.counts, stands_on(on), *in_scope(session, scope))
        .group_by(place, ChainInterval.group_id)
    )


def _place_names(session: Session, communes: Communes) -> Callable[[int], int]:
    """From the unit of an interval to the one it is shown in."""
    if communes is not Communes.TODAY:
        return lambda unit: unit
    boundaries = Boundaries(session)
    return lambda unit: boundaries.unit_on(unit, date.max)


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
    points = headline_on_days(session, days, Scope(units=units))
    return [
        (day, numbers[ChainKind.PRODUCT_DEVELOPMENT], numbers[ChainKind.SAFE_SUPPLY])
        for day, numbers in zip(days, points, strict=True)
    ]


def register_figures(
    session: Session, on: date, units: Collection[int]
) -> dict[str, Any]:
    """Cooperatives, members, VietGAP, codes and OCOP, computed from the records."""
    codes = codes_on(session, on, units)
    land = land_under(session, codes, on)
    return {
        **cooperative_sums(session, on, units),
        **vietgap_sums(session, on, units),
        "codes": len(codes),
        "codes_by_market": Counter(str(code.market) for code in codes),
        "code_area_ha": land.hectares,
        "code_measured_ha": land.measured_ha,
        "ocop": number_of(session, CertificateScheme.OCOP, on, units),
    }


def declared_beside(
    session: Session, metrics: Sequence[str], on: date
) -> dict[str, list[Declared]]:
    """The declared numbers that stand beside the computed ones, the latest first."""
    rows = session.scalars(
        select(DeclaredBaseline)
        .where(DeclaredBaseline.metric.in_(metrics), DeclaredBaseline.on <= on)
        .order_by(DeclaredBaseline.on.desc(), DeclaredBaseline.id)
    ).all()
    found: dict[str, list[Declared]] = {metric: [] for metric in metrics}
    for row in as_they_hold(session, rows):
        found[row.metric].append(row)
    return found
