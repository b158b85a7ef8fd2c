"""Notices in the app, and letters by e-mail: the outbox of every use case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import relationship

from marketplace.domain.words import LetterState, NoticeKind
from models.database import (
    Base,
    Code,
    Id,
    Mapped,
    Name,
    PublicId,
    Words,
    mapped_column,
    words,
)
from models.organisations import Organisation, User


class Notice(Base):
    """Something waits for somebody; shown under the bell until it is read.

    `subject` names what it is about (`proposal:<public id>`), `params` fill the
    words. The key makes the same event speak to a person once.
    """

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("user_id", "kind", "subject", "version"),
        Index("ix_notices_user_id_read_at", "user_id", "read_at"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    kind: Mapped[NoticeKind] = mapped_column(words(NoticeKind))
    subject: Mapped[Code]
    version: Mapped[int] = mapped_column(default=1)
    params: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class Letter(Base):
    """An e-mail to send, written in the transaction that causes it.

    A worker claims it with a lease and a fence; the message id is fixed, so
    that a repeated sending is recognised by the receiver.
    """

    __tablename__ = "letters"
    __table_args__ = (
        UniqueConstraint("kind", "subject", "version", "recipient"),
        CheckConstraint(
            "(state = 'sent') = (sent_at IS NOT NULL)", name="sent_if_and_only_if_dated"
        ),
        Index("ix_letters_state_due_at", "state", "due_at"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    kind: Mapped[NoticeKind] = mapped_column(words(NoticeKind))
    subject: Mapped[Code]
    version: Mapped[int] = mapped_column(default=1)
    recipient: Mapped[str] = mapped_column(String(254))
    recipient_name: Mapped[Name] = mapped_column(default="")
    locale: Mapped[str] = mapped_column(String(2), default="vi")
    params: Mapped[dict[str, Any]]
    state: Mapped[LetterState] = mapped_column(words(LetterState))
    attempts: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[Words] = mapped_column(default="")
    created_at: Mapped[datetime]
