"""What the pages of a proposal show to one side: numbers, charts, who and what.

Only the reader's own limit is ever handed to a template.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from forms.proposals import CounterForm
from marketplace.domain.actor import Actor
from marketplace.domain.bargaining import LIVE, Bid, Line, differences
from marketplace.domain.proposal_reasons import others_of, read_reasons, satisfied
from marketplace.domain.words import Side, Verdict
from marketplace.services.counters import rounds_left, suggest_bid
from marketplace.services.matching_instead import nearest_other
from marketplace.services.proposal_making import bid_of
from marketplace.services.proposals import (
    accepted_by,
    awaits,
    contract_of,
    current_terms,
    list_proposals,
    side_of,
)
from marketplace.services.track_records import TrackRecord, track_record

SHELVES = ("cho-tra-loi", "cho-ben-kia", "da-xong")


@dataclass(frozen=True)
class Card:
    """A proposal in a list."""

    proposal: Any
    partner: Any
    side: Side
    terms: Any
    bid: Bid
    fit: tuple[int, int]
    mine: bool


def card_of(proposal: Any, who: Actor, now: datetime) -> Card:
    """What a list shows of a proposal to one side."""
    side, terms = side_of(proposal, who), current_terms(proposal)
    bid = bid_of(terms)
    reasons = reasons_for(proposal, bid, side)
    return Card(
        proposal=proposal,
        partner=partner_of(proposal, side),
        side=side,
        terms=terms,
        bid=bid,
        fit=(satisfied(reasons), len(reasons)),
        mine=awaits(proposal, side, now),
    )


def partner_of(proposal: Any, side: Side) -> Any:
    """The organisation across the table."""
    return proposal.buyer if side is Side.SELLER else proposal.seller


def list_of(
    session: Session, who: Actor, shelf: str, now: datetime
) -> tuple[list[Card], dict[str, int]]:
    """The cards of a shelf (all without one), and how many lie on each."""
    cards = [card_of(one, who, now) for one in list_proposals(session, who)]
    shelves: dict[str, list[Card]] = {name: [] for name in SHELVES}
    for card in cards:
        shelves[_shelf(card)].append(card)
    shelves["cho-tra-loi"].sort(key=lambda card: card.terms.expires_at)
    sizes = {name: len(shelves[name]) for name in SHELVES}
    if shelf in SHELVES:
        return shelves[shelf], sizes
    return [card for name in SHELVES for card in shelves[name]], sizes


def _shelf(card: Card) -> str:
    if card.mine:
        return "cho-tra-loi"
    return "cho-ben-kia" if card.proposal.state in LIVE else "da-xong"


def summary_of(proposal: Any, who: Actor, now: datetime) -> dict[str, Any]:
    """What every page of a proposal shows on top."""
    side, terms = side_of(proposal, who), current_terms(proposal)
    return {
        "proposal": proposal,
        "side": side,
        "partner": partner_of(proposal, side),
        "terms": terms,
        "bid": bid_of(terms),
        "numbers": {one.id: one.number for one in proposal.offer.tranches},
        "mine": awaits(proposal, side, now),
        "live": proposal.state in LIVE,
        "now": now,
    }


def page_data(
    session: Session, proposal: Any, who: Actor, *, today: date, now: datetime
) -> dict[str, Any]:
    """Everything on the page of a proposal."""
    shown = summary_of(proposal, who, now)
    side, bid = shown["side"], shown["bid"]
    reasons = reasons_for(proposal, bid, side)
    record = track_record(session, who, shown["partner"], today=today)
    return {
        **shown,
        "reasons": reasons,
        "record": record,
        "fit": _fit(reasons, record),
        "others": others_of(proposal.reasons, side.value),
        "instead": nearest_other(session, proposal, side, today=today)
        if shown["live"]
        else None,
        "limit": own_limit(proposal, bid, side),
        "changes": _changes(proposal, bid),
        "said_yes": accepted_by(shown["terms"], side),
        "contract": contract_of(session, proposal),
        "rounds_left": rounds_left(session, proposal, today=today),
        "suggested": suggestion_for(session, proposal, who, today=today)
        if shown["mine"]
        else None,
        "rivals": _rivals(session, proposal, who, now) if side is Side.BUYER else [],
    }


def _fit(reasons: list[dict[str, Any]], record: TrackRecord | None) -> tuple[int, int]:
    """How many points match, and of how many; a record counts where it says something."""
    if record is None or not record.figures:
        return satisfied(reasons), len(reasons)
    return satisfied(reasons) + record.in_order, len(reasons) + 1


def reasons_for(proposal: Any, bid: Bid, side: Side) -> list[dict[str, Any]]:
    """The reasons as one side reads them: a price beyond its own limit needs talk."""
    reasons = read_reasons(proposal.reasons, bid)
    limit = own_limit(proposal, bid, side)
    beyond = bid.price_vnd < limit if side is Side.SELLER else bid.price_vnd > limit
    for row in reasons:
        if row["code"] == "price" and beyond:
            row["verdict"] = Verdict.TIGHT.value
    return sorted(reasons, key=lambda row: row["verdict"] == Verdict.OK)


def own_limit(proposal: Any, bid: Bid, side: Side) -> int:
    """The reader's own limit: the floor, or the lowest ceiling of these tranches."""
    if side is Side.SELLER:
        return int(proposal.harvest.floor_price_vnd)
    asked = bid.by_tranche
    ceilings = [
        one.ceiling_price_vnd for one in proposal.offer.tranches if one.id in asked
    ]
    return int(min(ceilings)) - int(proposal.transport_vnd)


def _changes(proposal: Any, bid: Bid) -> list[Any]:
    """What the terms on the table changed of the round before."""
    if proposal.round == 0:
        return []
    return differences(bid_of(proposal.terms[-2]), bid)


def _rivals(session: Session, proposal: Any, who: Actor, now: datetime) -> list[Card]:
    """The other suppliers proposed for the same offer, for the buyer to compare."""
    return [
        card_of(one, who, now)
        for one in list_proposals(session, who, tuple(LIVE))
        if one.offer_id == proposal.offer_id and one.id != proposal.id
    ]


def suggestion_for(
    session: Session, proposal: Any, who: Actor, *, today: date
) -> Bid | None:
    """A counter-offer worth making, while one may be made."""
    if proposal.state not in LIVE or not rounds_left(session, proposal, today=today):
        return None
    return suggest_bid(session, proposal, side_of(proposal, who), today=today)


def counter_form(proposal: Any, suggested: Bid | None, use: bool) -> CounterForm:
    """The form with the terms on the table, or with the suggestion."""
    terms = current_terms(proposal)
    bid = suggested if suggested and use else bid_of(terms)
    return CounterForm.filled(terms.round, bid, _spare(proposal))


def _spare(proposal: Any) -> Mapping[int, Line]:
    """Deliveries of the offer that the terms leave out, with nothing in them."""
    return {
        one.id: Line(one.id, 0, one.window_start, one.window_end)
        for one in proposal.offer.tranches
        if not one.dropped
    }
