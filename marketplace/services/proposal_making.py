"""Terms as values and as rows, and how both sides hear of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.domain.bargaining import Bid, Line
from marketplace.domain.words import NoticeKind
from marketplace.services.notices import notify_organisation
from models.proposals import Proposal, Terms, TermsLine


def bid_of(terms: Terms) -> Bid:
    """The terms of a round as values."""
    return Bid(
        terms.price_vnd,
        tuple(
            sorted(
                Line(line.tranche_id, line.kg, line.deliver_from, line.deliver_to)
                for line in terms.lines
            )
        ),
    )


def lines_of(bid: Bid) -> list[TermsLine]:
    """The rows of a bid's lines."""
    return [
        TermsLine(
            tranche_id=line.tranche_id,
            kg=line.kg,
            deliver_from=line.deliver_from,
            deliver_to=line.deliver_to,
        )
        for line in bid.lines
    ]


def tell_both(
    session: Session, proposal: Proposal, kind: NoticeKind, *, now: datetime
) -> None:
    """Tell both sides, each with the other's name."""
    for own in (proposal.seller_id, proposal.buyer_id):
        tell(session, proposal, own, kind, now=now)


def tell(
    session: Session,
    proposal: Proposal,
    organisation_id: int,
    kind: NoticeKind,
    *,
    now: datetime,
    more: Mapping[str, object] | None = None,
) -> None:
    """Tell one side; the round is the version, so each round speaks once."""
    seller = organisation_id == proposal.seller_id
    partner = proposal.buyer if seller else proposal.seller
    terms = proposal.terms[-1]
    notify_organisation(
        session,
        organisation_id,
        kind,
        f"proposal:{proposal.public_id}",
        {
            "partner": partner.short_name,
            "product": proposal.harvest.product.name_vi,
            "product_en": proposal.harvest.product.name_en,
            "kg": sum(line.kg for line in terms.lines),
            "price_vnd": terms.price_vnd,
            "expires_at": terms.expires_at.isoformat(),
            **(more or {}),
        },
        now=now,
        version=terms.round + 1,
    )
