"""Passwords and addresses: forgotten, changed, confirmed."""

from __future__ import annotations

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.auth import ChangePasswordForm, ForgottenForm, ResetForm
from forms.said import said
from marketplace.domain.errors import Refused
from marketplace.services import people, tokens
from marketplace.services.sessions import open_session
from marketplace.web.access import current_user, public, signed_in_user
from marketplace.web.auth import enter, failed
from marketplace.web.clock import now
from marketplace.web.limits import limiter
from marketplace.web.refusals import refused
from models.database import transaction

bp = Blueprint("account", __name__)


def link_keys() -> list[str]:
    """The keys that sign links: those of before, and today's."""
    fallbacks = current_app.config.get("SECRET_KEY_FALLBACKS") or []
    return [*fallbacks, current_app.config["SECRET_KEY"]]


def dead_link(refusal: Refused) -> ResponseReturnValue:
    """The page for a link that was used, is over, or was never ours."""
    message = said(refusal.message, refusal.params)
    page = render_template("auth/dead_link.html", message=message)
    return page, 410, {"Referrer-Policy": "no-referrer"}


@bp.route("/quen-mat-khau", methods=["GET", "POST"])
@limiter.limit("20 per hour", methods=["POST"])
@public
def forgotten() -> ResponseReturnValue:
    """Ask for a link; the answer is the same for everybody."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("auth/forgotten.html", form=form), status
    asked, address = form.identifier.data or "", request.remote_addr or ""
    with transaction() as session:
        people.ask_reset(session, asked, address=address, now=now())
    return redirect(url_for("account.link_sent"))


@bp.get("/quen-mat-khau/da-gui")
@public
def link_sent() -> ResponseReturnValue:
    """A letter is on its way, if there is an account."""
    return render_template("auth/link_sent.html")


@bp.route("/dat-lai-mat-khau/<token>", methods=["GET", "POST"])
@limiter.limit("20 per hour", methods=["POST"])
@public
def reset(token: str) -> ResponseReturnValue:
    """A new password by the link of a letter; all sessions end."""
    form = ResetForm()
    with transaction() as session:
        try:
            nonce = tokens.read_nonce(link_keys(), tokens.RESET_PASSWORD, token)
            tokens.peek_token(session, tokens.RESET_PASSWORD, nonce, now=now())
        except Refused as refusal:
            return dead_link(refusal)
        if form.validate_on_submit():
            password = form.password.data or ""
            with refused(session, form) as outcome:
                people.reset_password(session, nonce, password, now=now())
            if outcome.done:
                flash(_("Đã đặt mật khẩu mới. Đăng nhập bằng mật khẩu này."), "ok")
                return redirect(url_for("auth.sign_in"))
        status = 422 if form.is_submitted() else 200
        page = render_template("auth/reset.html", form=form)
        return page, status, {"Referrer-Policy": "no-referrer"}


@bp.route("/xac-nhan-thu/<token>", methods=["GET", "POST"])
@public
def confirm_email(token: str) -> ResponseReturnValue:
    """The address is theirs. By a button: mail programs open links by themselves."""
    with transaction() as session:
        try:
            nonce = tokens.read_nonce(link_keys(), tokens.VERIFY_EMAIL, token)
            user = tokens.peek_token(session, tokens.VERIFY_EMAIL, nonce, now=now())
            if request.method == "POST":
                people.confirm_email(session, nonce, now=now())
                flash(_("Đã xác nhận địa chỉ thư."), "ok")
                return redirect(url_for("auth.sign_in"))
        except Refused as refusal:
            return dead_link(refusal)
        page = render_template("auth/confirm_email.html", email=user.email)
        return page, 200, {"Referrer-Policy": "no-referrer"}


@bp.post("/xac-nhan-thu")
@signed_in_user
def send_confirmation() -> ResponseReturnValue:
    """Send the letter that confirms my address once more."""
    with transaction() as session:
        sent = people.resend_verification(session, current_user(), now=now())
    if sent:
        flash(_("Đã gửi thư xác nhận. Mở thư rồi bấm đường dẫn."), "ok")
    else:
        flash(_("Địa chỉ đã xác nhận, hoặc thư vừa gửi rồi. Xem lại hộp thư."), "info")
    return redirect(url_for("auth.sessions"))


@bp.route("/mat-khau", methods=["GET", "POST"])
@limiter.limit("10 per 5 minutes", methods=["POST"], deduct_when=failed)
@signed_in_user
def password() -> ResponseReturnValue:
    """Change my password; every other place is signed out."""
    form = ChangePasswordForm()
    if form.validate_on_submit() and _changed(form):
        flash(_("Đã đổi mật khẩu. Những nơi khác đã đăng xuất."), "ok")
        return redirect(url_for("auth.sessions"))
    status = 422 if form.is_submitted() else 200
    return render_template("auth/password.html", form=form), status


def _changed(form: ChangePasswordForm) -> bool:
    """Whether the password is new now; the browser then has a new session."""
    identity, token = current_user(), None
    old, new = form.current.data or "", form.password.data or ""
    with transaction() as session:
        with refused(session, form) as outcome:
            user = people.change_password(session, identity, old, new, now=now())
        if outcome.done and user is None:
            form.current.errors = [_("Mật khẩu hiện tại chưa đúng")]
        elif outcome.done and user is not None:
            token = open_session(
                session,
                user,
                user_agent=request.user_agent.string,
                address=request.remote_addr or "",
                now=now(),
            )
    if token is not None:
        enter(token)
    return token is not None


@bp.post("/ngon-ngu")
@signed_in_user
def language() -> ResponseReturnValue:
    """Remember the language of my pages and letters."""
    chosen = request.form.get("locale", "")
    if chosen in current_app.config["LANGUAGES"]:
        with transaction() as session:
            people.change_language(session, current_user(), chosen)
    return redirect(url_for("auth.sessions", lang=chosen))
