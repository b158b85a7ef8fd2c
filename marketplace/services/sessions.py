"""Signed-in browsers: rows that end at sign-out, removal or a new password.

The cookie holds a random token, the table only its digest; whoever copied the
cookie before the row ended has nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor, Role
from marketplace.domain.errors import NotFound
from marketplace.domain.words import (
    MembershipState,
    OrganisationKind,
    OrganisationState,
)
from marketplace.services.units import scope_of
from models.organisations import Membership, Organisation, User
from models.sessions import UserSession

OWN_DEVICE = timedelta(days=90)
OWN_DEVICE_IDLE = timedelta(days=30)
SHARED_DEVICE = timedelta(hours=12)
OFFICER = timedelta(hours=8)  # officers see everybody's papers
IDLE = timedelta(hours=2)
TOUCH_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class Seat:
    """A role in an organisation that the person may act in."""

    membership_id: int
    organisation_id: int
    public_id: str
    name: str
    place: str
    kind: OrganisationKind
    state: OrganisationState
    role: Role


@dataclass(frozen=True)
class Identity:
    """Who is signed in, in which seat, and where else they could sit."""

    session_id: int
    user_id: int
    name: str
    email: str
    locale: str
    last_seen_at: datetime
    seat: Seat | None
    others: tuple[Seat, ...]
    actor: Actor | None


def open_session(
    session: Session,
    user: User,
    *,
    remember: bool = False,
    membership: Membership | None = None,
    user_agent: str = "",
    address: str = "",
    now: datetime,
) -> str:
    """Sign a person in; returns the token for the cookie, kept nowhere else."""
    seats = _memberships(session, user.id)
    chosen = membership or (seats[0] if seats else None)
    token = secrets.token_urlsafe(32)
    session.add(
        UserSession(
            token_digest=_digest(token),
            user_id=user.id,
            membership_id=chosen.id if chosen else None,
            password_version=user.password_version,
            user_agent=user_agent[:200],
            address=address[:64],
            created_at=now,
            last_seen_at=now,
            expires_at=now + _longest(seats, remember),
        )
    )
    session.flush()  # the next request may come at once
    return token


def _longest(seats: Sequence[Membership], remember: bool) -> timedelta:
    if any(seat.role is Role.OFFICER for seat in seats):
        return OFFICER
    return OWN_DEVICE if remember else SHARED_DEVICE


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def identify(session: Session, token: str, *, now: datetime) -> Identity | None:
    """Who holds this token; None if the session ended, expired or lay idle."""
    row = session.scalars(
        select(UserSession)
        .where(UserSession.token_digest == _digest(token))
        .options(joinedload(UserSession.user))
    ).first()
    if row is None or not _is_alive(row, now):
        return None
    seats = _memberships(session, row.user_id)
    chosen = next((m for m in seats if m.id == row.membership_id), None)
    chosen = chosen or (seats[0] if seats else None)
    return Identity(
        session_id=row.id,
        user_id=row.user_id,
        name=row.user.name,
        email=row.user.email or "",
        locale=row.user.locale,
        last_seen_at=row.last_seen_at,
        seat=_seat(chosen) if chosen else None,
        others=tuple(_seat(m) for m in seats if m is not chosen),
        actor=actor_of(session, chosen) if chosen else None,
    )


def _is_alive(row: UserSession, now: datetime) -> bool:
    own = row.expires_at - row.created_at > timedelta(days=1)
    return (
        row.ended_at is None
        and row.user.active
        and row.password_version == row.user.password_version
        and now < row.expires_at
        and now - row.last_seen_at < (OWN_DEVICE_IDLE if own else IDLE)
    )


def _memberships(session: Session, user_id: int) -> Sequence[Membership]:
    """Active ones, the oldest first."""
    return session.scalars(
        select(Membership)
        .where(
            Membership.user_id == user_id,
            Membership.state == MembershipState.ACTIVE,
        )
        .options(joinedload(Membership.organisation).joinedload(Organisation.unit))
        .order_by(Membership.id)
    ).all()


def _seat(membership: Membership) -> Seat:
    organisation = membership.organisation
    return Seat(
        membership_id=membership.id,
        organisation_id=organisation.id,
        public_id=organisation.public_id,
        name=organisation.short_name,
        place=organisation.unit.name,
        kind=organisation.kind,
        state=organisation.state,
        role=membership.role,
    )


def actor_of(session: Session, membership: Membership) -> Actor:
    """In whose name a member acts; an officer's comes with the scope."""
    scope: frozenset[int] = frozenset()
    if membership.role is Role.OFFICER:
        scope = scope_of(session, membership)
    return Actor(membership.user_id, membership.organisation_id, membership.role, scope)


def touch_session(session: Session, session_id: int, *, now: datetime) -> None:
    """The person was here just now."""
    session.execute(
        update(UserSession).where(UserSession.id == session_id).values(last_seen_at=now)
    )


def end_session(session: Session, token: str, *, now: datetime) -> None:
    """Sign this browser out, and every copy of its cookie."""
    session.execute(
        update(UserSession)
        .where(
            UserSession.token_digest == _digest(token), UserSession.ended_at.is_(None)
        )
        .values(ended_at=now)
    )


def end_sessions_of(
    session: Session,
    user_id: int,
    *,
    now: datetime,
    but: int | None = None,
    membership_id: int | None = None,
) -> None:
    """Sign a person out everywhere, but for one session, or of one seat only."""
    ending = update(UserSession).where(
        UserSession.user_id == user_id, UserSession.ended_at.is_(None)
    )
    if but is not None:
        ending = ending.where(UserSession.id != but)
    if membership_id is not None:
        ending = ending.where(UserSession.membership_id == membership_id)
    session.execute(ending.values(ended_at=now))


def list_sessions(
    session: Session, user_id: int, *, now: datetime
) -> Sequence[UserSession]:
    """Where the person is signed in, the latest first."""
    rows = session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
        .options(joinedload(UserSession.user))
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
    )
    return [row for row in rows if _is_alive(row, now)]


def end_own_session(
    session: Session, user_id: int, session_id: int, *, now: datetime
) -> None:
    """End one of one's own sessions; NotFound if it is somebody else's."""
    row = session.get(UserSession, session_id)
    if row is None or row.user_id != user_id:
        raise NotFound
    row.ended_at = row.ended_at or now


def switch_seat(
    session: Session, identity: Identity, organisation_public_id: str
) -> None:
    """Act for another of one's organisations; NotFound if it is not one's own."""
    for seat in identity.others:
        if seat.public_id == organisation_public_id:
            row = session.get_one(UserSession, identity.session_id)
            row.membership_id = seat.membership_id
            return
    raise NotFound
