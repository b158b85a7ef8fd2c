"""Lists of chains: of whom, where, and as they stood on a day; a page of them at a time.

A province has tens of thousands, and the number beside the menu is asked for with
every page: the database sifts and counts, and hands out what is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.words import ChainKind, ChainState
from marketplace.services.chain_counts import stands_on
from marketplace.services.units import lies_within
from models.bulk import within
from models.chain_days import ChainInterval
from models.chains import Chain, ChainContract
from models.contracts import Contract
from models.organisations import Organisation
from models.reads import read_once
from models.reference import ProductGroup


@dataclass(frozen=True)
class ChainSieve:
    """What is looked for; empty takes all.

    `units` are communes, with what went into them; `counted` leaves those that count
    on the day, `waiting` those that wait for a decision.
    """

    kind: ChainKind | None = None
    group: str = ""
    units: Collection[int] | None = None
    counted: bool = False
    waiting: bool = False


@dataclass(frozen=True)
class ChainPage:
    """Some of the chains, how many there are, and how many of those count."""

    chains: Sequence[Chain]
    total: int
    counted: int
    offset: int


def look_at_chains(
    session: Session,
    who: Actor,
    sieve: ChainSieve,
    on: date,
    *,
    limit: int,
    offset: int = 0,
) -> ChainPage:
    """The chains of an officer's area, or that an organisation leads or supplies."""
    wanted = [*_of(session, who), *_sifted(session, sieve)]
    counts = Chain.id.in_(
        select(ChainInterval.chain_id).where(stands_on(on), ChainInterval.counts)
    )
    counted = _number(session, [*wanted, counts])
    if sieve.counted:
        wanted.append(counts)
    total = counted if sieve.counted else _number(session, wanted)
    start = min(offset, max(total - 1, 0) // limit * limit)  # past the end is the last
    rows = session.scalars(
        select(Chain)
        .where(*wanted)
        .options(
            joinedload(Chain.lead), joinedload(Chain.unit), joinedload(Chain.group)
        )
        .order_by(Chain.kind, Chain.name, Chain.id)
        .limit(limit)
        .offset(start)
    )
    return ChainPage(rows.all(), total, counted, start)


def count_waiting_chains(session: Session, who: Actor) -> int:
    """How many chains of the actor wait for a decision."""
    wanted = [*_of(session, who), Chain.state == ChainState.SUBMITTED]
    name = (count_waiting_chains, who)
    return read_once(session, name, lambda: _number(session, wanted))


def _number(session: Session, wanted: Sequence[ColumnElement[bool]]) -> int:
    number = select(func.count()).select_from(Chain).where(*wanted)
    return session.scalar(number) or 0


def _of(session: Session, who: Actor) -> list[ColumnElement[bool]]:
    if who.is_officer:
        return [lies_within(session, Chain.unit_id, who.scope_unit_ids)]
    me = who.organisation_id
    linked = (
        select(ChainContract.chain_id)
        .join(Contract, Contract.id == ChainContract.contract_id)
        .where(or_(Contract.seller_id == me, Contract.buyer_id == me))
    )
    return [or_(Chain.lead_id == me, Chain.id.in_(linked))]


def _sifted(session: Session, sieve: ChainSieve) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if sieve.kind is not None:
        wanted.append(Chain.kind == sieve.kind)
    if sieve.group:
        group = select(ProductGroup.id).where(ProductGroup.code == sieve.group)
        wanted.append(Chain.group_id.in_(group))
    if sieve.units is not None:
        named = select(Organisation.id).where(
            within(session, Organisation.declared_unit_id, sieve.units)
        )
        here = within(session, Chain.unit_id, sieve.units)
        wanted.append(or_(here, Chain.lead_id.in_(named)))
    if sieve.waiting:
        wanted.append(Chain.state == ChainState.SUBMITTED)
    return wanted
