"""What must hold of track records, journals of templates, and renewals."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.domain.track_record import FactKind
from marketplace.domain.words_delivery import ClaimState, NoteState, Outcome
from marketplace.domain.words_templates import TemplateState, TemplateStep
from marketplace.services.contract_templates import first_broken_step
from marketplace.services.violations import Question, Violation, asked_alike
from models.contract_templates import ContractTemplate
from models.contracts import Contract, ContractLine
from models.deliveries import DeliveryNote, DeliverySaid
from models.inspections import Claim, Inspection, InspectionPart
from models.proposals import Proposal
from models.renewals import Renewal
from models.settlements import AccountEntry
from models.track_records import RecordFact

# One that is no fact any more, but was disputed, stays with noughts.
STILL_A_FACT = RecordFact.total > 0
# Where a step of the journal leaves a version.
STATE_AFTER = {
    TemplateStep.SEEDED: TemplateState.APPROVED,
    TemplateStep.COPIED: TemplateState.DRAFT,
    TemplateStep.SAVED: TemplateState.DRAFT,
    TemplateStep.PROPOSED: TemplateState.PROPOSED,
    TemplateStep.RETURNED: TemplateState.DRAFT,
    TemplateStep.APPROVED: TemplateState.APPROVED,
    TemplateStep.DROPPED: TemplateState.DROPPED,
}


@asked_alike
def _facts_are_of_a_side() -> Iterator[Question]:
    yield (
        "a fact of a record is of a side of its contract",
        select(RecordFact.public_id, RecordFact.organisation_id)
        .join(Contract, Contract.id == RecordFact.contract_id)
        .where(
            RecordFact.organisation_id != Contract.seller_id,
            RecordFact.organisation_id != Contract.buyer_id,
        ),
    )


@asked_alike
def _loads_behind_facts() -> Iterator[Question]:
    """A fact of a load says what its confirmed note weighed, in time and good."""
    of_kg = RecordFact.kind.in_((FactKind.ON_TIME, FactKind.QUALITY))
    yield (
        "a fact of a load has its confirmed note and the same kilograms",
        select(RecordFact.public_id, RecordFact.total, DeliveryNote.net_kg)
        .outerjoin(
            DeliveryNote,
            and_(
                DeliveryNote.public_id == RecordFact.key,
                DeliveryNote.contract_id == RecordFact.contract_id,
                DeliveryNote.state == NoteState.CONFIRMED,
            ),
        )
        .where(
            STILL_A_FACT,
            or_(of_kg, RecordFact.kind == FactKind.PAYMENT),
            or_(
                DeliveryNote.id.is_(None),
                and_(of_kg, DeliveryNote.net_kg != RecordFact.total),
            ),
        ),
    )


@asked_alike
def _findings_behind_facts() -> Iterator[Question]:
    """What was good of a load is what a finding over it accepted."""
    kg = func.sum(InspectionPart.kg).filter(InspectionPart.outcome == Outcome.ACCEPTED)
    accepted = (
        select(DeliveryNote.public_id, func.coalesce(kg, 0).label("kg"))
        .join(Inspection, Inspection.note_id == DeliveryNote.id)
        .join(InspectionPart, InspectionPart.inspection_id == Inspection.id)
        .group_by(DeliveryNote.public_id, Inspection.id)
        .subquery()
    )
    same = and_(
        accepted.c.public_id == RecordFact.key, accepted.c.kg == RecordFact.good
    )
    yield (
        "a fact of quality is what a finding accepted",
        select(RecordFact.public_id, RecordFact.good).where(
            STILL_A_FACT,
            RecordFact.kind == FactKind.QUALITY,
            ~select(accepted.c.kg).where(same).exists(),
        ),
    )


@asked_alike
def _contracts_behind_facts() -> Iterator[Question]:
    yield (
        "a fact of an end is keyed by its own contract",
        select(RecordFact.public_id, RecordFact.key, Contract.public_id)
        .join(Contract, Contract.id == RecordFact.contract_id)
        .where(
            RecordFact.kind == FactKind.CONTRACT, RecordFact.key != Contract.public_id
        ),
    )


def _keys_lead_somewhere(session: Session) -> Iterator[Violation]:
    """Keys of plans and of answers name a row of the fact's own contract."""
    wanted = select(RecordFact).where(
        STILL_A_FACT, RecordFact.kind.in_((FactKind.FULFILMENT, FactKind.ANSWER))
    )
    for fact in session.scalars(wanted):
        if session.scalar(_evidence(fact)) != fact.contract_id:
            rule = "a fact has the row that proves it"
            yield Violation(rule, fact.public_id, fact.key)


