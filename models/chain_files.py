"""Evidence that came with an event of a chain: photos drawn anew, and PDF files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import relationship

from marketplace.domain.evidence import MOST_FILE, MediaType
from models.chains import Chain
from models.database import (
    Base,
    Digest,
    Id,
    Mapped,
    Name,
    mapped_column,
    words,
)
from models.monitoring import ChainEvent


class ChainFile(Base):
    """A file of one event, seen by whoever reads the event; never changed.

    Lists never read its bytes: they are opened for one file at a time.
    """

    __tablename__ = "chain_files"
    __table_args__ = (
        UniqueConstraint("chain_id", "number"),
        UniqueConstraint("event_id", "digest"),
        CheckConstraint(f"length(data) <= {MOST_FILE}", name="data_bounded"),
    )

    id: Mapped[Id]
    chain_id: Mapped[int] = mapped_column(ForeignKey("chains.id"))
    number: Mapped[int]
    event_id: Mapped[int] = mapped_column(ForeignKey("chain_events.id"))
    name: Mapped[Name]
    media_type: Mapped[MediaType] = mapped_column(words(MediaType))
    digest: Mapped[Digest]
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    at: Mapped[datetime]

    chain: Mapped[Chain] = relationship()
    event: Mapped[ChainEvent] = relationship()
