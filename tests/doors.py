"""Through the door without the form: a signed-in client for a test."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.services.sessions import open_session
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
