"""Chains: who reaches one, which ones there are, and how one stands today."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.chain_facts import PredicateResult
from marketplace.domain.chain_time import known_on
from marketplace.domain.chains import evaluate
from marketplace.domain.errors import NotFound
from marketplace.domain.words import ChainState
from marketplace.services.chain_evaluation import params_on
from marketplace.services.chain_facts import facts_of, load_chains
from models.chains import Chain, ChainContract
from models.contracts import Contract

ENDED = (ChainState.STOPPED, ChainState.REVOKED, ChainState.EXPIRED)


def access_chain(
    session: Session, who: Actor, public_id: str, action: str = "read"
) -> Chain:
    """A chain of the lead or of a party to its contracts, or in officer scope.

    Parties read; the lead applies and stops; officers of the area decide.
    """
    chain = session.scalars(select(Chain).where(Chain.public_id == public_id)).first()
    if chain is None:
        raise NotFound
    if who.is_officer and chain.unit_id in who.scope_unit_ids:
        return chain
    leads = chain.lead_id == who.organisation_id
    if leads or (
        action == "read" and who.organisation_id in parties_of(session, chain)
    ):
        return chain
    raise NotFound


def links_of(session: Session, contract: Contract) -> list[ChainContract]:
    """The chains that a contract supports, product development first."""
    wanted = select(ChainContract).where(ChainContract.contract_id == contract.id)
    return list(session.scalars(wanted.order_by(ChainContract.kind)))


def look_at(session: Session, chain: Chain, *, today: date) -> list[PredicateResult]:
    """Every predicate by what is known on a day, without storing anything."""
    facts = known_on(facts_of(session, load_chains(session, [chain.id])[0]), today)
    return evaluate(facts, today, params_on(session, today))


def parties_of(session: Session, chain: Chain) -> set[int]:
    """The organisations on either side of a chain's contracts, and its lead."""
    rows = session.execute(
        select(Contract.seller_id, Contract.buyer_id)
        .join(ChainContract, ChainContract.contract_id == Contract.id)
        .where(ChainContract.chain_id == chain.id)
    )
    return {chain.lead_id} | {party for row in rows for party in row}
