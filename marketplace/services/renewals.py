"""Renewals: one side asks to go on, the other joins in, and a proposal is made."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor, Role
from marketplace.domain.bargaining import other
from marketplace.domain.errors import N_, Conflict, Refused
from marketplace.domain.words import NoticeKind, Side
from marketplace.services.organisations import require_verified
from marketplace.services.renewal_posts import Post, next_plan, open_posts, take_post
from marketplace.services.renewal_proposals import join_posts
from marketplace.services.renewal_standing import (
    Phase,
    Standing,
    access_renewal,
    open_renewal,
    standing_of,
)
from marketplace.services.renewal_telling import tell_side
from models.contracts import Contract
from models.harvests import Harvest
from models.offers import Offer
from models.proposals import Proposal
from models.renewals import Renewal

NOT_NOW = N_("Chưa đến lúc bàn vụ tới của hợp đồng này, hoặc đã quá lúc")


def go_on(
    session: Session,
    who: Actor,
    public_id: str,
    chosen: str,
    *,
    today: date,
    now: datetime,
) -> Renewal:
    """Ask to go on with a post of one's own, or join in what the other side asked.

    `chosen` is the public id of the post, or NEW. As soon as both have one that
    fits, a proposal carries the terms on; the other side answers it as any.
    """
    contract = access_renewal(session, who, public_id)
    standing = standing_of(session, who, contract, today=today)
    _check(session, who, standing)
    post = take_post(
        session, who, contract, standing.side, chosen, today=today, now=now
    )
    if standing.phase is Phase.TO_ANSWER:
        assert standing.renewal is not None
        return _answer(session, standing, post, today, now)
    renewal = _ask(session, who, standing, post, now)
    if not _meet_at_once(session, contract, renewal, today, now):
        tell_side(session, contract, other(standing.side), RENEWAL_ASKED, renewal, now)
    return renewal


RENEWAL_ASKED = NoticeKind.RENEWAL_ASKED


def _check(session: Session, who: Actor, standing: Standing) -> None:
    if standing.phase is Phase.RENEWED:
        raise Refused(N_("Hợp đồng này đã có hợp đồng vụ tới"))
    if standing.phase is Phase.NOT_NOW:
        raise Refused(NOT_NOW)
    if not standing.may_act:
        raise Refused(N_("Đã đề nghị rồi, chờ bên kia trả lời"))
    if standing.side is Side.SELLER and who.role is Role.BUYER:
        raise Refused(N_("Người thu mua không trả lời thay bên bán"))
    require_verified(session, who)


def _ask(
    session: Session, who: Actor, standing: Standing, post: Post, now: datetime
) -> Renewal:
    before = open_renewal(session, standing.contract)
    if before is not None:  # nothing came of it
        before.closed_at = now
        session.flush()  # one is open at a time
    renewal = Renewal(
        contract_id=standing.contract.id,
        asked_by=standing.side,
        asked_by_user_id=who.user_id,
        asked_at=now,
        harvest_id=post.id if isinstance(post, Harvest) else None,
        offer_id=post.id if isinstance(post, Offer) else None,
    )
    try:
        with session.begin_nested():
            session.add(renewal)
            session.flush()  # the other side may have asked at this moment
    except IntegrityError:
        raise Conflict(N_("Bên kia vừa đề nghị, hãy xem lại rồi trả lời")) from None
    return renewal


def _meet_at_once(
    session: Session, contract: Contract, renewal: Renewal, today: date, now: datetime
) -> bool:
    """If the other side has something on the market already that fits."""
    partner = other(renewal.asked_by)
    for post in open_posts(session, contract, partner, today=today):
        try:
            with session.begin_nested():
                _join(session, contract, renewal, post, renewal.asked_by, today, now)
        except Refused:
            session.refresh(renewal)
            continue
        return True
    return False


def _answer(
    session: Session, standing: Standing, post: Post, today: date, now: datetime
) -> Renewal:
    assert standing.renewal is not None
    renewal = _lock(session, standing.renewal)
    if renewal.proposal_id is not None or renewal.closed_at is not None:
        raise Conflict(N_("Bên kia vừa đề nghị, hãy xem lại rồi trả lời"))
    _join(session, standing.contract, renewal, post, standing.side, today, now)
    return renewal


def _join(
    session: Session,
    contract: Contract,
    renewal: Renewal,
    post: Post,
    by: Side,
    today: date,
    now: datetime,
) -> Proposal:
    """Bring the post together with that of the one who asked; `by` makes the offer."""
    harvest = post if isinstance(post, Harvest) else renewal.harvest
    offer = post if isinstance(post, Offer) else renewal.offer
    assert harvest is not None
    assert offer is not None
    plan = next_plan(contract, today)
    made = join_posts(session, contract, plan, harvest, offer, by, today=today, now=now)
    renewal.harvest_id, renewal.offer_id = harvest.id, offer.id
    renewal.proposal_id = made.id
    session.flush()  # a violated rule is this answer's
    session.expire(renewal, ["proposal", "harvest", "offer"])
    return made


def end_renewal(
    session: Session, who: Actor, public_id: str, *, today: date, now: datetime
) -> Renewal:
    """Take back what one asked, or say no to what the other side asked.

    Once there is a proposal, it is declined there. Posts stay on the market.
    """
    contract = access_renewal(session, who, public_id)
    standing = standing_of(session, who, contract, today=today)
    if standing.renewal is None or standing.phase not in (Phase.ASKED, Phase.TO_ANSWER):
        raise Refused(N_("Không còn đề nghị nào chờ trả lời"))
    renewal = _lock(session, standing.renewal)
    if renewal.proposal_id is not None:
        raise Conflict(N_("Bên kia vừa đề nghị, hãy xem lại rồi trả lời"))
    if renewal.closed_at is None:
        renewal.closed_at = now
        told = NoticeKind.RENEWAL_ENDED
        tell_side(session, contract, other(standing.side), told, renewal, now)
    return renewal


def _lock(session: Session, renewal: Renewal) -> Renewal:
    return session.scalars(
        select(Renewal)
        .where(Renewal.id == renewal.id)
        .with_for_update(of=Renewal, key_share=True)
        .execution_options(populate_existing=True)
    ).one()
