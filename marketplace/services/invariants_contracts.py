"""What must hold of every contract: its sums, its signatures, its history."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.words import ContractState
from marketplace.services.contract_events import first_broken_link
from marketplace.services.violations import Violation, violations
from models.contracts import Contract, ContractLine, ContractVersion, Signature

SIGNED_STATES = (
    ContractState.SIGNED,
    ContractState.IN_FORCE,
    ContractState.SUSPENDED,
    ContractState.FULFILLED,
)


def _contract_sums(session: Session) -> Iterator[Violation]:
    total = func.coalesce(func.sum(ContractLine.kg), 0)
    yield from violations(
        session,
        "a contract's lines sum to its total, and its value follows",
        select(Contract.public_id, Contract.total_kg, total, Contract.value_vnd)
        .outerjoin(ContractLine, ContractLine.contract_id == Contract.id)
        .group_by(
            Contract.id,
            Contract.public_id,
            Contract.total_kg,
            Contract.price_vnd,
            Contract.value_vnd,
        )
        .having(
            or_(
                Contract.total_kg != total,
                Contract.value_vnd != Contract.total_kg * Contract.price_vnd,
            )
        ),
    )


def _both_signed(session: Session) -> Iterator[Violation]:
    signed = (
        select(func.count())
        .select_from(Signature)
        .where(
            Signature.contract_id == Contract.id,
            Signature.version == Contract.current_version,
        )
        .scalar_subquery()
    )
    yield from violations(
        session,
        "a signed contract carries both signatures",
        select(Contract.public_id, Contract.state, signed).where(
            Contract.state.in_(SIGNED_STATES), signed != 2
        ),
    )


def _words_are_as_signed(session: Session) -> Iterator[Violation]:
    for version in session.scalars(select(ContractVersion)).yield_per(200):
        digest = hashlib.sha256(version.content.encode()).hexdigest()
        if digest != version.digest:
            yield Violation(
                "a version's digest is that of its words",
                f"{version.contract_id}/{version.version}",
                digest,
            )


def _audit_chains_hold(session: Session) -> Iterator[Violation]:
    for contract in session.scalars(select(Contract)).yield_per(200):
        broken = first_broken_link(contract)
        if broken is not None:
            yield Violation(
                "the audit chain is unbroken", contract.public_id, f"link {broken}"
            )
        steps = [link.new_state for link in contract.events if link.new_state]
        if not contract.events or (steps or ["draft"])[-1] != contract.state:
            yield Violation(
                "every step of a contract is in its audit chain",
                contract.public_id,
                f"{contract.state} after {steps}",
            )


CHECKS_OF_CONTRACTS: tuple[Callable[[Session], Iterator[Violation]], ...] = (
    _contract_sums,
    _both_signed,
    _words_are_as_signed,
    _audit_chains_hold,
)
