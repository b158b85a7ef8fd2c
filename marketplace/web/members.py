"""The people of an organisation: who is in, who is invited, who goes."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from forms.members import InviteForm, RoleForm
from marketplace.services import invitations
from marketplace.services import members as service
from marketplace.services.organisations import own_organisation
from marketplace.web.access import (
    Right,
    current_actor,
    current_user,
    requires,
    signed_in,
)
from marketplace.web.clock import now
from marketplace.web.idempotent import idempotent
from marketplace.web.labels import label
from marketplace.web.limits import limiter
from marketplace.web.refusals import refused
from models.database import transaction

bp = Blueprint("members", __name__, url_prefix="/thanh-vien")


def _roles(session: Session) -> list[tuple[str, str]]:
    who = current_actor()
    given = service.roles_to_give(own_organisation(session, who), who.role)
    return [(role.value, str(label(role))) for role in given]


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """Everybody in the organisation, and the invitations on their way."""
    with transaction(read_only=True) as session:
        who = current_actor()
        return render_template(
            "members/index.html",
            members=service.list_members(session, who),
            invitations=invitations.list_invitations(session, who, now=now()),
            me=who.user_id,
        )


@bp.route("/moi", methods=["GET", "POST"])
@limiter.limit("20 per hour", methods=["POST"])
@requires(Right.MANAGE_MEMBERS)
@idempotent
def invite() -> ResponseReturnValue:
    """Send a link to a colleague."""
    with transaction() as session:
        form = InviteForm(roles=_roles(session))
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                invitations.invite(session, current_actor(), form.command(), now=now())
            if outcome.done:
                flash(_("Đã gửi lời mời tới %(email)s.", email=form.email.value), "ok")
                return redirect(url_for("members.index"))
        status = 422 if form.is_submitted() else 200
        return render_template("members/invite.html", form=form), status


@bp.post("/moi/<public_id>/rut")
@requires(Right.MANAGE_MEMBERS)
@idempotent
def withdraw(public_id: str) -> ResponseReturnValue:
    """Make an invitation's link worthless."""
    with transaction() as session:
        who = current_actor()
        invitations.withdraw_invitation(session, who, public_id, now=now())
    flash(_("Đã rút lời mời."), "ok")
    return redirect(url_for("members.index"))


@bp.route("/<public_id>/vai-tro", methods=["GET", "POST"])
@requires(Right.MANAGE_MEMBERS)
@idempotent
def role(public_id: str) -> ResponseReturnValue:
    """Give a member another role."""
    with transaction() as session:
        member = service.access_member(session, current_actor(), public_id)
        form = RoleForm(roles=_roles(session), role=member.role.value)
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                service.change_role(session, current_actor(), public_id, form.change())
            if outcome.done:
                flash(_("Đã đổi vai trò của %(name)s.", name=member.user.name), "ok")
                return redirect(url_for("members.index"))
        status = 422 if form.is_submitted() else 200
        return render_template("members/role.html", form=form, member=member), status


@bp.route("/<public_id>/cho-roi", methods=["GET", "POST"])
@requires(Right.MANAGE_MEMBERS)
@idempotent
def remove(public_id: str) -> ResponseReturnValue:
    """Let a member go; a page asks first, since it cannot be taken back."""
    with transaction() as session:
        member = service.access_member(session, current_actor(), public_id)
        form = FlaskForm()
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                service.remove_member(session, current_actor(), public_id, now=now())
            if outcome.done:
                flash(_("%(name)s đã rời tổ chức.", name=member.user.name), "ok")
                return redirect(url_for("members.index"))
        status = 422 if form.is_submitted() else 200
        return render_template("members/remove.html", form=form, member=member), status


@bp.route("/roi-to-chuc", methods=["GET", "POST"])
@signed_in
@idempotent
def leave() -> ResponseReturnValue:
    """Leave the organisation oneself; the last director cannot."""
    with transaction() as session:
        who = current_actor()
        own = [
            m for m in service.list_members(session, who) if m.user_id == who.user_id
        ]
        form = FlaskForm()
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                service.remove_member(session, who, own[0].public_id, now=now())
            if outcome.done:
                flash(_("Đã rời %(name)s.", name=current_user().seat.name), "ok")  # type: ignore[union-attr]
                return redirect(url_for("auth.sign_in"))
        status = 422 if form.is_submitted() else 200
        return render_template("members/leave.html", form=form), status
