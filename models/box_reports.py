"""What people who hold a box say is wrong with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import relationship

from marketplace.domain.words_codes import BoxComplaint
from models.database import (
    Base,
    Id,
    Mapped,
    Name,
    PublicId,
    Words,
    mapped_column,
    words,
)
from models.lots import Lot
from models.organisations import User


class BoxReport(Base):
    """A stranger's word about a box of a lot; it stays open until somebody answers.

    The contact is only what the person chose to leave; it goes when it is answered.
    """

    __tablename__ = "box_reports"
    __table_args__ = (
        CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed_by_somebody"
        ),
        CheckConstraint(
            "(closed_at IS NULL) = (answer = '')", name="closed_with_words"
        ),
        CheckConstraint(
            "closed_at IS NULL OR contact = ''", name="contact_only_while_open"
        ),
        Index("ix_box_reports_lot", "lot_id", "at"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"))
    complaint: Mapped[BoxComplaint] = mapped_column(words(BoxComplaint))
    text: Mapped[Words]
    contact: Mapped[Name] = mapped_column(default="")
    at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answer: Mapped[Words] = mapped_column(default="")

    lot: Mapped[Lot] = relationship()
    closed_by: Mapped[User | None] = relationship()
