"""Registration in three short steps: who, which organisation, its papers.

What was typed is kept in the browser's own signed cookie until it is sent; the
password is asked for last and never kept. Every step answers the same whether or
not the e-mail or phone has an account.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from forms.organisations import (
    NEW,
    READ,
    TEXTS,
    AccountForm,
    NewOrganisationForm,
    PasswordStep,
    PickForm,
    ProfileForm,
)
from marketplace.domain.errors import Refused
from marketplace.services import claims, registration
from marketplace.services.organisation_profiles import OPEN_KINDS
from marketplace.services.organisations import search_register
from marketplace.services.units import communes_on
from marketplace.web.access import (
    current_identity,
    current_user,
    public,
    signed_in_user,
)
from marketplace.web.clock import now, today
from marketplace.web.idempotent import idempotent
from marketplace.web.labels import label
from marketplace.web.limits import limiter
from marketplace.web.refusals import refused
from models.database import transaction

bp = Blueprint("registration", __name__, url_prefix="/dang-ky")

DRAFT = "registration"
KEPT = (*TEXTS, *READ, "kind")


def draft() -> dict[str, Any]:
    """What this browser has typed so far."""
    kept = session.get(DRAFT)
    return kept if isinstance(kept, dict) else {}


def keep(**values: Any) -> None:
    """Remember more of it; it stays when the browser is closed."""
    session[DRAFT] = {**draft(), **values}
    session.permanent = True


def kinds() -> list[tuple[str, str]]:
    """The kinds of organisation that may register, in words."""
    return [(kind.value, str(label(kind))) for kind in OPEN_KINDS]


def _lacks_account() -> bool:
    return current_identity() is None and not draft().get("person")


@bp.get("/tiep")
@public
def resume() -> ResponseReturnValue:
    """Where this browser left off."""
    if _lacks_account():
        return redirect(url_for("registration.account"))
    step = "profile" if draft().get("pick") else "organisation"
    return redirect(url_for(f"registration.{step}"))


@bp.route("/tai-khoan", methods=["GET", "POST"])
@public
def account() -> ResponseReturnValue:
    """Step one: name, phone, e-mail."""
    if current_identity() is not None:
        return redirect(url_for("registration.organisation"))
    form = AccountForm(data=draft())
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("registration/account.html", form=form), status
    keep(
        person=form.person.data,
        phone=form.phone.value or "",
        email=form.email.value or "",
    )
    return redirect(url_for("registration.organisation"))


@bp.route("/to-chuc", methods=["GET", "POST"])
@limiter.limit("5 per second")
@public
def organisation() -> ResponseReturnValue:
    """Step two: one that is known, or a new one."""
    if _lacks_account():
        return redirect(url_for("registration.account"))
    text = request.args.get("q", "").strip()[:100]
    with transaction(read_only=True) as db_session:
        found = search_register(db_session, text)
        choices = [(one.public_id, one.name) for one in found] + [(NEW, "")]
        form = PickForm(found=choices, pick=draft().get("pick"))
        if form.validate_on_submit():
            keep(pick=form.pick.data)
            return redirect(url_for("registration.profile"))
        status = 422 if form.is_submitted() else 200
        page = "registration/organisation.html"
        return render_template(page, form=form, found=found, text=text), status


@bp.route("/ho-so", methods=["GET", "POST"])
@limiter.limit("30 per hour", methods=["POST"])
@public
@idempotent
def profile() -> ResponseReturnValue:
    """Step three: the papers of a new one, or a last look at a known one."""
    picked = draft().get("pick")
    if _lacks_account() or not picked:
        return redirect(url_for("registration.resume"))
    return _new() if picked == NEW else _known(str(picked))


def _new() -> ResponseReturnValue:
    form = _profile_form()
    if form.is_submitted():
        keep(profile={name: request.form.get(name, "")[:200] for name in KEPT})
    with transaction() as db_session:
        if form.validate_on_submit():
            with refused(db_session, form) as outcome:
                _register(db_session, form)
            if outcome.done:
                return _sent()
        status = 422 if form.is_submitted() else 200
        return render_template(
            "registration/profile.html",
            form=form,
            communes=communes_on(db_session, today()),
        ), status


def _register(db_session: Session, form: ProfileForm) -> None:
    profile = form.command()
    if identity := current_identity():
        registration.add_new(
            db_session, identity.user_id, profile, today=today(), now=now()
        )
    else:
        registration.register_new(
            db_session, _applicant(form), profile, today=today(), now=now()
        )


def _profile_form() -> ProfileForm:
    kind = NewOrganisationForm if current_identity() is None else ProfileForm
    return kind(kinds=kinds(), data=draft().get("profile"))


def _known(picked: str) -> ResponseReturnValue:
    form = PasswordStep() if current_identity() is None else FlaskForm()
    with transaction() as db_session:
        try:
            chosen = registration.claimable(db_session, picked)
        except Refused:
            keep(pick=None)
            return redirect(url_for("registration.organisation"))
        if form.validate_on_submit():
            with refused(db_session, form) as outcome:
                if identity := current_identity():
                    registration.add_claim(
                        db_session, identity.user_id, picked, now=now()
                    )
                else:
                    registration.register_claim(
                        db_session, _applicant(form), picked, now=now()
                    )
            if outcome.done:
                return _sent()
        status = 422 if form.is_submitted() else 200
        page = "registration/claim.html"
        return render_template(page, form=form, chosen=chosen), status


def _applicant(form: Any) -> registration.Applicant:
    kept = draft()
    return registration.Applicant(
        name=str(kept.get("person", "")),
        email=str(kept.get("email") or "") or None,
        phone=str(kept.get("phone") or "") or None,
        password=form.password.data or "",
        locale=str(get_locale()),
        address=request.remote_addr or "",
    )


def _sent() -> ResponseReturnValue:
    kept = session.pop(DRAFT, {})
    if current_identity() is not None:
        flash(_("Đã gửi hồ sơ. Cơ quan xác minh thường trả lời trong 2 ngày."), "ok")
        return redirect(url_for("registration.waiting"))
    session["registered"] = kept.get("phone") or kept.get("email") or ""
    return redirect(url_for("registration.sent"))


@bp.get("/da-gui")
@public
def sent() -> ResponseReturnValue:
    """Sent; the same words whether or not there was an account."""
    return render_template("registration/sent.html")


@bp.get("/cho-duyet")
@signed_in_user
def waiting() -> ResponseReturnValue:
    """Who has an account but no seat yet: what they wait for, or how to go on."""
    with transaction(read_only=True) as db_session:
        pending = claims.pending_claims(db_session, current_user().user_id)
        shown = [(one, claims.last_answer(db_session, one)) for one in pending]
        return render_template("registration/waiting.html", shown=shown)


@bp.post("/cho-duyet")
@signed_in_user
@idempotent
def resubmit() -> ResponseReturnValue:
    """Put a claim that was sent back before the officer again."""
    with transaction() as db_session:
        claims.resubmit_claim(db_session, current_user().user_id, now=now())
    flash(_("Đã gửi lại."), "ok")
    return redirect(url_for("registration.waiting"))
