"""Who may open what. Every view carries exactly one rule, or a test fails.

    @bp.get("/")
    @public                       everybody
    @signed_in                    anybody with a seat in an organisation
    @signed_in_user               signed in, perhaps without an organisation yet
    @requires(Right.SELL)         who has this right in the organisation

Objects are guarded by the services' loaders, which say NotFound to strangers.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, NoReturn, TypeVar

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user as _current_user

from marketplace.domain.actor import Actor, Role
from marketplace.domain.words import OrganisationKind
from marketplace.services.sessions import Identity, Seat
from marketplace.web.addresses import here

View = TypeVar("View", bound=Callable[..., Any])


class Right(StrEnum):
    """What a seat allows, whatever the object."""

    SELL = "sell"
    BUY = "buy"
    SIGN = "sign"
    DELIVER = "deliver"
    MANAGE_MEMBERS = "manage_members"
    OFFICIATE = "officiate"
    ADMINISTER = "administer"


PUBLIC = "public"
SIGNED_IN = "signed_in"
SIGNED_IN_USER = "signed_in_user"

# A cooperative may buy and an enterprise may sell: kinds are not sides.
_TRADING: dict[Right, frozenset[Role]] = {
    Right.SELL: frozenset({Role.DIRECTOR, Role.STAFF, Role.ADMINISTRATOR}),
    Right.BUY: frozenset({Role.DIRECTOR, Role.STAFF, Role.BUYER, Role.ADMINISTRATOR}),
    Right.SIGN: frozenset({Role.DIRECTOR, Role.ADMINISTRATOR}),
    # Weighing, inspecting and paying are daily work of both sides.
    Right.DELIVER: frozenset(
        {Role.DIRECTOR, Role.STAFF, Role.BUYER, Role.ADMINISTRATOR}
    ),
    Right.MANAGE_MEMBERS: frozenset({Role.DIRECTOR, Role.ADMINISTRATOR}),
}
_AUTHORITY: dict[Right, frozenset[Role]] = {
    Right.OFFICIATE: frozenset({Role.OFFICER}),
    Right.MANAGE_MEMBERS: frozenset({Role.DIRECTOR, Role.ADMINISTRATOR}),
    Right.ADMINISTER: frozenset({Role.DIRECTOR, Role.ADMINISTRATOR}),
}


def has_right(seat: Seat | None, right: Right) -> bool:
    """Whether the role in the organisation carries the right."""
    if seat is None:
        return False
    authority = seat.kind is OrganisationKind.AUTHORITY
    return seat.role in (_AUTHORITY if authority else _TRADING).get(right, ())


def can(right: str) -> bool:
    """For templates: whether who is signed in has the right."""
    identity = current_identity()
    return identity is not None and has_right(identity.seat, Right(right))


def current_identity() -> Identity | None:
    """Who is signed in, or None."""
    return getattr(_current_user, "identity", None)


def current_user() -> Identity:
    """Who is signed in; leads to the sign-in page if nobody is."""
    identity = current_identity()
    if identity is None:
        _ask_to_sign_in()
    return identity


def current_actor() -> Actor:
    """In whose name the request acts; leads to registration without a seat."""
    identity = current_user()
    if identity.actor is None:
        abort(redirect(url_for("registration.waiting")))
    return identity.actor


def public(view: View) -> View:
    """Everybody may open it."""
    view.access_rule = PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Who has a seat in an organisation may open it."""
    return _guarded(view, SIGNED_IN, current_actor)


def signed_in_user(view: View) -> View:
    """Who is signed in may open it, also while no organisation has them yet."""
    return _guarded(view, SIGNED_IN_USER, current_user)


def requires(right: Right) -> Callable[[View], View]:
    """Who has the right may open it; 403 for others who are signed in."""

    def check() -> None:
        current_actor()
        identity = current_identity()
        if identity is None or not has_right(identity.seat, right):
            abort(403)

    def decorate(view: View) -> View:
        return _guarded(view, right.value, check)

    return decorate


def _guarded(view: View, rule: str, check: Callable[[], object]) -> View:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        check()
        return view(*args, **kwargs)  # type: ignore[no-any-return]

    guarded.access_rule = rule  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def _ask_to_sign_in() -> NoReturn:
    if request.path.startswith("/api/"):
        abort(401)
    back = here() if request.method == "GET" else None
    target = url_for("auth.sign_in", next=back)
    if request.headers.get("HX-Request"):
        response = redirect(target)
        response.status_code = 401
        response.headers["HX-Redirect"] = target  # else the page lands in a fragment
        abort(response)
    flash(_("Đăng nhập để xem trang này."), "info")
    abort(redirect(target))
