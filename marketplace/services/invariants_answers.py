"""What must hold of every answer: given in time, by whom it binds, for what is held."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.words import ContractState, ProposalState, Side
from marketplace.services.violations import Question, Violation, asked_alike
from models.amendments import Amendment
from models.contracts import Contract, ContractLine
from models.proposals import Proposal, Terms, TermsLine
from models.signatures import Signature

FELL_AWAY = (ContractState.EXPIRED, ContractState.TERMINATED, ContractState.CLOSED)
BEFORE_FORCE = (
    ContractState.PROPOSED,
    ContractState.NEGOTIATING,
    ContractState.SIGNED,
)


@asked_alike
def _answers_came_in_time() -> Iterator[Question]:
    yield (
        "nobody accepts terms that have lapsed",
        select(Terms.proposal_id, Terms.round, Terms.expires_at).where(
            or_(
                Terms.seller_accepted_at >= Terms.expires_at,
                Terms.buyer_accepted_at >= Terms.expires_at,
            )
        ),
    )


@asked_alike
def _agreed_by_both() -> Iterator[Question]:
    yield (
        "both sides accepted what is agreed",
        select(Proposal.public_id, Proposal.round)
        .join(
            Terms,
            and_(Terms.proposal_id == Proposal.id, Terms.round == Proposal.round),
        )
        .where(
            Proposal.state == ProposalState.AGREED,
            or_(Terms.seller_accepted_at.is_(None), Terms.buyer_accepted_at.is_(None)),
        ),
    )


@asked_alike
def _first_version_is_what_was_agreed() -> Iterator[Question]:
    agreed_kg = func.sum(TermsLine.kg)
    of_terms = and_(
        TermsLine.proposal_id == Terms.proposal_id, TermsLine.round == Terms.round
    )
    last = and_(Terms.proposal_id == Proposal.id, Terms.round == Proposal.round)
    yield (
        "the first version of a contract is what was agreed",
        select(Contract.public_id, Contract.total_kg, agreed_kg, Terms.price_vnd)
        .join(Proposal, Proposal.id == Contract.proposal_id)
        .join(Terms, last)
        .join(TermsLine, of_terms)
        .where(Contract.current_version == 1)
        .group_by(
            Contract.id,
            Contract.public_id,
            Contract.total_kg,
            Contract.price_vnd,
            Terms.price_vnd,
        )
        .having(
            or_(Contract.total_kg != agreed_kg, Contract.price_vnd != Terms.price_vnd)
        ),
    )


@asked_alike
def _who_fell_away_holds_nothing() -> Iterator[Question]:
    held = func.sum(ContractLine.kg - ContractLine.released_kg)
    yield (
        "a contract that nobody signed holds nothing once it is over",
        select(Contract.public_id, Contract.state, held)
        .join(ContractLine, ContractLine.contract_id == Contract.id)
        .where(Contract.state.in_(FELL_AWAY), Contract.signed_on.is_(None))
        .group_by(Contract.id, Contract.public_id, Contract.state)
        .having(held != 0),
    )


@asked_alike
def _who_waits_holds_everything() -> Iterator[Question]:
    released = func.sum(ContractLine.released_kg + ContractLine.refused_kg)
    yield (
        "a contract that waits for its force has given nothing back",
        select(Contract.public_id, Contract.state, released)
        .join(ContractLine, ContractLine.contract_id == Contract.id)
        .where(Contract.state.in_(BEFORE_FORCE))
        .group_by(Contract.id, Contract.public_id, Contract.state)
        .having(released != 0),
    )


@asked_alike
def _signed_by_the_parties_in_time() -> Iterator[Question]:
    party = case(
        (Signature.side == Side.SELLER, Contract.seller_id), else_=Contract.buyer_id
    )
    yield (
        "each party signs for itself, and in time",
        select(Contract.public_id, Signature.side, Signature.signed_at)
        .join(Signature, Signature.contract_id == Contract.id)
        .outerjoin(
            Amendment,
            and_(
                Amendment.contract_id == Signature.contract_id,
                Amendment.version == Signature.version,
            ),
        )
        .where(
            or_(
                Signature.organisation_id != party,
                Signature.signed_at
                >= func.coalesce(Amendment.answer_by, Contract.sign_by),
            )
        ),
    )


CHECKS_OF_ANSWERS: tuple[Callable[[Session], Iterator[Violation]], ...] = (
    _answers_came_in_time,
    _agreed_by_both,
    _first_version_is_what_was_agreed,
    _who_fell_away_holds_nothing,
    _who_waits_holds_everything,
    _signed_by_the_parties_in_time,
)
