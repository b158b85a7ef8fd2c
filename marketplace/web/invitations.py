"""The page behind an invitation's link."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from forms.auth import NewcomerForm
from marketplace.domain.errors import Refused
from marketplace.services import invitations as service
from marketplace.services.sessions import end_session, open_session
from marketplace.services.tokens import INVITATION, read_nonce
from marketplace.web.access import current_identity, public
from marketplace.web.account import dead_link, link_keys
from marketplace.web.auth import enter, home_url
from marketplace.web.clock import now
from marketplace.web.limits import limiter
from marketplace.web.refusals import refused
from marketplace.web.sessions import current_token
from models.database import transaction

bp = Blueprint("invitations", __name__)


@bp.route("/loi-moi/<token>", methods=["GET", "POST"])
@limiter.limit("30 per hour", methods=["POST"])
@public
def accept(token: str) -> ResponseReturnValue:
    """Join an organisation: with the account one has, or with a new one."""
    identity = current_identity()
    form = NewcomerForm() if identity is None else FlaskForm()
    opened = ""
    with transaction() as session:
        try:
            nonce = read_nonce(link_keys(), INVITATION, token)
            invitation = service.peek_invitation(session, nonce, now=now())
        except Refused as refusal:
            return dead_link(refusal)
        known = service.invited_user(session, invitation) is not None
        if form.validate_on_submit() and (identity is not None or not known):
            with refused(session, form):
                opened = _join(session, form, nonce)
        if not opened:
            status = 422 if form.is_submitted() else 200
            page = render_template(
                "members/accept.html", form=form, invitation=invitation, known=known
            )
            return page, status, {"Referrer-Policy": "no-referrer"}
    enter(opened)
    flash(_("Đã vào tổ chức."), "ok")
    return redirect(home_url())


def _join(session: Session, form: Any, nonce: str) -> str:
    """Accept, and open a session in the new seat; returns its token."""
    identity = current_identity()
    if identity is not None:
        member = service.accept_as(session, identity.user_id, nonce, now=now())
        end_session(session, current_token(), now=now())
    else:
        newcomer = service.Newcomer(
            name=form.person.data or "",
            password=form.password.data or "",
            locale=str(get_locale()),
        )
        member = service.accept_as_newcomer(session, newcomer, nonce, now=now())
    return open_session(
        session,
        member.user,
        membership=member,
        user_agent=request.user_agent.string,
        address=request.remote_addr or "",
        now=now(),
    )
