"""People: signing in, passwords, addresses. Nothing here tells who has an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.errors import Refused
from marketplace.domain.identity import fold_email, normalise_phone
from marketplace.domain.words import NoticeKind
from marketplace.services.attempts import note_attempt
from marketplace.services.notices import write_letter
from marketplace.services.passwords import check_password, set_password
from marketplace.services.sessions import Identity, end_sessions_of, open_session
from marketplace.services.tokens import (
    RESET_PASSWORD,
    VERIFY_EMAIL,
    issue_token,
    use_token,
)
from models.organisations import User
from models.sessions import OneTimeToken

SIGN_IN_WINDOW, SIGN_IN_MOST = timedelta(minutes=5), 10
RESETS_A_DAY, VERIFICATIONS_IN_6_HOURS = 5, 3


@dataclass(frozen=True)
class SignIn:
    """What somebody types at the door, and from where."""

    identifier: str
    password: str
    remember: bool = False
    address: str = ""
    user_agent: str = ""


def find_user(session: Session, identifier: str) -> User | None:
    """The person with this e-mail or phone, however it is written."""
    kind, value = read_identifier(identifier)
    if kind == "email":
        return session.scalars(select(User).where(User.email == value)).first()
    if kind == "phone":
        return session.scalars(select(User).where(User.phone == value)).first()
    return None


def read_identifier(identifier: str) -> tuple[str, str]:
    """`email` or `phone` with the normal form, or `other` with the text itself."""
    try:
        if "@" in identifier:
            return "email", fold_email(identifier)
        return "phone", normalise_phone(identifier)
    except Refused:
        return "other", identifier.strip()[:254]


def sign_in(session: Session, command: SignIn, *, now: datetime) -> str | None:
    """A session token for the right password, else None; TooOften after ten tries."""
    user = prove_person(session, command, now=now)
    if user is None:
        return None
    return open_session(
        session,
        user,
        remember=command.remember,
        user_agent=command.user_agent,
        address=command.address,
        now=now,
    )


def prove_person(session: Session, command: SignIn, *, now: datetime) -> User | None:
    """Whose identifier and password these are; TooOften after ten tries.

    An unknown account takes as long as a wrong password and counts as much. No
    session is opened. The caller's transaction must end well, so that tries count.
    """
    kind, value = read_identifier(command.identifier)
    tries = note_attempt(
        session,
        "sign-in",
        [f"account:{kind}:{value}", f"address:{command.address}"],
        most=SIGN_IN_MOST,
        window=SIGN_IN_WINDOW,
        now=now,
    )
    user = find_user(session, command.identifier)
    if not check_password(user, command.password) or user is None or not user.active:
        return None
    for attempt in tries:
        attempt.succeeded = True
    return user


def ask_reset(
    session: Session, identifier: str, *, address: str, now: datetime
) -> None:
    """Send a link for a new password, if there is an account with an e-mail.

    The asker learns nothing; five letters a day are enough for anybody.
    """
    kind, value = read_identifier(identifier)
    note_attempt(
        session,
        "reset",
        [f"address:{address}"],
        most=RESETS_A_DAY * 4,
        window=timedelta(days=1),
        now=now,
    )
    user = find_user(session, f"{value}") if kind != "other" else None
    if user is not None and user.active:
        send_reset(session, user, now=now)


def send_reset(
    session: Session, user: User, *, now: datetime, because: str = "forgotten"
) -> None:
    """The letter itself; `because` says what has led to it."""
    if (
        user.email is None
        or _issued(session, user, RESET_PASSWORD, now) >= RESETS_A_DAY
    ):
        return
    token = issue_token(session, user, RESET_PASSWORD, now=now)
    _write(session, user, NoticeKind.RESET_PASSWORD, token, now, because=because)


def send_verification(session: Session, user: User, *, now: datetime) -> bool:
    """A letter that confirms the address; at most three in six hours."""
    since = now - timedelta(hours=6)
    if user.email is None or user.email_verified_at is not None:
        return False
    if _issued(session, user, VERIFY_EMAIL, now, since) >= VERIFICATIONS_IN_6_HOURS:
        return False
    token = issue_token(session, user, VERIFY_EMAIL, now=now)
    _write(session, user, NoticeKind.VERIFY_EMAIL, token, now)
    return True


def resend_verification(session: Session, identity: Identity, *, now: datetime) -> bool:
    """Send the person's own letter once more; False if there is no need or no more."""
    return send_verification(session, session.get_one(User, identity.user_id), now=now)


def _issued(
    session: Session,
    user: User,
    purpose: str,
    now: datetime,
    since: datetime | None = None,
) -> int:
    after = since or now - timedelta(days=1)
    mine = select(OneTimeToken.id).where(
        OneTimeToken.user_id == user.id,
        OneTimeToken.purpose == purpose,
        OneTimeToken.created_at > after,
    )
    return len(session.scalars(mine).all())


def _write(
    session: Session,
    user: User,
    kind: NoticeKind,
    token: OneTimeToken,
    now: datetime,
    **params: object,
) -> None:
    write_letter(
        session,
        kind,
        f"token:{token.nonce}",
        {"name": user.name, **params},
        recipient=user.email or "",
        name=user.name,
        locale=user.locale,
        now=now,
    )


def confirm_email(session: Session, nonce: str, *, now: datetime) -> User:
    """The link from the letter was opened: the address is theirs."""
    user = use_token(session, VERIFY_EMAIL, nonce, now=now)
    user.email_verified_at = user.email_verified_at or now
    return user


def reset_password(
    session: Session, nonce: str, password: str, *, now: datetime
) -> User:
    """Set a new password by a link; every session and every other link ends."""
    user = use_token(session, RESET_PASSWORD, nonce, now=now)
    set_password(user, password)
    user.email_verified_at = user.email_verified_at or now  # the letter arrived
    end_sessions_of(session, user.id, now=now)
    return user


def change_password(
    session: Session, identity: Identity, current: str, new: str, *, now: datetime
) -> User | None:
    """Set a new password with the old one; None if that was wrong.

    All sessions end, this one too: the caller opens a new one.
    """
    user = session.get_one(User, identity.user_id)
    tries = note_attempt(
        session,
        "change-password",
        [f"user:{user.id}"],
        most=SIGN_IN_MOST,
        window=SIGN_IN_WINDOW,
        now=now,
    )
    if not check_password(user, current):
        return None
    for attempt in tries:
        attempt.succeeded = True
    set_password(user, new)
    end_sessions_of(session, user.id, now=now)
    return user


def change_language(session: Session, identity: Identity, locale: str) -> None:
    """The language of pages and letters."""
    session.get_one(User, identity.user_id).locale = locale
