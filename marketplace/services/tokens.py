"""Links that work once: confirm an address, set a new password, accept an invitation.

A row holds a random nonce; the link holds the nonce under a signature made when
the letter is sent. Neither the table nor the outbox alone opens anything.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.domain.errors import N_, Refused
from models.database import new_public_id
from models.organisations import User
from models.sessions import OneTimeToken

VERIFY_EMAIL = "verify-email"
RESET_PASSWORD = "reset-password"  # noqa: S105 - the name of a purpose
INVITATION = "invitation"
LIFETIMES = {VERIFY_EMAIL: timedelta(days=3), RESET_PASSWORD: timedelta(minutes=30)}

GONE = N_("Đường dẫn này đã dùng hoặc đã hết hạn. Xin một đường dẫn mới")


def sign_nonce(keys: Sequence[str], purpose: str, nonce: str) -> str:
    """What goes into the link; the last of the keys is today's."""
    return str(URLSafeSerializer(list(keys), salt=f"lienket.{purpose}").dumps(nonce))


def read_nonce(keys: Sequence[str], purpose: str, token: str) -> str:
    """The nonce of a link; Refused if we have not signed it for this purpose."""
    try:
        serializer = URLSafeSerializer(list(keys), salt=f"lienket.{purpose}")
        return str(serializer.loads(token))
    except BadSignature:
        raise Refused(GONE) from None


def issue_token(
    session: Session, user: User, purpose: str, *, now: datetime
) -> OneTimeToken:
    """A new right for this person, dead as soon as the password changes."""
    token = OneTimeToken(
        purpose=purpose,
        nonce=new_public_id(),
        user_id=user.id,
        password_version=user.password_version,
        expires_at=now + LIFETIMES[purpose],
        created_at=now,
    )
    session.add(token)
    return token


def peek_token(session: Session, purpose: str, nonce: str, *, now: datetime) -> User:
    """Whose right this is, without using it; Refused if it is used or over."""
    row = session.scalars(
        select(OneTimeToken).where(
            OneTimeToken.purpose == purpose, OneTimeToken.nonce == nonce
        )
    ).first()
    if (
        row is None
        or row.used_at is not None
        or row.expires_at <= now
        or row.password_version != row.user.password_version
        or not row.user.active
    ):
        raise Refused(GONE)
    return row.user


def use_token(session: Session, purpose: str, nonce: str, *, now: datetime) -> User:
    """Use the right up; of two at the same moment one is refused."""
    user = peek_token(session, purpose, nonce, now=now)
    used = session.execute(
        update(OneTimeToken)
        .where(
            OneTimeToken.purpose == purpose,
            OneTimeToken.nonce == nonce,
            OneTimeToken.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(OneTimeToken.id)
    )
    if used.first() is None:
        raise Refused(GONE)
    return user


def random_nonce() -> str:
    """For rows that carry their own nonce."""
    return secrets.token_urlsafe(16)