def _evidence(fact: RecordFact) -> Select[int]:
    """The contract of the row that the key names."""
    what, *rest = fact.key.split(":")
    if fact.kind is FactKind.FULFILMENT:
        return (
            select(ContractLine.contract_id)
            .join(Contract, Contract.id == ContractLine.contract_id)
            .where(Contract.public_id == what, ContractLine.number == _number(rest, 0))
        )
    if what == "entry":
        wanted = AccountEntry.public_id == "".join(rest)
        return select(AccountEntry.contract_id).where(wanted)
    if what == "day":
        return select(DeliverySaid.contract_id).where(
            DeliverySaid.contract_id == _number(rest, 0),
            DeliverySaid.line == _number(rest, 1),
            DeliverySaid.position == _number(rest, 2),
        )
    wanted = DeliveryNote.public_id == "".join(rest)
    return select(DeliveryNote.contract_id).where(wanted)


def _number(parts: list[str], place: int) -> int:
    """The number there; one that no row has where there is none."""
    text = parts[place] if place < len(parts) else ""
    return int(text) if text.isdecimal() else -1


@asked_alike
def _claims_behind_facts() -> Iterator[Question]:
    yield (
        "a fact of a claim has its claim, and that is at its end",
        select(RecordFact.public_id, RecordFact.key)
        .outerjoin(Claim, Claim.public_id == RecordFact.key)
        .outerjoin(DeliveryNote, DeliveryNote.id == Claim.note_id)
        .where(
            STILL_A_FACT,
            RecordFact.kind == FactKind.CLAIM,
            or_(
                Claim.id.is_(None),
                DeliveryNote.contract_id != RecordFact.contract_id,
                Claim.state.in_((ClaimState.OPEN, ClaimState.MEDIATION)),
            ),
        ),
    )


def _templates_follow_their_journals(session: Session) -> Iterator[Violation]:
    for template in session.scalars(select(ContractTemplate)):
        number = template.public_id
        broken = first_broken_step(template)
        if broken is not None:
            yield Violation("the journal of a template holds", number, str(broken))
        last = template.steps[-1].step if template.steps else None
        if last is None or STATE_AFTER[last] is not template.state:
            rule = "the state of a template follows from its journal"
            yield Violation(rule, number, f"{template.state}, {last}")
        yield from _four_eyes(template)


def _four_eyes(template: ContractTemplate) -> Iterator[Violation]:
    """Whoever approved it by the journal is another person than its writer."""
    rule = "a template is approved by a second person"
    for one in template.steps:
        approved = one.step is TemplateStep.APPROVED
        if approved and one.by_user_id in (None, template.written_by_id):
            yield Violation(rule, template.public_id, str(one.by_user_id))
        if approved and one.by_user_id != template.approved_by_id:
            yield Violation(rule, template.public_id, str(template.approved_by_id))


@asked_alike
def _renewals_are_between_the_same() -> Iterator[Question]:
    yield (
        "a renewal leads to a contract of the same two sides",
        select(Renewal.public_id, Proposal.seller_id, Proposal.buyer_id)
        .join(Contract, Contract.id == Renewal.contract_id)
        .join(Proposal, Proposal.id == Renewal.proposal_id)
        .where(
            or_(
                Proposal.seller_id != Contract.seller_id,
                Proposal.buyer_id != Contract.buyer_id,
            )
        ),
    )


@asked_alike
def _one_renewal_of_a_contract() -> Iterator[Question]:
    later = aliased(Contract)
    count = func.count(later.id)
    yield (
        "a contract is renewed by one signed contract",
        select(Contract.public_id, count)
        .join(Renewal, Renewal.contract_id == Contract.id)
        .join(later, later.proposal_id == Renewal.proposal_id)
        .where(later.signed_on.is_not(None))
        .group_by(Contract.id, Contract.public_id)
        .having(count > 1),
    )


CHECKS_OF_RECORDS: tuple[Callable[[Session], Iterator[Violation]], ...] = (
    _facts_are_of_a_side,
    _loads_behind_facts,
    _findings_behind_facts,
    _contracts_behind_facts,
    _keys_lead_somewhere,
    _claims_behind_facts,
    _templates_follow_their_journals,
    _renewals_are_between_the_same,
    _one_renewal_of_a_contract,
)
