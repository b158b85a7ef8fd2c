"""Through the door without the form: a signed-in client for a test."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.api.keys import RULE as BY_KEY
from marketplace.domain.actor import Actor
from marketplace.services.sessions import Seat, identify, open_session
from marketplace.web.access import (
    PUBLIC,
    SIGNED_IN,
    SIGNED_IN_USER,
    Right,
    has_right,
)
from marketplace.web.clock import now
from models.organisations import Membership, User


def enter(client: FlaskClient, session: Session, who: Actor) -> FlaskClient:
    """Sign the actor in on this client; pages then open as for them."""
    user = session.get_one(User, who.user_id)
    seat = session.scalars(
        select(Membership).where(
            Membership.user_id == who.user_id,
            Membership.organisation_id == who.organisation_id,
        )
    ).one()
    token = open_session(session, user, membership=seat, now=now())
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return client


def seat_of(client: FlaskClient, session: Session) -> Seat | None:
    """In whose name the client acts."""
    with client.session_transaction() as cookie:
        token = cookie.get("_user_id")
    identity = identify(session, token, now=now()) if token else None
    return identity.seat if identity else None


def may_open(seat: Seat | None, rule: str | None) -> bool:
    """Whether who sits there gets past the guard of a route, which asks nothing else."""
    if seat is None or rule == BY_KEY:  # people have no keys of software
        return rule == PUBLIC
    everybody = rule in (PUBLIC, SIGNED_IN, SIGNED_IN_USER)
    return everybody or has_right(seat, Right(rule))
