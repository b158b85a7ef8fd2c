"""What must hold in every stored state, whatever failed on the way there.

`find_violations` is the last assertion of every fault test and a nightly job in
production; it writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.words import ProposalState
from marketplace.services.invariants_amendments import CHECKS_OF_AMENDMENTS
from marketplace.services.invariants_answers import CHECKS_OF_ANSWERS
from marketplace.services.invariants_call_offs import CHECKS_OF_CALL_OFFS
from marketplace.services.invariants_chains import CHECKS_OF_CHAINS
from marketplace.services.invariants_codes import CHECKS_OF_CODES
from marketplace.services.invariants_contracts import CHECKS_OF_CONTRACTS
from marketplace.services.invariants_epcis import CHECKS_OF_EPCIS
from marketplace.services.invariants_households import CHECKS_OF_HOUSEHOLDS
from marketplace.services.invariants_lots import CHECKS_OF_LOTS
from marketplace.services.invariants_majeure import CHECKS_OF_MAJEURE
from marketplace.services.invariants_monitoring import CHECKS_OF_MONITORING
from marketplace.services.invariants_papers import CHECKS_OF_PAPERS
from marketplace.services.invariants_photos import CHECKS_OF_PHOTOS
from marketplace.services.invariants_plots import CHECKS_OF_PLOTS
from marketplace.services.invariants_recalls import CHECKS_OF_RECALLS
from marketplace.services.invariants_records import CHECKS_OF_RECORDS
from marketplace.services.invariants_seasons import CHECKS_OF_SEASONS
from marketplace.services.violations import Question, Violation, asked_alike
from models.contracts import Contract, ContractLine
from models.harvests import Harvest, HarvestGrade, HarvestRevision
from models.offers import Tranche
from models.proposals import Proposal, Terms, TermsLine


def find_violations(session: Session) -> list[Violation]:
    """Every violation of every rule; an empty list is what must come out."""
    return [violation for check in CHECKS for violation in check(session)]


@asked_alike
def _harvest_counts_its_promises() -> Iterator[Question]:
    held = func.coalesce(func.sum(ContractLine.kg - ContractLine.released_kg), 0)
    yield (
        "harvest.promised_kg is the sum of its contracts",
        select(Harvest.public_id, Harvest.promised_kg, held)
        .outerjoin(Contract, Contract.harvest_id == Harvest.id)
        .outerjoin(
            ContractLine,
            and_(ContractLine.contract_id == Contract.id, ContractLine.season == ""),
        )
        .group_by(Harvest.id, Harvest.public_id, Harvest.promised_kg)
        .having(Harvest.promised_kg != held),
    )


@asked_alike
def _harvest_is_not_oversold() -> Iterator[Question]:
    over = case((Harvest.promised_kg > Harvest.limit_kg, True), else_=False)
    yield (
        "harvest.over_promised says whether promises exceed the limit",
        select(Harvest.public_id, Harvest.promised_kg, Harvest.limit_kg).where(
            Harvest.over_promised != over
        ),
    )


@asked_alike
def _tranche_counts_its_promises() -> Iterator[Question]:
    given_back = ContractLine.released_kg + ContractLine.refused_kg
    held = func.coalesce(func.sum(ContractLine.kg - given_back), 0)
    yield (
        "tranche.promised_kg is the sum of its contract lines",
        select(Tranche.id, Tranche.promised_kg, held)
        .outerjoin(ContractLine, ContractLine.tranche_id == Tranche.id)
        .group_by(Tranche.id, Tranche.promised_kg)
        .having(Tranche.promised_kg != held),
    )


@asked_alike
def _grades_sum_to_a_whole() -> Iterator[Question]:
    total = func.sum(HarvestGrade.share_permille)
    yield (
        "grade shares sum to 1000",
        select(HarvestGrade.harvest_id, total)
        .group_by(HarvestGrade.harvest_id)
        .having(total != 1000),
    )


@asked_alike
def _revisions_are_complete() -> Iterator[Question]:
    last = func.max(HarvestRevision.number)
    yield (
        "harvest.revision is its last revision",
        select(Harvest.public_id, Harvest.revision, last)
        .outerjoin(HarvestRevision, HarvestRevision.harvest_id == Harvest.id)
        .group_by(Harvest.id, Harvest.public_id, Harvest.revision)
        .having(or_(last.is_(None), Harvest.revision != last)),
    )


@asked_alike
def _agreed_means_one_contract() -> Iterator[Question]:
    agreed = Proposal.state == ProposalState.AGREED
    yield (
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


@asked_alike
def _rounds_are_in_order() -> Iterator[Question]:
    last = func.max(Terms.round)
    yield (
        "proposal.round is its last terms, and each terms has lines",
        select(Proposal.public_id, Proposal.round, last)
        .outerjoin(Terms, Terms.proposal_id == Proposal.id)
        .group_by(Proposal.id, Proposal.public_id, Proposal.round)
        .having(or_(last.is_(None), Proposal.round != last)),
    )
    yield (
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


CHECKS: tuple[Callable[[Session], Iterator[Violation]], ...] = (
    _harvest_counts_its_promises,
    _harvest_is_not_oversold,
    _tranche_counts_its_promises,
    _grades_sum_to_a_whole,
    _revisions_are_complete,
    _agreed_means_one_contract,
    _rounds_are_in_order,
    *CHECKS_OF_CALL_OFFS,
    *CHECKS_OF_CHAINS,
    *CHECKS_OF_CONTRACTS,
    *CHECKS_OF_EPCIS,
    *CHECKS_OF_HOUSEHOLDS,
    *CHECKS_OF_PAPERS,
    *CHECKS_OF_PHOTOS,
    *CHECKS_OF_PLOTS,
    *CHECKS_OF_CODES,
    *CHECKS_OF_RECALLS,
    *CHECKS_OF_LOTS,
    *CHECKS_OF_RECORDS,
    *CHECKS_OF_ANSWERS,
    *CHECKS_OF_AMENDMENTS,
    *CHECKS_OF_MAJEURE,
    *CHECKS_OF_SEASONS,
    *CHECKS_OF_MONITORING,
)
