"""Browsers that are signed in, and what guards the door they came through."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import relationship

from models.database import Base, Code, Id, Mapped, Name, Timestamped, mapped_column
from models.organisations import Membership, User


class UserSession(Timestamped, Base):
    """A signed-in browser; it ends here, whatever cookie somebody copied."""

    __tablename__ = "user_sessions"

    id: Mapped[Id]
    # SHA-256 of the token in the cookie: the table alone opens no session.
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("memberships.id"))
    password_version: Mapped[int]
    user_agent: Mapped[Name] = mapped_column(default="")
    address: Mapped[Code] = mapped_column(default="")
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
    membership: Mapped[Membership | None] = relationship()


class OneTimeToken(Timestamped, Base):
    """A single-use right: verify an e-mail address, or reset a password."""

    __tablename__ = "one_time_tokens"
    __table_args__ = (UniqueConstraint("purpose", "nonce"),)

    id: Mapped[Id]
    purpose: Mapped[Code]
    nonce: Mapped[Code]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    password_version: Mapped[int]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class Attempt(Base):
    """One try at a guarded door, kept to slow down who guesses."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_door_key_at", "door", "key", "at"),)

    id: Mapped[Id]
    door: Mapped[Code]
    key: Mapped[Code]
    at: Mapped[datetime]
    succeeded: Mapped[bool] = mapped_column(default=False)
