"""The door: sign in, sign out, everywhere, and from one organisation to another."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.auth import SignInForm
from marketplace.domain.identity import format_phone
from marketplace.services import people
from marketplace.services.sessions import (
    Identity,
    end_own_session,
    end_session,
    end_sessions_of,
    identify,
    list_sessions,
    switch_seat,
)
from marketplace.web import sessions as browser
from marketplace.web.access import (
    current_identity,
    current_user,
    public,
    signed_in_user,
)
from marketplace.web.addresses import safe_path
from marketplace.web.clock import now
from marketplace.web.limits import limiter
from marketplace.web.shell import url_if
from marketplace.web.words import NOTHING
from models.database import transaction

bp = Blueprint("auth", __name__)


def home_url() -> str:
    """Where somebody lands who has just signed in."""
    identity = current_identity()
    if identity is not None and identity.seat is None:
        return url_for("registration.waiting")
    officer = identity is not None and identity.actor and identity.actor.is_officer
    return (url_if("board.overview") if officer else "") or url_for("home.today")


def device(user_agent: str) -> str:
    """What people call the machine: "Chrome, Android"."""
    browsers = {
        "Edg": "Edge",
        "Firefox": "Firefox",
        "Chrome": "Chrome",
        "Safari": "Safari",
    }
    systems = {
        "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows",
        "Mac OS": "Mac", "Linux": "Linux",
    }  # fmt: skip
    found = (
        next((name for key, name in names.items() if key in user_agent), "")
        for names in (browsers, systems)
    )
    return ", ".join(filter(None, found)) or _("Trình duyệt khác")


def failed(response: object) -> bool:
    """Only a refused try counts against the limit."""
    return getattr(response, "status_code", 0) == 422


def enter(token: str, *, remember: bool = False) -> Identity:
    """Put a session that was just opened into the cookie."""
    with transaction(read_only=True) as session:
        identity = identify(session, token, now=now())
    assert identity is not None
    browser.sign_in(token, identity, remember=remember)
    return identity


@bp.route("/dang-nhap", methods=["GET", "POST"])
@limiter.limit("10 per 5 minutes", methods=["POST"], deduct_when=failed)
@public
def sign_in() -> ResponseReturnValue:
    """E-mail or phone, and the password; one answer for everything that fails."""
    form = SignInForm(next=request.args.get("next"))
    if request.method == "GET" and current_identity() is not None:
        return redirect(home_url())
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("auth/sign_in.html", form=form), status
    command = form.command(request.remote_addr or "", request.user_agent.string)
    with transaction() as session:
        token = people.sign_in(session, command, now=now())
    if token is None:
        form.form_errors.append(
            _("Số điện thoại, e-mail hoặc mật khẩu chưa đúng. Xem lại rồi thử lại.")
        )
        return render_template("auth/sign_in.html", form=form), 422
    enter(token, remember=command.remember)
    wanted = safe_path(form.next.data)
    return redirect(wanted if wanted != "/" else home_url())


@bp.post("/dang-xuat")
@public
def sign_out() -> ResponseReturnValue:
    """End this session, and every copy of its cookie."""
    if token := browser.current_token():
        with transaction() as session:
            end_session(session, token, now=now())
    browser.sign_out()
    flash(_("Đã đăng xuất."), "ok")
    return redirect(url_for("auth.sign_in"))


@bp.get("/noi-dang-nhap")
@signed_in_user
def sessions() -> ResponseReturnValue:
    """Where I am signed in; each place can be ended."""
    with transaction(read_only=True) as session:
        identity = current_user()
        return render_template(
            "auth/sessions.html",
            rows=list_sessions(session, identity.user_id, now=now()),
            here_id=identity.session_id,
            identity=identity,
        )


@bp.post("/noi-dang-nhap/<int:session_id>/ket-thuc")
@signed_in_user
def end(session_id: int) -> ResponseReturnValue:
    """Sign one of my browsers out."""
    with transaction() as session:
        end_own_session(session, current_user().user_id, session_id, now=now())
    if session_id == current_user().session_id:
        browser.sign_out()
        return redirect(url_for("auth.sign_in"))
    flash(_("Đã đăng xuất nơi đó."), "ok")
    return redirect(url_for("auth.sessions"))


@bp.post("/dang-xuat-moi-noi")
@signed_in_user
def sign_out_everywhere() -> ResponseReturnValue:
    """End all sessions, this one too."""
    with transaction() as session:
        end_sessions_of(session, current_user().user_id, now=now())
    browser.sign_out()
    flash(_("Đã đăng xuất ở mọi nơi."), "ok")
    return redirect(url_for("auth.sign_in"))


@bp.post("/doi-to-chuc")
@signed_in_user
def switch() -> ResponseReturnValue:
    """Act for another of my organisations."""
    with transaction() as session:
        switch_seat(session, current_user(), request.form.get("organisation", ""))
    return redirect(home_url())


@bp.get("/dang-ky")
@public
def register() -> ResponseReturnValue:
    """Registration begins, or goes on where it was left."""
    return redirect(url_for("registration.resume"))


def init_app(app: Flask) -> None:
    """Templates name the machines that are signed in, and write telephone numbers."""
    app.jinja_env.globals["device"] = device
    app.jinja_env.filters["phone"] = lambda number: (
        format_phone(number) if number else NOTHING
    )
