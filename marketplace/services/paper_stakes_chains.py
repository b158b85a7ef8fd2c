"""Which chains would lose which predicate if a paper lapsed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.chain_facts import ChainFacts, Evidence
from marketplace.domain.chain_params import Schedule
from marketplace.domain.chains import evaluate
from marketplace.domain.papers import Paper, counts_on
from marketplace.domain.words import ChainState
from marketplace.services.chain_evaluation import schedule_of
from marketplace.services.chain_facts import facts_of_all, load_chains
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

    All chains of all holders are read at once, and their facts.
    """
    held = _chains_of(session, {holder_of(row).id for row in rows})
    chains = load_chains(session, {one for ids in held.values() for one in ids})
    facts = facts_of_all(session, chains)
    schedule, found = schedule_of(session), dict[Key, tuple[ChainAtStake, ...]]()
    for row in rows:
        value, ids = paper_of(row), held.get(holder_of(row).id, set())
        lost = (
            ChainAtStake(chain, _lost(schedule, facts[chain.id], value, today))
            for chain in chains
            if chain.id in ids
        )
        found[key_of(row)] = tuple(one for one in lost if one.predicates)
    return found


def _chains_of(session: Session, holders: Collection[int]) -> dict[int, set[int]]:
    """Ids of the standing chains of each holder."""
    found: dict[int, set[int]] = defaultdict(set)
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
    for statement in wanted:
        for chain, *parties in session.execute(statement):
            for party in parties:
                found[party].add(chain)
    return found


def _lost(
    schedule: Schedule, facts: ChainFacts, value: Paper, today: date
) -> tuple[str, ...]:
    """Predicates that hold the day after while all papers do, and without it do not."""
    assert value.last_day is not None
    if all(one.paper != value for one in facts.evidence):
        return ()
    day = value.last_day + timedelta(days=1)
    params = schedule.on(day)
    kept, gone = (
        evaluate(replace(facts, evidence=_lasting(facts, day, today, but)), day, params)
        for but in (None, value)
    )
    failing = {one.code for one in gone if one.fails}
    return tuple(one.code for one in kept if one.holds and one.code in failing)


def _lasting(
    facts: ChainFacts, day: date, today: date, but: Paper | None
) -> tuple[Evidence, ...]:
    """The papers that count today, as if they were renewed to that day."""
    return tuple(_renewed(one, day, today, but) for one in facts.evidence)


def _renewed(one: Evidence, day: date, today: date, but: Paper | None) -> Evidence:
    paper = one.paper
    if paper is None or paper == but or not counts_on(paper, min(today, day)):
        return one
    if paper.last_day is None or paper.last_day >= day:
        return one
    return replace(one, paper=replace(paper, last_day=day))
