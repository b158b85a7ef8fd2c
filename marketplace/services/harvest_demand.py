"""Who would buy a harvest: public demand by ten days, and what is asked of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from marketplace.domain.windows import Window, dekads_between
from marketplace.domain.words import OfferState, OrganisationState, ProposalState
from models.offers import Offer, Tranche
from models.organisations import Organisation
from models.proposals import Proposal, TermsLine

LIVE = (ProposalState.PROPOSED, ProposalState.NEGOTIATING)


@dataclass(frozen=True)
class Wanted:
    """One open delivery: whose offer, when, and kilograms not yet promised."""

    offer_id: int
    window: Window
    kg: int


@dataclass(frozen=True)
class Demand:
    """All open deliveries of a product that are not over."""

    wanted: tuple[Wanted, ...]

    def by_dekad(self) -> dict[str, int]:
        """Kilograms by third of a month; a delivery is spread over its days."""
        loads: defaultdict[str, int] = defaultdict(int)
        for one in self.wanted:
            dekads = dekads_between(one.window.first, one.window.last)
            left = one.kg
            for dekad in dekads[:-1]:
                days = one.window.overlap_days(Window(dekad.first, dekad.last))
                part = one.kg * days // one.window.days
                loads[dekad.code] += part
                left -= part
            loads[dekads[-1].code] += left
        return dict(loads)

    def within(self, window: Window | None) -> tuple[int, int]:
        """How many offers want fruit in these days, and how many kilograms."""
        found = [
            one
            for one in self.wanted
            if window is not None and one.window.overlap_days(window)
        ]
        return len({one.offer_id for one in found}), sum(one.kg for one in found)


def demand_for(
    session: Session, product_id: int, *, today: date, but: int | None = None
) -> Demand:
    """Open deliveries of verified buyers; `but` leaves one organisation's out."""
    rows = session.execute(
        select(
            Offer.id,
            Tranche.window_start,
            Tranche.window_end,
            Tranche.kg - Tranche.promised_kg,
        )
        .join(Tranche, Tranche.offer_id == Offer.id)
        .join(Organisation, Organisation.id == Offer.organisation_id)
        .where(
            Offer.product_id == product_id,
            Offer.state == OfferState.OPEN,
            Offer.organisation_id != (but or 0),
            Organisation.state == OrganisationState.VERIFIED,
            Tranche.dropped.is_(False),
            Tranche.window_end >= today,
            Tranche.kg > Tranche.promised_kg,
        )
        .order_by(Tranche.window_start, Tranche.id)
    )
    found = (
        Wanted(offer, Window(max(first, today), last), kg)
        for offer, first, last, kg in rows
    )
    return Demand(tuple(found))


def asked_kg(session: Session, harvest_ids: Collection[int]) -> dict[int, int]:
    """Kilograms that live proposals ask of each harvest, on top of promises."""
    rows = session.execute(
        select(Proposal.harvest_id, func.sum(TermsLine.kg))
        .join(
            TermsLine,
            and_(
                TermsLine.proposal_id == Proposal.id,
                TermsLine.round == Proposal.round,
            ),
        )
        .where(Proposal.harvest_id.in_(harvest_ids), Proposal.state.in_(LIVE))
        .group_by(Proposal.harvest_id)
    )
    return {harvest: int(kg) for harvest, kg in rows}


def proposals_of(session: Session, harvest_id: int) -> list[Proposal]:
    """The live proposals of a harvest, the newest first."""
    return list(
        session.scalars(
            select(Proposal)
            .where(Proposal.harvest_id == harvest_id, Proposal.state.in_(LIVE))
            .order_by(Proposal.id.desc())
        )
    )
