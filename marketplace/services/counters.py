"""Counter-offers: three rounds at most, each immutable, each with its own expiry."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.bargaining import (
    Bid,
    CounterOffer,
    Line,
    differences,
    expiry,
)
from marketplace.domain.errors import N_, Refused
from marketplace.domain.words import NoticeKind, ProposalState, Side
from marketplace.matching.pair import least_kg
from marketplace.matching.prices import anchor_vnd
from marketplace.services.deliverable import check_deliverable, market_of
from marketplace.services.proposal_making import bid_of, lines_of, tell
from marketplace.services.proposals import (
    accepted_by,
    access_proposal,
    check_answerable,
    current_terms,
    lock_proposal,
    move,
    partner_of,
    rematch,
    side_of,
)
from marketplace.services.rules import rule
from models.proposals import Proposal, Terms

MOST_PRICE_VND = 10_000_000


def counter_terms(
    session: Session,
    who: Actor,
    public_id: str,
    round_: int,
    command: CounterOffer,
    *,
    today: date,
    now: datetime,
) -> Proposal:
    """Answer the terms of a round with other terms, which the other side answers.

    Refused if nothing changed, if the rounds are used up, or if the new terms
    break a hard rule of either side; the price is free.
    """
    found = access_proposal(session, who, public_id, "answer")
    proposal, side = lock_proposal(session, found), side_of(found, who)
    terms = check_answerable(proposal, round_, now)
    params = rule(session, "proposal.expiry", today)
    if round_ >= int(params["rounds"]):
        raise Refused(
            N_("Đã đề nghị lại %(most)s lần, hãy đồng ý hoặc từ chối"),
            most=params["rounds"],
        )
    if accepted_by(terms, side) is not None:
        raise Refused(N_("Đã đồng ý rồi, chờ bên kia trả lời"))
    _check_bid(command.bid, bid_of(terms))
    left = market_of(session, proposal, today=today)
    check_deliverable(left, proposal, command.bid)
    _add_round(session, proposal, who, command, params, now)
    move(proposal, ProposalState.NEGOTIATING)
    told = NoticeKind.PROPOSAL_COUNTER
    tell(session, proposal, partner_of(proposal, side), told, now=now)
    rematch(session)
    return proposal


def _check_bid(bid: Bid, before: Bid) -> None:
    if not bid.lines:
        raise Refused(N_("Giữ ít nhất một đợt có hàng"), "lines")
    if not 0 < bid.price_vnd <= MOST_PRICE_VND:
        raise Refused(N_("Nhập giá một kg bằng đồng, ví dụ 14.500"), "price")
    if len(bid.by_tranche) < len(bid.lines):
        raise Refused(N_("Mỗi đợt chỉ ghi một dòng"), "lines")
    for line in bid.lines:
        if line.kg <= 0:
            raise Refused(N_("Số kg phải lớn hơn 0"), "lines")
        if line.deliver_from > line.deliver_to:
            raise Refused(N_("Ngày giao cuối phải sau ngày giao đầu"), "lines")
    if not differences(before, bid):
        raise Refused(N_("Chưa đổi gì. Nếu vừa ý, hãy bấm Đồng ý"))


def _add_round(
    session: Session,
    proposal: Proposal,
    who: Actor,
    command: CounterOffer,
    params: dict[str, Any],
    now: datetime,
) -> Terms:
    """The next round; who makes it has said yes to it."""
    side, bid = side_of(proposal, who), command.bid
    proposal.round += 1
    terms = Terms(
        round=proposal.round,
        previous=proposal.round - 1,
        made_by=side,
        made_by_user_id=who.user_id,
        made_at=now,
        expires_at=expiry(now, int(params["hours"]), first_delivery=bid.first_day),
        price_vnd=bid.price_vnd,
        message=command.message,
        seller_accepted_at=now if side is Side.SELLER else None,
        buyer_accepted_at=now if side is Side.BUYER else None,
        lines=lines_of(bid),
    )
    proposal.terms.append(terms)
    session.flush()  # the notice tells the new terms
    return terms


def rounds_left(session: Session, proposal: Proposal, *, today: date) -> int:
    """How many counter-offers may still be made, by both sides together."""
    rounds = int(rule(session, "proposal.expiry", today)["rounds"])
    return max(rounds - proposal.round, 0)


def suggest_bid(
    session: Session, proposal: Proposal, side: Side, *, today: date
) -> Bid | None:
    """A counter-offer worth making, from what both sides know; None if there is none.

    Kilograms and days come down to what both posts still allow, and a price
    that is worse for this side than the middle of the week's market band goes
    to that middle.
    """
    before = bid_of(current_terms(proposal))
    market = market_of(session, proposal, today=today)
    if not market.lots:
        return None
    left = market.lots[0].fitting_kg(market.needs[0].least_grade)
    lines: list[Line] = []
    for line in before.lines:
        need = market.need.get(line.tranche_id)
        kg = min(line.kg, need.kg if need else 0, left)
        if need is None or kg < max(least_kg(market.lots[0], need), 1):
            continue
        left -= kg
        lines.append(Line(line.tranche_id, kg, line.deliver_from, line.deliver_to))
    price = before.price_vnd
    band = market.references.get(market.lots[0].product)
    if band is not None:
        middle = anchor_vnd(band, market.price_step_vnd)
        better = max if side is Side.SELLER else min
        price = better(price, middle)
    bid = Bid(price, tuple(lines))
    return bid if bid.lines and differences(before, bid) else None
