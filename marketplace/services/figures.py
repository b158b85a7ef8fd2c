"""The authority's numbers: computed for any day, beside what was declared."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.domain.chain_counting import ChainCount
from marketplace.domain.words import ChainKind, ChainState
from marketplace.services.chain_counts import (
    Scope,
    count_rows,
    in_scope,
    stands_on,
)
from models.chain_days import ChainInterval
from models.reads import read_once
from models.reference import (
    AdminChange,
    AdminUnit,
    AreaGroup,
    AreaGroupMember,
    ProductGroup,
)

ENDED = (ChainState.STOPPED, ChainState.REVOKED, ChainState.EXPIRED)


@dataclass(frozen=True)
class Counted:
    """One chain on a day: enough to sum it up and to open the list behind it."""

    chain_id: int
    kind: ChainKind
    group: str
    unit_id: int
    state: ChainState
    counts: bool
    between_seasons: bool


def chains_on(
    session: Session,
    on: date,
    units: Collection[int] | None = None,
    only: Collection[int] | None = None,
) -> list[Counted]:
    """Every chain with the state it had on a day, or `only` these of them.

    From the stored intervals, as every number is.
    """
    row = ChainInterval
    wanted = (
        select(
            row.chain_id,
            row.kind,
            ProductGroup.code,
            row.unit_id,
            row.state,
            row.counts,
            row.between_seasons,
        )
        .join(ProductGroup, ProductGroup.id == row.group_id)
        .where(stands_on(on), *in_scope(session, Scope(units=units)))
        .order_by(row.chain_id)
    )
    if only is not None:
        wanted = wanted.where(row.chain_id.in_(only))
    return [Counted(*found) for found in session.execute(wanted)]


def count_chains_on(
    session: Session, on: date, units: Collection[int] | None = None
) -> dict[str, Any]:
    """Headline numbers of both kinds on a day, and what stands beside them."""
    columns = [ChainInterval.kind, ChainInterval.group_id]
    rows = count_rows(session, on, columns, Scope(units=units))
    codes = _group_codes(session)
    result: dict[str, Any] = {"on": on.isoformat()}
    for kind in ChainKind:
        groups = {codes[group]: n for (of, group), n in rows if of is kind}
        total = sum(groups.values(), ChainCount())
        result[kind.value] = total.headline
        result[f"{kind.value}_detail"] = _detail(total, groups)
    return result


def _group_codes(session: Session) -> dict[int, str]:
    wanted = select(ProductGroup.id, ProductGroup.code)
    return read_once(session, _group_codes, lambda: dict(session.execute(wanted).all()))


def _detail(total: ChainCount, groups: Mapping[str, ChainCount]) -> dict[str, Any]:
    return {
        "active": total.active,
        "at_risk": total.at_risk,
        "suspended": total.suspended,
        "waiting": total.waiting,
        "cumulative": total.cumulative,
        "stopped": total.stopped,
        "operating": total.operating,
        "built_only": total.built_only,
        "between_seasons": total.between_seasons,
        "by_group": {
            code: number.headline
            for code, number in sorted(groups.items())
            if number.headline
        },
    }


def first_recognised(
    session: Session, on: date, kind: ChainKind, units: Collection[int] | None
) -> dict[int, date]:
    """Chains that were recognised or confirmed by a day, each with its first time.

    By the stored intervals, as every other number: who counts in the sum and who is
    new in a period never contradict each other.
    """
    row = ChainInterval
    here = row.chain_id.in_(
        select(row.chain_id).where(
            stands_on(on), row.confirmed, *in_scope(session, Scope(kind, units))
        )
    )
    wanted = (
        select(row.chain_id, func.min(row.valid_from))
        .where(row.confirmed, row.valid_from <= on, here)
        .group_by(row.chain_id)
    )
    return dict(session.execute(wanted).all())


def units_of_group(session: Session, code: str) -> set[int]:
    """The units, old and new, that ever belonged to an area group."""
    return set(
        session.scalars(
            select(AreaGroupMember.unit_id)
            .join(AreaGroup, AreaGroup.id == AreaGroupMember.area_group_id)
            .where(AreaGroup.code == code)
        )
    )


def current_unit_of(session: Session) -> dict[int, int]:
    """Former unit -> the unit it went into."""
    pairs = session.execute(select(AdminChange.old_id, AdminChange.new_id))
    return dict(pairs.all())


def unit_names(session: Session, ids: Collection[int]) -> dict[int, str]:
    """The name of each unit as it is or was."""
    rows = session.execute(
        select(AdminUnit.id, AdminUnit.name).where(AdminUnit.id.in_(list(ids)))
    )
    return dict(rows.all())
