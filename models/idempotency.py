"""The memory that makes a double tap do nothing twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String

from models.database import Base, Code, Digest, Mapped, Words, mapped_column


class IdempotencyKey(Base):
    """A form's key and what it answered; stored together with the effect."""

    __tablename__ = "idempotency_keys"

    scope: Mapped[Code] = mapped_column(primary_key=True)  # user or browser
    route: Mapped[Code] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[Digest]
    status: Mapped[int]
    location: Mapped[Words]
    created_at: Mapped[datetime]
