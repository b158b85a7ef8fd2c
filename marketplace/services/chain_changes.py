"""Chains whose records changed since an instant: every such row knows its change."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import CompoundSelect, Select, or_, select, union
from sqlalchemy.orm import Session

from models.bulk import among
from models.chains import Chain, ChainContract, ChainFact, Recognition
from models.contracts import Contract
from models.organisations import Membership, Organisation
from models.paper_records import PackingHouseCode
from models.papers import Certificate, Facility, GrowingArea
from models.plots import Plot


def chains_changed(since: datetime) -> Select[int]:
    """All of them, by what their facts are read from."""
    parties = select(_organisations_changed(since).subquery().c[0])
    linked = select(ChainContract.chain_id).join(
        Contract, Contract.id == ChainContract.contract_id
    )
    found = union(
        *_records_changed(since),
        select(Chain.id).where(Chain.lead_id.in_(parties)),
        linked.where(Contract.updated_at > since),
        linked.where(
            or_(Contract.seller_id.in_(parties), Contract.buyer_id.in_(parties))
        ),
    ).subquery()
    return select(found.c[0])


def _organisations_changed(since: datetime) -> CompoundSelect[int]:
    """By themselves, or by what they hold, run, and who sits in them."""
    return union(
        select(Organisation.id).where(Organisation.updated_at > since),
        *(
            select(table.organisation_id).where(table.updated_at > since)
            for table in (Certificate, Facility, GrowingArea, Membership)
        ),
        select(GrowingArea.organisation_id)
        .join(Plot, Plot.area_id == GrowingArea.id)
        .where(Plot.updated_at > since),
        select(Facility.organisation_id)
        .join(PackingHouseCode, PackingHouseCode.facility_id == Facility.id)
        .where(PackingHouseCode.updated_at > since),
    )


def _records_changed(since: datetime) -> list[Select[int]]:
    return [
        select(table.chain_id).where(table.updated_at > since)
        for table in (Recognition, ChainFact)
    ]


def unchanged_chains(
    session: Session, ids: Collection[int], since: datetime
) -> set[int]:
    """Those of the chains whose records are as they were at that instant.

    The same as `chains_changed` tells, looked up for these alone: a page that asks is
    not to wait for a look through all records there are.
    """
    parties: dict[int, set[int]] = {}
    leads = select(Chain.id, Chain.lead_id).where(among(session, Chain.id, ids))
    for chain, lead in session.execute(leads):
        parties[chain] = {lead}
    changed = set[int]()
    for chain, seller, buyer, new in session.execute(_links(session, ids, since)):
        parties[chain] |= {seller, buyer}
        changed |= {chain} if new else set()
    told = union(*_records_changed(since)).subquery().c[0]
    changed.update(session.scalars(select(told).where(among(session, told, ids))))
    everybody = {one for some in parties.values() for one in some}
    moved = _organisations_changed(since).subquery().c[0]
    moved_ones = set(
        session.scalars(select(moved).where(among(session, moved, everybody)))
    )
    return {one for one, of in parties.items() if not of & moved_ones} - changed


def _links(
    session: Session, ids: Collection[int], since: datetime
) -> Select[int, int, int, bool]:
    """Chain, seller, buyer, and whether the contract changed, of all their contracts."""
    return (
        select(
            ChainContract.chain_id,
            Contract.seller_id,
            Contract.buyer_id,
            Contract.updated_at > since,
        )
        .join(Contract, Contract.id == ChainContract.contract_id)
        .where(among(session, ChainContract.chain_id, ids))
    )
