"""What must hold in every stored state, whatever failed on the way there.

`find_violations` is the last assertion of every fault test and a nightly job in
production; it writes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.domain.words import ContractState, ProposalState
from marketplace.services.contract_events import first_broken_link
from models.chains import Chain, ChainInterval
from models.contracts import Contract, ContractLine, ContractVersion, Signature
from models.harvests import Harvest, HarvestGrade, HarvestRevision
from models.offers import Tranche
from models.proposals import Proposal, Terms, TermsLine

SIGNED_STATES = (
    ContractState.SIGNED,
    ContractState.IN_FORCE,
    ContractState.SUSPENDED,
    ContractState.FULFILLED,
)


@dataclass(frozen=True)
class Violation:
    """A rule that does not hold, and for which rows."""

    rule: str
    subject: str
    detail: str


def find_violations(session: Session) -> list[Violation]:
    """Every violation of every rule; an empty list is what must come out."""
    return [violation for check in CHECKS for violation in check(session)]


def _rows(
    session: Session, rule: str, wanted: Select[*tuple[object, ...]]
) -> Iterator[Violation]:
    """Each row names its subject first; the rest are the numbers that differ."""
    for subject, *numbers in session.execute(wanted):
        yield Violation(rule, str(subject), ", ".join(str(n) for n in numbers))


def _harvest_counts_its_promises(session: Session) -> Iterator[Violation]:
    held = func.coalesce(func.sum(ContractLine.kg - ContractLine.released_kg), 0)
    yield from _rows(
        session,
        "harvest.promised_kg is the sum of its contracts",
        select(Harvest.public_id, Harvest.promised_kg, held)
        .outerjoin(Contract, Contract.harvest_id == Harvest.id)
        .outerjoin(ContractLine, ContractLine.contract_id == Contract.id)
        .group_by(Harvest.id, Harvest.public_id, Harvest.promised_kg)
        .having(Harvest.promised_kg != held),
    )


def _harvest_is_not_oversold(session: Session) -> Iterator[Violation]:
    over = case((Harvest.promised_kg > Harvest.limit_kg, True), else_=False)
    yield from _rows(
        session,
        "harvest.over_promised says whether promises exceed the limit",
        select(Harvest.public_id, Harvest.promised_kg, Harvest.limit_kg).where(
            Harvest.over_promised != over
        ),
    )


def _tranche_counts_its_promises(session: Session) -> Iterator[Violation]:
    held = func.coalesce(func.sum(ContractLine.kg - ContractLine.released_kg), 0)
    yield from _rows(
        session,
        "tranche.promised_kg is the sum of its contract lines",
        select(Tranche.id, Tranche.promised_kg, held)
        .outerjoin(ContractLine, ContractLine.tranche_id == Tranche.id)
        .group_by(Tranche.id, Tranche.promised_kg)
        .having(Tranche.promised_kg != held),
    )


def _grades_sum_to_a_whole(session: Session) -> Iterator[Violation]:
    total = func.sum(HarvestGrade.share_permille)
    yield from _rows(
        session,
        "grade shares sum to 1000",
        select(HarvestGrade.harvest_id, total)
        .group_by(HarvestGrade.harvest_id)
        .having(total != 1000),
    )


def _revisions_are_complete(session: Session) -> Iterator[Violation]:
    last = func.max(HarvestRevision.number)
    yield from _rows(
        session,
        "harvest.revision is its last revision",
        select(Harvest.public_id, Harvest.revision, last)
        .outerjoin(HarvestRevision, HarvestRevision.harvest_id == Harvest.id)
        .group_by(Harvest.id, Harvest.public_id, Harvest.revision)
        .having(or_(last.is_(None), Harvest.revision != last)),
    )


def _agreed_means_one_contract(session: Session) -> Iterator[Violation]:
    agreed = Proposal.state == ProposalState.AGREED
    yield from _rows(
        session,
        "a proposal is agreed if and only if it has a contract",
        select(Proposal.public_id, Proposal.state, Contract.public_id)
        .outerjoin(Contract, Contract.proposal_id == Proposal.id)
        .where(
            or_(
                and_(agreed, Contract.id.is_(None)),
                and_(~agreed, Contract.id.is_not(None)),
            )
        ),
    )


def _rounds_are_in_order(session: Session) -> Iterator[Violation]:
    last = func.max(Terms.round)
    yield from _rows(
        session,
        "proposal.round is its last terms, and each terms has lines",
        select(Proposal.public_id, Proposal.round, last)
        .outerjoin(Terms, Terms.proposal_id == Proposal.id)
        .group_by(Proposal.id, Proposal.public_id, Proposal.round)
        .having(or_(last.is_(None), Proposal.round != last)),
    )
    yield from _rows(
        session,
        "each terms has lines",
        select(Terms.proposal_id, Terms.round)
        .outerjoin(
            TermsLine,
            and_(
                TermsLine.proposal_id == Terms.proposal_id,
                TermsLine.round == Terms.round,
            ),
        )
        .where(TermsLine.tranche_id.is_(None)),
    )


def _contract_sums(session: Session) -> Iterator[Violation]:
    total = func.coalesce(func.sum(ContractLine.kg), 0)
    yield from _rows(
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
    yield from _rows(
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


def _chain_has_its_interval(session: Session) -> Iterator[Violation]:
    ever = select(ChainInterval.chain_id).distinct()
    yield from _rows(
        session,
        "a chain's open interval has its state",
        select(Chain.public_id, Chain.state, ChainInterval.state)
        .outerjoin(
            ChainInterval,
            and_(ChainInterval.chain_id == Chain.id, ChainInterval.valid_to.is_(None)),
        )
        .where(
            Chain.id.in_(ever),
            or_(ChainInterval.state.is_(None), ChainInterval.state != Chain.state),
        ),
    )


def _intervals_do_not_overlap(session: Session) -> Iterator[Violation]:
    other = aliased(ChainInterval)
    yield from _rows(
        session,
        "a chain's intervals do not overlap",
        select(ChainInterval.chain_id, ChainInterval.valid_from, other.valid_from)
        .join(other, other.chain_id == ChainInterval.chain_id)
        .where(
            ChainInterval.valid_from < other.valid_from,
            or_(
                ChainInterval.valid_to.is_(None),
                ChainInterval.valid_to > other.valid_from,
            ),
        ),
    )


CHECKS: tuple[Callable[[Session], Iterator[Violation]], ...] = (
    _harvest_counts_its_promises,
    _harvest_is_not_oversold,
    _tranche_counts_its_promises,
    _grades_sum_to_a_whole,
    _revisions_are_complete,
    _agreed_means_one_contract,
    _rounds_are_in_order,
    _contract_sums,
    _both_signed,
    _words_are_as_signed,
    _audit_chains_hold,
    _chain_has_its_interval,
    _intervals_do_not_overlap,
)
