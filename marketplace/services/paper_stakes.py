"""What would be lost if a paper lapsed: contracts, chains, posts, and open demand.

The one place that says so: to the holder, to the officer, in reminders and on the
board. The paper alone is taken away; whatever else counts today is thought renewed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, exists, false, func, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.words import (
    ContractState,
    HarvestState,
    OfferState,
)
from marketplace.services.deliveries import planned_deliveries
from marketplace.services.paper_renewals import renewal_of
from marketplace.services.paper_rows import Row, paper_of
from marketplace.services.paper_stakes_chains import ChainAtStake, chains_at_stake
from models.chains import Chain
from models.contracts import Contract
from models.harvests import Harvest, HarvestPaper
from models.offers import Offer, OfferRequirement, Tranche
from models.paper_records import PackingHouseCode
from models.papers import Certificate

LIVE = (ContractState.SIGNED, ContractState.IN_FORCE, ContractState.SUSPENDED)


@dataclass(frozen=True)
class ContractAtStake:
    """A contract whose goods rest on the paper, and what comes after its end."""

    contract: Contract
    open_kg: int


@dataclass(frozen=True)
class Stakes:
    """All that hangs on one paper once `last_day` is over.

    `renewed_by` is a paper that takes its place; then no contract and no post is
    at stake. `offers` are open offers that ask for such a paper.
    """

    last_day: date
    renewed_by: Row | None = None
    contracts: tuple[ContractAtStake, ...] = ()
    chains: tuple[ChainAtStake, ...] = ()
    posts: tuple[Harvest, ...] = ()
    offers: int = 0

    @property
    def kg(self) -> int:
        """Kilograms under contract that are still to come after the last day."""
        return sum(one.open_kg for one in self.contracts)

    @property
    def any(self) -> bool:
        """Whether anybody would lose anything that is agreed, counted or posted."""
        return bool(self.contracts or self.chains or self.posts)

    def summary(self) -> dict[str, int]:
        """The counts, as reminders and the history keep them."""
        return {
            "contracts": len(self.contracts),
            "kg": self.kg,
            "chains": len(self.chains),
            "posts": len(self.posts),
        }


def stakes_of(session: Session, row: Row, *, today: date) -> Stakes | None:
    """What would be lost with this paper; None for one without an end."""
    value = paper_of(row)
    if value.last_day is None:
        return None
    last = value.last_day
    renewed = renewal_of(session, row, last + timedelta(days=1))
    if renewed is not None:
        return Stakes(last, renewed_by=renewed)
    posts = _posts(session, row, last)
    return Stakes(
        last,
        contracts=_contracts(session, row, last),
        chains=chains_at_stake(session, row, today),
        posts=posts,
        offers=_offers(session, row, posts, last),
    )


def visible_stakes(stakes: Stakes, who: Actor) -> Stakes:
    """As much of it as the actor may open: own contracts and chains, or the scope's."""
    return replace(
        stakes,
        contracts=tuple(
            one for one in stakes.contracts if _sees_contract(one.contract, who)
        ),
        chains=tuple(one for one in stakes.chains if _sees_chain(one.chain, who)),
    )


def _sees_contract(contract: Contract, who: Actor) -> bool:
    if who.organisation_id in (contract.seller_id, contract.buyer_id):
        return True
    units = {contract.seller.unit_id, contract.buyer.unit_id}
    return who.is_officer and bool(units & who.scope_unit_ids)


def _sees_chain(chain: Chain, who: Actor) -> bool:
    parties = {chain.lead_id}
    for link in chain.contracts:
        parties |= {link.contract.seller_id, link.contract.buyer_id}
    return who.organisation_id in parties or (
        who.is_officer and chain.unit_id in who.scope_unit_ids
    )


def _covered(row: Row) -> Select[int]:
    """The harvests that the paper covers."""
    column = HarvestPaper.code_id
    if isinstance(row, Certificate):
        column = HarvestPaper.certificate_id
    covered = select(HarvestPaper.harvest_id).where(column == row.id)
    return covered.where(false()) if isinstance(row, PackingHouseCode) else covered


def _contracts(session: Session, row: Row, last: date) -> tuple[ContractAtStake, ...]:
    found = session.scalars(
        select(Contract)
        .where(
            Contract.harvest_id.in_(_covered(row)),
            Contract.state.in_(LIVE),
            Contract.effective_to > last,
        )
        .options(joinedload(Contract.buyer), joinedload(Contract.seller))
        .order_by(Contract.effective_to, Contract.id)
    ).all()
    at_stake = (ContractAtStake(one, _open_kg(session, one, last)) for one in found)
    return tuple(one for one in at_stake if one.open_kg)


def _open_kg(session: Session, contract: Contract, last: date) -> int:
    """What is still to come after that day, in the first season that then delivers.

    What a long contract promises for later years will rest on other papers.
    """
    later = [
        one
        for one in planned_deliveries(session, contract)
        if one.to_come_kg and max(one.delivery.day, one.line.deliver_to) > last
    ]
    if not later:
        return 0
    first = min(later, key=lambda one: one.delivery.day).line.season
    return sum(one.to_come_kg for one in later if one.line.season == first)


def _posts(session: Session, row: Row, last: date) -> tuple[Harvest, ...]:
    """Posts on the market that are still harvested after that day."""
    return tuple(
        session.scalars(
            select(Harvest)
            .where(
                Harvest.id.in_(_covered(row)),
                Harvest.state == HarvestState.OPEN,
                Harvest.window_end > last,
                Harvest.limit_kg > Harvest.promised_kg,
            )
            .options(joinedload(Harvest.product), joinedload(Harvest.variety))
            .order_by(Harvest.window_start, Harvest.id)
        )
    )


def _offers(session: Session, row: Row, posts: Sequence[Harvest], last: date) -> int:
    """Open offers for these products that ask for such a paper after that day."""
    products = {one.product_id for one in posts}
    if not products:
        return 0
    asked: Any = (
        OfferRequirement.scheme == row.scheme
        if isinstance(row, Certificate)
        else or_(OfferRequirement.market == row.market, Offer.market == row.market)
    )
    later = exists().where(Tranche.offer_id == Offer.id, Tranche.window_end > last)
    wanted = (
        select(func.count(func.distinct(Offer.id)))
        .outerjoin(OfferRequirement, OfferRequirement.offer_id == Offer.id)
        .where(
            Offer.state == OfferState.OPEN, Offer.product_id.in_(products), asked, later
        )
    )
    return session.scalar(wanted) or 0
