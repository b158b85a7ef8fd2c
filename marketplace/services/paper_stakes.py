"""What would be lost if a paper lapsed: contracts, chains, posts, and open demand.

The one place that says so: to the holder, to the officer, in reminders and on the
board. The paper alone is taken away; whatever else counts today is thought renewed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.services.paper_renewals import Key, key_of, renewals_of
from marketplace.services.paper_rows import Row, paper_of
from marketplace.services.paper_stakes_chains import ChainAtStake, chains_at_stake
from marketplace.services.paper_stakes_goods import (
    ContractAtStake,
    contracts_at_stake,
    harvests_under,
    offers_asking,
    posts_at_stake,
)
from models.chains import Chain
from models.contracts import Contract
from models.harvests import Harvest

_DAY = timedelta(days=1)


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
    return all_stakes(session, [row], today=today).get(key_of(row))


def all_stakes(
    session: Session, rows: Sequence[Row], *, today: date
) -> dict[Key, Stakes]:
    """What would be lost with each paper that has an end, in a handful of queries."""
    ends = {key_of(row): last for row in rows if (last := paper_of(row).last_day)}
    ending = [(row, ends[key_of(row)]) for row in rows if key_of(row) in ends]
    renewed = renewals_of(session, [(row, last + _DAY) for row, last in ending])
    lost = [one for one in ending if key_of(one[0]) not in renewed]
    covered = harvests_under(session, lost)
    contracts = contracts_at_stake(session, lost, covered)
    posts = posts_at_stake(session, lost, covered)
    chains = chains_at_stake(session, [row for row, _ in lost], today)
    offers = offers_asking(session, lost, posts)
    found = {key: Stakes(ends[key], renewed_by=other) for key, other in renewed.items()}
    for row, last in lost:
        key = key_of(row)
        found[key] = Stakes(
            last,
            contracts=contracts.get(key, ()),
            chains=chains.get(key, ()),
            posts=posts.get(key, ()),
            offers=offers.get(key, 0),
        )
    return found


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
    """Its contracts are read only of chains that nothing else tells the actor's."""
    if who.organisation_id == chain.lead_id:
        return True
    if who.is_officer and chain.unit_id in who.scope_unit_ids:
        return True
    contracts = (link.contract for link in chain.contracts)
    return any(who.organisation_id in (c.seller_id, c.buyer_id) for c in contracts)
