"""Targets of a period beside what the records say was achieved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.words import CertificateScheme, ChainKind
from marketplace.domain.words_board import BoardMetric, StatedKind
from marketplace.services.chain_counts import Scope, count_rows
from marketplace.services.figures import count_chains_on
from marketplace.services.land_under import land_certified, land_under
from marketplace.services.registers import (
    certificates_on,
    codes_on,
    cooperatives_on,
)
from marketplace.services.report_areas import group_units
from marketplace.services.stated_areas import overseen, units_of
from marketplace.services.stated_numbers import as_they_hold
from models.chain_days import ChainInterval
from models.reference import ProductGroup
from models.stated_numbers import StatedNumber

_KINDS = {
    BoardMetric.PRODUCT_DEVELOPMENT: ChainKind.PRODUCT_DEVELOPMENT,
    BoardMetric.SAFE_SUPPLY: ChainKind.SAFE_SUPPLY,
}
_PARTS = {BoardMetric.CONFIRMED: "cumulative", BoardMetric.STOPPED: "stopped"}


@dataclass(frozen=True)
class TargetLine:
    """A target in force, and what the records say was achieved by the day."""

    stated: StatedNumber
    achieved: Decimal

    @property
    def missing(self) -> Decimal:
        return max(self.stated.number - self.achieved, Decimal(0))


def targets_beside(
    session: Session, who: Actor, on: date, *, area: str = ""
) -> Sequence[TargetLine]:
    """The approved targets of the periods in which the day lies, the widest first.

    `area` narrows to one area group or commune.
    """
    members = group_units(session)
    rows = [
        row
        for row in _in_force(session, on)
        if row.unit_id in who.scope_unit_ids
        or overseen(members.get(row.area_group_id or 0), who)
        if area in ("", _code(row))
    ]
    areas = {_code(row): units_of(session, row) for row in rows}
    chains = {code: count_by_group(session, on, units) for code, units in areas.items()}
    lines = [
        TargetLine(row, _achieved(session, row, on, areas, chains)) for row in rows
    ]
    return sorted(lines, key=lambda one: list(BoardMetric).index(one.stated.metric))


def _achieved(
    session: Session,
    row: StatedNumber,
    on: date,
    areas: Mapping[str, Collection[int]],
    chains: Mapping[str, Counter[tuple[ChainKind, int]]],
) -> Decimal:
    if kind := _KINDS.get(row.metric):
        return _of_chains(chains[_code(row)], kind, row.group_id)
    return achieved(session, row.metric, on, areas[_code(row)], row.group)


def count_by_group(
    session: Session, on: date, units: Collection[int]
) -> Counter[tuple[ChainKind, int]]:
    """Chains that count on a day by kind and product group, in one query."""
    columns = [ChainInterval.kind, ChainInterval.group_id]
    rows = count_rows(session, on, columns, Scope(units=units))
    return Counter({(kind, group): count.headline for (kind, group), count in rows})


def _of_chains(
    counted: Counter[tuple[ChainKind, int]], kind: ChainKind, group: int | None
) -> Decimal:
    return Decimal(
        sum(
            count
            for (one, of), count in counted.items()
            if one is kind and group in (None, of)
        )
    )


def _code(row: StatedNumber) -> str:
    return row.area_group.code if row.area_group else str(row.unit_id)


def _in_force(session: Session, on: date) -> Sequence[StatedNumber]:
    """The targets that hold, of the year of the day, the widest period first."""
    rows = session.scalars(
        select(StatedNumber)
        .where(
            StatedNumber.kind == StatedKind.TARGET,
            StatedNumber.day >= on,
            StatedNumber.period.startswith(f"{on.year}-"),
        )
        .order_by(StatedNumber.day.desc(), StatedNumber.id)
        .options(
            joinedload(StatedNumber.group),
            joinedload(StatedNumber.area_group),
            joinedload(StatedNumber.unit),
        )
    ).all()
    return as_they_hold(rows)


def achieved(
    session: Session,
    metric: BoardMetric,
    on: date,
    units: Collection[int],
    group: ProductGroup | None = None,
) -> Decimal:
    """The number of the records on a day: what the board shows for it."""
    if kind := _KINDS.get(metric):
        counted = count_by_group(session, on, units)
        return _of_chains(counted, kind, group.id if group else None)
    if metric in _PARTS:
        detail = count_chains_on(session, on, units)["safe_supply_detail"]
        return Decimal(detail[_PARTS[metric]])
    return _of_registers(session, metric, on, units, group)


def _of_registers(
    session: Session,
    metric: BoardMetric,
    on: date,
    units: Collection[int],
    group: ProductGroup | None,
) -> Decimal:
    match metric:
        case BoardMetric.COOPERATIVES:
            return Decimal(len(cooperatives_on(session, on, units)))
        case BoardMetric.MEMBERS:
            found = cooperatives_on(session, on, units)
            return Decimal(sum(one.official_members or 0 for one in found))
        case BoardMetric.OCOP_PRODUCTS:
            scheme = CertificateScheme.OCOP
            return Decimal(len(certificates_on(session, scheme, on, units)))
        case BoardMetric.EXPORT_CODES | BoardMetric.EXPORT_CODE_AREA:
            codes = [
                code
                for code in codes_on(session, on, units)
                if group is None or code.product.group_id == group.id
            ]
            counted = metric is BoardMetric.EXPORT_CODES
            if counted:
                return Decimal(len(codes))
            return land_under(session, codes, on).hectares
        case _:
            return _of_vietgap(session, metric, on, units, group)


def _of_vietgap(
    session: Session,
    metric: BoardMetric,
    on: date,
    units: Collection[int],
    group: ProductGroup | None,
) -> Decimal:
    papers = certificates_on(session, CertificateScheme.VIETGAP, on, units)
    if metric is BoardMetric.VIETGAP_COOPERATIVES:
        known = {one.id for one in cooperatives_on(session, on, units)}
        return Decimal(len({one.organisation_id for one in papers} & known))
    of_group = [
        paper
        for paper in papers
        if group is None
        or (paper.product is not None and paper.product.group_id == group.id)
    ]
    return land_certified(session, of_group, on).hectares
