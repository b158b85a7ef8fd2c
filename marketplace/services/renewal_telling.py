"""Who hears of a renewal: both sides when the time comes, and one of the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.renewals import DONE, RUNNING
from marketplace.domain.words import ContractState, NoticeKind, Side
from marketplace.services.notices import notify_organisation
from marketplace.services.rules import rule
from models.contracts import Contract
from models.reference import Product
from models.renewals import Renewal

BORNE = (ContractState.FULFILLED, ContractState.CLOSED)


def tell_due(
    session: Session, *, today: date, now: datetime, after: int = 0, limit: int = 50
) -> tuple[int, int | None]:
    """Tell both sides of contracts whose next season is to be spoken of; once.

    Takes so many contracts by id after `after`; returns how many people heard
    of it now, and the id to go on from, None at the end.
    """
    unspoken = ~exists().where(Renewal.contract_id == Contract.id)
    due = _due(session, today).where(unspoken, Contract.id > after)
    found = session.scalars(due.order_by(Contract.id).limit(limit)).all()
    told = sum(
        tell_side(session, contract, side, NoticeKind.RENEWAL_DUE, None, now)
        for contract in found
        for side in Side
    )
    return told, found[-1].id if len(found) == limit else None


def due_renewals(session: Session, who: Actor, *, today: date) -> Sequence[Contract]:
    """The actor's own contracts whose next season is to be spoken of, the next first."""
    mine = who.organisation_id
    wanted = _due(session, today).where(
        or_(Contract.seller_id == mine, Contract.buyer_id == mine)
    )
    return session.scalars(wanted.order_by(Contract.effective_to, Contract.id)).all()


def _due(session: Session, today: date) -> Select[Contract]:
    wanted = select(Contract).join(Product, Product.id == Contract.product_id)
    return wanted.where(*_in_time(session, today))


def _in_time(session: Session, today: date) -> tuple[ColumnElement[bool], ...]:
    """As `domain.renewals.is_time` says, for the database."""
    days = timedelta(days=int(rule(session, "contract.renewal", today)["notice_days"]))
    borne = and_(Product.perennial, Contract.state.in_(BORNE))
    return (
        Contract.signed_on.is_not(None),
        Contract.state.in_(RUNNING | DONE),
        Contract.effective_to >= today - days,
        or_(Contract.effective_to <= today + days, borne),
    )


def tell_side(
    session: Session,
    contract: Contract,
    side: Side,
    kind: NoticeKind,
    renewal: Renewal | None,
    now: datetime,
) -> int:
    """Tell one side; each renewal speaks once. Returns how many people heard it."""
    sells = side is Side.SELLER
    told, partner = (
        (contract.seller, contract.buyer)
        if sells
        else (contract.buyer, contract.seller)
    )
    return notify_organisation(
        session,
        told.id,
        kind,
        f"renewal:{contract.public_id}",
        {
            "number": contract.number,
            "partner": partner.short_name,
            "day": contract.effective_to.isoformat(),
        },
        now=now,
        version=renewal.id if renewal else 1,
    )
