"""Contracts that a side may close now, for the cards of today's page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.words import ContractState
from marketplace.services.closings import closing_of, obstacles_to_closing
from marketplace.services.contract_sides import side_of
from models.contracts import Contract

MOST = 5  # looked at for each kind: an account is reckoned for every one


def contracts_to_close(
    session: Session, who: Actor, *, today: date, now: datetime
) -> list[Contract]:
    """Those without obstacles that this side has not confirmed, the newest first."""
    return [
        contract
        for contract in _candidates(session, who)
        if not obstacles_to_closing(session, contract, today=today, now=now)
        and side_of(contract, who)
        not in closing_of(session, contract, today=today).sides
    ]


def _candidates(session: Session, who: Actor) -> Iterator[Contract]:
    mine = or_(
        Contract.seller_id == who.organisation_id,
        Contract.buyer_id == who.organisation_id,
    )
    over = Contract.state.in_((ContractState.EXPIRED, ContractState.TERMINATED))
    least = Contract.total_kg * (100 - Contract.tolerance_pct)
    done = and_(
        Contract.state == ContractState.IN_FORCE,
        Contract.delivered_kg * 100 >= least,
    )
    for kind in (Contract.state == ContractState.FULFILLED, over, done):
        wanted: Select[Contract] = select(Contract).where(
            mine, kind, Contract.signed_on.is_not(None)
        )
        yield from session.scalars(wanted.order_by(Contract.id.desc()).limit(MOST))
