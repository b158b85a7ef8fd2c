"""Deliveries in the calendar of a phone: secret addresses, and what they open."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.deliveries import Delivery, DeliveryState
from marketplace.domain.errors import NotFound
from marketplace.domain.words import ContractState, MembershipState, Side
from marketplace.services.deliveries import Planned, planned_deliveries
from models.calendars import CalendarAddress
from models.contracts import Contract
from models.organisations import Membership, User

TOKEN_BYTES = 32
KEPT = timedelta(days=180)  # how long a calendar still shows what is over
# Before these nothing is promised yet.
UNBOUND = (
    ContractState.DRAFT,
    ContractState.PROPOSED,
    ContractState.NEGOTIATING,
    ContractState.SIGNED,
)


@dataclass(frozen=True)
class Entry:
    """A planned delivery as a calendar shows it; without any price.

    `changes` rises with everything that is said of the delivery, the last of it
    at `changed_at`, and once more when all of it is `complete`: handed over.
    """

    contract: Contract
    line: int
    kg: int
    side: Side
    delivery: Delivery
    changes: int
    changed_at: datetime
    complete: bool = False

    @property
    def uid(self) -> str:
        """The same for as long as the contract is known."""
        return f"{self.contract.public_id}-{self.line}@lienket"

    @property
    def cancelled(self) -> bool:
        return self.delivery.state is DeliveryState.CANCELLED


def make_address(session: Session, who: Actor, *, now: datetime) -> str:
    """A new address for the person in the organisation; the one before is void.

    Returns the token, which is kept nowhere else.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    _follow(session, who, _digest(token), now)
    return token


def revoke_address(session: Session, who: Actor, *, now: datetime) -> None:
    """From now on the address opens nothing; nothing happens if there is none."""
    if address_made_at(session, who) is not None:
        _follow(session, who, None, now)


def address_made_at(session: Session, who: Actor) -> datetime | None:
    """Since when the address works, None if there is none that does."""
    last = _newest(session, who.user_id, who.organisation_id)
    return last.at if last and last.token_digest else None


def _follow(session: Session, who: Actor, digest: str | None, now: datetime) -> None:
    # Two at once take turns, or both would write the same version.
    session.get_one(User, who.user_id, with_for_update=True)
    last = _newest(session, who.user_id, who.organisation_id)
    session.add(
        CalendarAddress(
            user_id=who.user_id,
            organisation_id=who.organisation_id,
            version=last.version + 1 if last else 1,
            previous=last.version if last else None,
            token_digest=digest,
            at=now,
        )
    )
    session.flush()  # the next look at the address must see it


def _newest(
    session: Session, user_id: int, organisation_id: int
) -> CalendarAddress | None:
    return session.scalars(
        select(CalendarAddress)
        .where(
            CalendarAddress.user_id == user_id,
            CalendarAddress.organisation_id == organisation_id,
        )
        .order_by(CalendarAddress.version.desc())
        .limit(1)
    ).first()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def reader_of(session: Session, token: str) -> Membership:
    """Whose calendar the address opens; NotFound if it is void or unknown.

    It ends with the person's seat in the organisation.
    """
    row = session.scalars(
        select(CalendarAddress).where(CalendarAddress.token_digest == _digest(token))
    ).first()
    if row is None or _newest(session, row.user_id, row.organisation_id) is not row:
        raise NotFound
    seat = session.scalars(
        select(Membership).where(
            Membership.user_id == row.user_id,
            Membership.organisation_id == row.organisation_id,
            Membership.state == MembershipState.ACTIVE,
        )
    ).first()
    if seat is None or not seat.user.active:
        raise NotFound
    return seat


def calendar_entries(
    session: Session, organisation_id: int, *, today: date
) -> list[Entry]:
    """Planned deliveries of the contracts that bind or have bound it, by day."""
    found = select(Contract).where(
        or_(
            Contract.seller_id == organisation_id, Contract.buyer_id == organisation_id
        ),
        Contract.state.not_in(UNBOUND),
        Contract.signed_on.is_not(None),
        Contract.effective_to >= today - KEPT,
    )
    entries = [
        entry
        for contract in session.scalars(found)
        for entry in _entries(session, contract, organisation_id)
    ]
    return sorted(entries, key=lambda one: (one.delivery.day, one.uid))


def _entries(session: Session, contract: Contract, reader_id: int) -> list[Entry]:
    side = Side.SELLER if contract.seller_id == reader_id else Side.BUYER
    return [
        Entry(
            contract=contract,
            line=planned.line.number,
            kg=planned.line.kg,
            side=side,
            delivery=planned.delivery,
            changes=len(planned.words) + _complete(planned),
            changed_at=(planned.words[-1].at if planned.words else contract.created_at),
            complete=_complete(planned),
        )
        for planned in planned_deliveries(session, contract)
    ]


def _complete(planned: Planned) -> bool:
    return planned.delivered_kg >= planned.line.kg
