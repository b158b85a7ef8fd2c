"""What proposals hold of supply and demand, and which posts have met before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Container, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.words import (
    ContractState,
    HarvestState,
    OfferState,
    ProposalState,
)
from marketplace.services.matching_classes import record_classes
from marketplace.services.matching_code import pair_digest
from marketplace.services.matching_solved import Pair
from models.contracts import Contract
from models.harvests import Harvest
from models.offers import Offer
from models.proposals import Proposal, TermsLine

SAID_NO = (ProposalState.DECLINED, ProposalState.EXPIRED, ProposalState.AGREED)
TAKEN = (ProposalState.NEGOTIATING, ProposalState.AGREED)
FELL_AWAY = (ContractState.EXPIRED, ContractState.TERMINATED)


@dataclass(frozen=True)
class Held:
    """Kilograms in the hands of who bargains, and who supplies an offer already.

    `classes` are those of organisations that have not kept their word well.
    """

    of_harvest: Mapping[int, int] = field(default_factory=dict)
    of_tranche: Mapping[int, int] = field(default_factory=dict)
    suppliers: Mapping[int, set[int]] = field(default_factory=dict)
    classes: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Past:
    """Pairs that bargain now, the answered posts of others, and what was replaced."""

    bargaining: set[Pair]
    answered: dict[Pair, set[str]]
    superseded: Counter[Pair]

    def among(self, harvests: Container[int], offers: Container[int]) -> Past:
        """The same of these posts alone."""
        return Past(
            {one for one in self.bargaining if one[0] in harvests and one[1] in offers},
            {
                one: digests
                for one, digests in self.answered.items()
                if one[0] in harvests and one[1] in offers
            },
            self.superseded,
        )


def read_held(
    session: Session, but_proposal: int | None = None, *, today: date | None = None
) -> Held:
    """What somebody has acted on but not yet agreed; agreed is promised already.

    With a day also what is known of the parties, for ties of that day.
    """
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
    classes = record_classes(session, today=today) if today else {}
    return Held(of_harvest, of_tranche, _suppliers(session, but_proposal), classes)


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


def read_past(session: Session, products: Collection[int] | None = None) -> Past:
    """How the open posts that met before stand to each other."""
    pair = (Proposal.harvest_id, Proposal.offer_id)
    met = select(*pair).join(Proposal.harvest).join(Proposal.offer)
    met = met.where(Harvest.state == HarvestState.OPEN, Offer.state == OfferState.OPEN)
    if products is not None:
        met = met.where(Harvest.product_id.in_(products))
    answered: dict[Pair, set[str]] = {}
    said_no = met.where(Proposal.state.in_(SAID_NO))
    for *who, digest in session.execute(said_no.add_columns(Proposal.posts_digest)):
        answered.setdefault((who[0], who[1]), set()).add(digest)
    bargaining = met.where(Proposal.state == ProposalState.NEGOTIATING)
    replaced = met.where(Proposal.state == ProposalState.SUPERSEDED).group_by(*pair)
    return Past(
        {(harvest, offer) for harvest, offer in session.execute(bargaining)},
        answered,
        Counter(
            {
                (harvest, offer): count
                for harvest, offer, count in session.execute(
                    replaced.add_columns(func.count())
                )
            }
        ),
    )


def pairs_apart(
    past: Past, lot_digest: Callable[[int], bytes], offer_digest: Callable[[int], bytes]
) -> frozenset[Pair]:
    """Pairs that bargain now, or that were answered with the posts unchanged."""
    answered = {
        (harvest, offer)
        for (harvest, offer), digests in past.answered.items()
        if any(
            pair_digest(lot_digest(harvest), offer_digest(offer), replaced) in digests
            for replaced in range(past.superseded[harvest, offer] + 1)
        )
    }
    return frozenset(answered | past.bargaining)
