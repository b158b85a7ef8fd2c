"""Which chains would lose which predicate if a paper lapsed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.chain_facts import ChainFacts, Evidence
from marketplace.domain.chains import evaluate
from marketplace.domain.papers import Paper, counts_on
from marketplace.domain.words import ChainState
from marketplace.services.chain_evaluation import params_on
from marketplace.services.chain_facts import facts_of, load_chains
from marketplace.services.paper_rows import Row, holder_of, paper_of
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
    session: Session, row: Row, today: date
) -> tuple[ChainAtStake, ...]:
    """Chains of the holder, as lead or as a party, that rest on this paper alone."""
    value = paper_of(row)
    holder = holder_of(row).id
    party = exists().where(
        ChainContract.chain_id == Chain.id,
        Contract.id == ChainContract.contract_id,
        or_(Contract.seller_id == holder, Contract.buyer_id == holder),
    )
    ids = session.scalars(
        select(Chain.id).where(
            or_(Chain.lead_id == holder, party), Chain.state.in_(STANDING)
        )
    ).all()
    found = []
    for chain in load_chains(session, ids):
        facts = facts_of(session, chain)
        if lost := _lost(session, facts, value, today):
            found.append(ChainAtStake(chain, lost))
    return tuple(found)


def _lost(
    session: Session, facts: ChainFacts, value: Paper, today: date
) -> tuple[str, ...]:
    """Predicates that hold the day after while all papers do, and without it do not."""
    assert value.last_day is not None
    if all(one.paper != value for one in facts.evidence):
        return ()
    day = value.last_day + timedelta(days=1)
    params = params_on(session, day)
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
