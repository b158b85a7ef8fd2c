"""Contracts in force support chains; a lead applies for a safe one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.words import (
    PRODUCER_KINDS,
    ChainKind,
    ChainState,
    ContractState,
    NoticeKind,
)
from marketplace.services.chain_evaluation import evaluate_chain
from marketplace.services.chains import ENDED
from marketplace.services.notices import notify_officers
from models.chains import Chain, ChainContract
from models.contracts import Contract
from models.organisations import Organisation
from models.reference import ProductGroup


def join_chains(
    session: Session, contract: Contract, *, today: date, now: datetime
) -> list[Chain]:
    """A contract in force supports the chains of its lead that it fits.

    The product-development chain is begun if there is none yet and handed to
    the officers; a safe supply chain must have been applied for.
    """
    lead = contract.seller
    _lock_lead(session, lead)
    chains = []
    if lead.kind in PRODUCER_KINDS:
        chain = _find(session, ChainKind.PRODUCT_DEVELOPMENT, contract)
        if chain is None:
            chain = _begin(session, ChainKind.PRODUCT_DEVELOPMENT, contract)
        if chain.state in (ChainState.DRAFT, *ENDED):
            _submit(session, chain, now)
        chains.append(chain)
    if safe := _find(session, ChainKind.SAFE_SUPPLY, contract):
        chains.append(safe)
    for chain in chains:
        _link(session, chain, contract, today)
    return chains


def apply_for_safe_chain(
    session: Session, who: Actor, contract: Contract, *, today: date, now: datetime
) -> Chain:
    """The lead asks for a safe supply chain, built on its contracts in force."""
    if who.organisation_id != contract.seller_id:
        raise NotFound
    if contract.state is not ContractState.IN_FORCE:
        raise Refused(N_("Chỉ hợp đồng đang hiệu lực mới lập được chuỗi"))
    _lock_lead(session, contract.seller)
    chain = _find(session, ChainKind.SAFE_SUPPLY, contract)
    if chain is None:
        chain = _begin(session, ChainKind.SAFE_SUPPLY, contract)
    for other in _contracts_in_force(session, contract):
        _link(session, chain, other, today)
    if chain.state in (ChainState.DRAFT, ChainState.RETURNED, *ENDED):
        _submit(session, chain, now)
    return evaluate_chain(session, chain.id, today=today, now=now)


def _lock_lead(session: Session, lead: Organisation) -> None:
    """Two contracts signed at once begin a chain of their lead once."""
    session.execute(
        select(Organisation.id)
        .where(Organisation.id == lead.id)
        .with_for_update(key_share=True)
    )


def _find(session: Session, kind: ChainKind, contract: Contract) -> Chain | None:
    return session.scalars(
        select(Chain).where(
            Chain.kind == kind,
            Chain.lead_id == contract.seller_id,
            Chain.group_id == contract.product.group_id,
        )
    ).first()


def _begin(session: Session, kind: ChainKind, contract: Contract) -> Chain:
    lead = contract.seller
    group = session.get_one(ProductGroup, contract.product.group_id)
    chain = Chain(
        kind=kind,
        lead_id=lead.id,
        group_id=group.id,
        name=f"{group.name_vi} {lead.short_name}",
        unit_id=lead.unit_id,
    )
    session.add(chain)
    session.flush()  # links name it
    return chain


def _submit(session: Session, chain: Chain, now: datetime) -> None:
    chain.state, chain.submitted_at = ChainState.SUBMITTED, now
    session.flush()  # the notice names its public id
    notify_officers(
        session,
        chain.unit_id,
        NoticeKind.CHAIN_SUBMITTED,
        f"chain:{chain.public_id}",
        {"chain": chain.name},
        now=now,
    )


def _link(session: Session, chain: Chain, contract: Contract, today: date) -> None:
    known = session.scalars(
        select(ChainContract).where(
            ChainContract.contract_id == contract.id, ChainContract.kind == chain.kind
        )
    ).first()
    if known is None:
        session.add(
            ChainContract(
                chain_id=chain.id,
                contract_id=contract.id,
                kind=chain.kind,
                linked_from=today,
            )
        )
        session.flush()  # the evaluation looks at the links
        session.expire(chain, ["contracts"])


def _contracts_in_force(session: Session, like: Contract) -> Sequence[Contract]:
    found = session.scalars(
        select(Contract).where(
            Contract.seller_id == like.seller_id,
            Contract.state == ContractState.IN_FORCE,
        )
    )
    return [c for c in found if c.product.group_id == like.product.group_id]
