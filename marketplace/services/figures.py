"""The authority's numbers: computed for any day, beside what was declared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.words import ChainKind, ChainState
from models.chain_days import ChainInterval
from models.chains import Chain, Recognition
from models.reference import (
    AdminChange,
    AdminUnit,
    AreaGroup,
    AreaGroupMember,
    DeclaredBaseline,
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
    session: Session, on: date, units: Collection[int] | None = None
) -> list[Counted]:
    """Every chain with the state it had on a day, from the stored intervals."""
    wanted = (
        select(
            Chain.id,
            Chain.kind,
            ProductGroup.code,
            Chain.unit_id,
            ChainInterval.state,
            ChainInterval.counts,
            ChainInterval.between_seasons,
        )
        .join(ChainInterval, ChainInterval.chain_id == Chain.id)
        .join(ProductGroup, ProductGroup.id == Chain.group_id)
        .where(
            ChainInterval.valid_from <= on,
            or_(ChainInterval.valid_to.is_(None), on < ChainInterval.valid_to),
        )
        .order_by(Chain.id)
    )
    if units is not None:
        wanted = wanted.where(Chain.unit_id.in_(units))
    return [Counted(*row) for row in session.execute(wanted)]


def count_chains_on(
    session: Session, on: date, units: Collection[int] | None = None
) -> dict[str, Any]:
    """Headline numbers of both kinds on a day, and what stands beside them."""
    rows = chains_on(session, on, units)
    result: dict[str, Any] = {"on": on.isoformat()}
    for kind in ChainKind:
        of_kind = [row for row in rows if row.kind is kind]
        confirmed = first_recognised(session, on, kind, units)
        result[kind.value] = sum(row.counts for row in of_kind)
        result[f"{kind.value}_detail"] = _detail(of_kind, confirmed)
    return result


def _detail(rows: Sequence[Counted], confirmed: Mapping[int, date]) -> dict[str, Any]:
    states = Counter(row.state for row in rows)
    # A chain that stopped before anybody recognised it was never part of the sum.
    stopped = sum(row.state in ENDED and row.chain_id in confirmed for row in rows)
    return {
        "active": states[ChainState.ACTIVE],
        "at_risk": states[ChainState.AT_RISK],
        "suspended": states[ChainState.SUSPENDED],
        "waiting": states[ChainState.SUBMITTED],
        "cumulative": len(confirmed),
        "stopped": stopped,
        "operating": len(confirmed) - stopped,
        "between_seasons": sum(row.between_seasons for row in rows),
        "by_group": dict(sorted(Counter(r.group for r in rows if r.counts).items())),
    }


def first_recognised(
    session: Session, on: date, kind: ChainKind, units: Collection[int] | None
) -> dict[int, date]:
    """Chains that were recognised or confirmed by a day, each with its first time."""
    wanted = (
        select(Recognition.chain_id, func.min(Recognition.issued_on))
        .join(Chain, Chain.id == Recognition.chain_id)
        .where(
            Chain.kind == kind,
            Recognition.decided_at.is_not(None),
            Recognition.issued_on <= on,
        )
        .group_by(Recognition.chain_id)
    )
    if units is not None:
        wanted = wanted.where(Chain.unit_id.in_(units))
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


def declared(session: Session, metric: str, on: date) -> list[DeclaredBaseline]:
    """What was declared for a number up to a day, the latest first."""
    return list(
        session.scalars(
            select(DeclaredBaseline)
            .where(DeclaredBaseline.metric == metric, DeclaredBaseline.on <= on)
            .order_by(DeclaredBaseline.on.desc(), DeclaredBaseline.id)
        )
    )
