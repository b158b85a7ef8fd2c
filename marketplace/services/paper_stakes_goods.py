"""Contracts, posts and offers whose goods rest on papers, read for many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.domain.words import ContractState, HarvestState, OfferState
from marketplace.services.deliveries import Planned, planned_of_all
from marketplace.services.paper_renewals import Key, key_of
from marketplace.services.paper_rows import Row
from models.bulk import among
from models.contracts import Contract
from models.harvests import Harvest, HarvestPaper
from models.offers import Offer, OfferRequirement, Tranche
from models.paper_records import PackingHouseCode
from models.papers import Certificate

LIVE = (ContractState.SIGNED, ContractState.IN_FORCE, ContractState.SUSPENDED)
Ending = Sequence[tuple[Row, date]]
"""Papers with their last days."""
Covered = Mapping[Key, set[int]]
"""The ids of the harvests that rest on each paper."""


@dataclass(frozen=True)
class ContractAtStake:
    """A contract whose goods rest on the paper, and what comes after its end."""

    contract: Contract
    open_kg: int


def contracts_at_stake(
    session: Session, ending: Ending, covered: Covered
) -> dict[Key, tuple[ContractAtStake, ...]]:
    """Contracts with something to come after the paper of their harvest is over."""
    live = _live(session, {one for ids in covered.values() for one in ids}, ending)
    planned = planned_of_all(session, live) if live else {}
    found: dict[Key, tuple[ContractAtStake, ...]] = {}
    for row, last in ending:
        ids = covered.get(key_of(row), ())
        each = (
            ContractAtStake(one, _open_kg(planned[one.id], last))
            for one in live
            if one.harvest_id in ids and one.effective_to > last
        )
        found[key_of(row)] = tuple(one for one in each if one.open_kg)
    return found


def posts_at_stake(
    session: Session, ending: Ending, covered: Covered
) -> dict[Key, tuple[Harvest, ...]]:
    """Posts on the market that are still harvested after the last day of a paper."""
    ids = {one for held in covered.values() for one in held}
    wanted = (
        select(Harvest)
        .where(
            among(session, Harvest.id, ids),
            Harvest.state == HarvestState.OPEN,
            Harvest.limit_kg > Harvest.promised_kg,
        )
        .options(joinedload(Harvest.product), joinedload(Harvest.variety))
        .order_by(Harvest.window_start, Harvest.id)
    )
    posts = session.scalars(wanted).all() if ids else ()
    return {
        key_of(row): tuple(
            one
            for one in posts
            if one.id in covered.get(key_of(row), ()) and one.window_end > last
        )
        for row, last in ending
    }


def offers_asking(
    session: Session, ending: Ending, posts: Mapping[Key, Sequence[Harvest]]
) -> dict[Key, int]:
    """Open offers for the products of the posts that ask for such a paper later."""
    products = {one.product_id for held in posts.values() for one in held}
    asked = _asked(session, products) if products else ()
    found: dict[Key, int] = {}
    for row, last in ending:
        wanted = {one.product_id for one in posts.get(key_of(row), ())}
        found[key_of(row)] = len(
            {
                one.id
                for one in asked
                if one.product_id in wanted and one.until > last and _asks(one, row)
            }
        )
    return found


def harvests_under(session: Session, ending: Ending) -> Covered:
    """The harvests that each paper covers; a packing code covers none."""
    found: dict[Key, set[int]] = defaultdict(set)
    rows = [row for row, _ in ending if not isinstance(row, PackingHouseCode)]
    for column in (HarvestPaper.certificate_id, HarvestPaper.code_id):
        kept = column is HarvestPaper.certificate_id
        named = {
            row.id: key_of(row) for row in rows if isinstance(row, Certificate) is kept
        }
        wanted = select(column, HarvestPaper.harvest_id).where(
            among(session, column, named)
        )
        for paper, harvest in session.execute(wanted) if named else ():
            found[named[paper or 0]].add(harvest)
    return found


def _live(
    session: Session, harvests: Collection[int], ending: Ending
) -> Sequence[Contract]:
    """Contracts on these harvests that run on after some of the papers."""
    first = min((last for _, last in ending), default=date.max)
    wanted = (
        select(Contract)
        .where(
            among(session, Contract.harvest_id, harvests),
            Contract.state.in_(LIVE),
            Contract.effective_to > first,
        )
        .options(
            joinedload(Contract.buyer),
            joinedload(Contract.seller),
            selectinload(Contract.lines),
        )
        .order_by(Contract.effective_to, Contract.id)
    )
    return session.scalars(wanted).all() if harvests else ()


def _open_kg(planned: Sequence[Planned], last: date) -> int:
    """What is still to come after that day, in the first season that then delivers.

    What a long contract promises for later years will rest on other papers.
    """
    later = [
        one
        for one in planned
        if one.to_come_kg and max(one.delivery.day, one.line.deliver_to) > last
    ]
    if not later:
        return 0
    first = min(later, key=lambda one: one.delivery.day).line.season
    return sum(one.to_come_kg for one in later if one.line.season == first)


def _asked(session: Session, products: Collection[int]) -> Sequence[Any]:
    """Open offers of these products, what each asks for, and its last day."""
    until = (
        select(func.max(Tranche.window_end))
        .where(Tranche.offer_id == Offer.id)
        .scalar_subquery()
    )
    return session.execute(
        select(
            Offer.id,
            Offer.product_id,
            Offer.market,
            OfferRequirement.scheme,
            OfferRequirement.market.label("code_for"),
            until.label("until"),
        )
        .outerjoin(OfferRequirement, OfferRequirement.offer_id == Offer.id)
        .where(
            Offer.state == OfferState.OPEN,
            among(session, Offer.product_id, products),
            until.is_not(None),
        )
    ).all()


def _asks(offer: Any, row: Row) -> bool:
    if isinstance(row, Certificate):
        return bool(offer.scheme == row.scheme)
    return row.market in (offer.code_for, offer.market)
