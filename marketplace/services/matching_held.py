"""What proposals hold of supply and demand, and which posts have met before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.words import ContractState, ProposalState
from models.contracts import Contract
from models.proposals import Proposal, TermsLine

SAID_NO = (ProposalState.DECLINED, ProposalState.EXPIRED, ProposalState.AGREED)
TAKEN = (ProposalState.NEGOTIATING, ProposalState.AGREED)
FELL_AWAY = (ContractState.EXPIRED, ContractState.TERMINATED)


@dataclass(frozen=True)
class Held:
    """Kilograms in the hands of who bargains, and who supplies an offer already."""

    of_harvest: Mapping[int, int] = field(default_factory=dict)
    of_tranche: Mapping[int, int] = field(default_factory=dict)
    suppliers: Mapping[int, set[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Past:
    """Pairs that bargain now, the answered posts of others, and what was replaced."""

    bargaining: set[tuple[int, int]] = field(default_factory=set)
    answered: dict[tuple[int, int], set[str]] = field(default_factory=dict)
    superseded: Counter[tuple[int, int]] = field(default_factory=Counter)


def read_held(session: Session, but_proposal: int | None = None) -> Held:
    """What somebody has acted on but not yet agreed; agreed is promised already."""
    rows = session.execute(
        select(Proposal.harvest_id, TermsLine.tranche_id, func.sum(TermsLine.kg))
        .join(
            TermsLine,
            and_(
                TermsLine.proposal_id == Proposal.id,
                TermsLine.round == Proposal.round,
            ),
        )
        .where(
            Proposal.state == ProposalState.NEGOTIATING,
            Proposal.id != (but_proposal or 0),
        )
        .group_by(Proposal.harvest_id, TermsLine.tranche_id)
    )
    of_harvest: Counter[int] = Counter()
    of_tranche: Counter[int] = Counter()
    for harvest, tranche, kg in rows:
        of_harvest[harvest] += int(kg)
        of_tranche[tranche] += int(kg)
    return Held(of_harvest, of_tranche, _suppliers(session, but_proposal))


def _suppliers(session: Session, but_proposal: int | None) -> dict[int, set[int]]:
    rows = session.execute(
        select(Proposal.offer_id, Proposal.seller_id)
        .outerjoin(Contract, Contract.proposal_id == Proposal.id)
        .where(
            Proposal.state.in_(TAKEN),
            Proposal.id != (but_proposal or 0),
            or_(Contract.id.is_(None), Contract.state.not_in(FELL_AWAY)),
        )
        .distinct()
    )
    found: defaultdict[int, set[int]] = defaultdict(set)
    for offer, seller in rows:
        found[offer].add(seller)
    return found


def read_past(session: Session) -> Past:
    """How the posts that met before stand to each other."""
    past = Past()
    rows = session.execute(
        select(
            Proposal.harvest_id,
            Proposal.offer_id,
            Proposal.state,
            Proposal.posts_digest,
        ).where(Proposal.state != ProposalState.PROPOSED)
    )
    for harvest, offer, state, digest in rows:
        pair = (harvest, offer)
        if state is ProposalState.NEGOTIATING:
            past.bargaining.add(pair)
        elif state is ProposalState.SUPERSEDED:
            past.superseded[pair] += 1
        elif state in SAID_NO:
            past.answered.setdefault(pair, set()).add(digest)
    return past
