"""From a cookie to a person: Flask-Login over the table of sessions."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, g, request, session
from flask_login import (
    AnonymousUserMixin,
    LoginManager,
    UserMixin,
    current_user,
    login_user,
    logout_user,
)
from sqlalchemy.exc import SQLAlchemyError

from marketplace.services.sessions import (
    OWN_DEVICE,
    TOUCH_EVERY,
    Identity,
    identify,
    touch_session,
)
from marketplace.web import shell
from marketplace.web.access import can, current_identity
from marketplace.web.clock import now
from marketplace.web.navigation import kind_of
from models.database import transaction

UNSIGNED = frozenset({"static", "health.alive", "health.ready"})

login_manager = LoginManager()
login_manager.session_protection = None  # phones change their address all day


class SignedIn(UserMixin):
    """What Flask-Login wants to know; plain values, good in every transaction."""

    def __init__(self, token: str, identity: Identity) -> None:
        self.token = token
        self.identity = identity

    @property
    def locale(self) -> str:
        """The language the person has chosen."""
        return self.identity.locale

    def get_id(self) -> str:
        """What the signed cookie holds."""
        return self.token


@login_manager.user_loader
def _load(token: str) -> SignedIn | None:
    moment = now()
    with transaction(read_only=True) as db_session:
        identity = identify(db_session, token, now=moment)
    if identity is None:
        return None
    if moment - identity.last_seen_at > TOUCH_EVERY:
        with transaction() as db_session:
            touch_session(db_session, identity.session_id, now=moment)
    return SignedIn(token, identity)


def sign_in(token: str, identity: Identity, *, remember: bool) -> None:
    """Put a fresh token into a fresh cookie: one planted before is worthless."""
    session.clear()
    session.permanent = remember
    login_user(SignedIn(token, identity))


def sign_out() -> None:
    """Empty the cookie; the row is ended by the service."""
    logout_user()
    session.clear()


def current_token() -> str:
    """The token of this request's session, or nothing."""
    return str(getattr(current_user, "token", ""))


def _load_early() -> None:
    """Before the view opens its transaction, so that the two do not mix."""
    if request.endpoint in UNSIGNED or "_user_id" not in session:
        g.setdefault("_login_user", AnonymousUserMixin())
        return
    try:
        current_identity()
    except SQLAlchemyError:
        g.setdefault("_login_user", AnonymousUserMixin())  # the error page asks again
        raise


def _current_organisation() -> shell.Organisation | None:
    identity = current_identity()
    if identity is None or identity.seat is None:
        return None
    seat = identity.seat
    return shell.Organisation(
        name=seat.name,
        place=seat.place,
        kind=kind_of(seat.kind),
        public_id=seat.public_id,
        others=tuple(
            shell.Organisation(
                other.name, other.place, kind_of(other.kind), other.public_id
            )
            for other in identity.others
        ),
    )


def init_login(app: Flask) -> None:
    """Load who is signed in, once a request, and tell the frame."""
    app.config["PERMANENT_SESSION_LIFETIME"] = OWN_DEVICE + timedelta(days=1)
    login_manager.init_app(app)
    app.before_request(_load_early)
    app.jinja_env.globals["can"] = can


shell.register_current(_current_organisation)
