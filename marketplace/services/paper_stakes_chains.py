"""Which chains would lose which predicate if a paper lapsed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.words import ChainState
from marketplace.services.chain_losses import lost_predicates
from marketplace.services.paper_renewals import Key, key_of
from marketplace.services.paper_rows import Row, holder_of, paper_of
from models.bulk import among
from models.chains import Chain, ChainContract
from models.contracts import Contract

# A chain in one of these counts, or may count again within its grace.
STANDING = (ChainState.ACTIVE, ChainState.AT_RISK)


@dataclass(frozen=True)
class ChainAtStake:
    """A chain, and the codes of the predicates that would no longer hold."""

    chain: Chain
    predicates: tuple[str, ...]


def chains_at_stake(
    session: Session, rows: Sequence[Row], today: date
) -> dict[Key, tuple[ChainAtStake, ...]]:
    """Chains of each holder, as lead or as a party, that rest on a paper alone.

    All chains of all holders are asked for at once.
    """
    held = _chains_of(session, {holder_of(row).id for row in rows})
    wanted = {
        key_of(row): [(one, paper_of(row)) for one in sorted(held[holder_of(row).id])]
        for row in rows
    }
    pairs = [pair for some in wanted.values() for pair in some]
    lost = lost_predicates(session, pairs, today=today)
    chains = _chains(session, {chain for (chain, _), codes in lost.items() if codes})
    return {
        key: tuple(
            ChainAtStake(chains[pair[0]], lost[pair]) for pair in some if lost[pair]
        )
        for key, some in wanted.items()
    }


def _chains(session: Session, ids: Collection[int]) -> dict[int, Chain]:
    found = session.scalars(select(Chain).where(among(session, Chain.id, ids)))
    return {one.id: one for one in found} if ids else {}


def _chains_of(
    session: Session, holders: Collection[int]
) -> defaultdict[int, set[int]]:
    """Ids of the standing chains of each holder."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    linked = (
        select(ChainContract.chain_id, Contract.seller_id, Contract.buyer_id)
        .join(Contract, Contract.id == ChainContract.contract_id)
        .join(Chain, Chain.id == ChainContract.chain_id)
        .where(Chain.state.in_(STANDING))
    )
    led = select(Chain.id, Chain.lead_id).where(
        Chain.state.in_(STANDING), among(session, Chain.lead_id, holders)
    )
    wanted = [
        led,
        linked.where(among(session, Contract.seller_id, holders)),
        linked.where(among(session, Contract.buyer_id, holders)),
    ]
    for statement in wanted if holders else ():
        for chain, *parties in session.execute(statement):
            for party in parties:
                found[party].add(chain)
    return found
