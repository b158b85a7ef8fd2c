"""Corrections of numbers that the reference data declare, by two officers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import relationship

from models.database import Base, Id, Mapped, Name, PublicId, Words, mapped_column
from models.organisations import Organisation, User
from models.reference import DeclaredBaseline


class BaselineCorrection(Base):
    """What should have been declared, and why; the declared row itself stays.

    It holds once a second officer has approved it; of several the last one holds.
    """

    __tablename__ = "baseline_corrections"
    __table_args__ = (
        # Who corrects what a colleague corrected meanwhile learns of it.
        UniqueConstraint("baseline_id", "number"),
        CheckConstraint("number > 0", name="numbered_from_one"),
        CheckConstraint("value <> '' AND source <> ''", name="has_its_source"),
        CheckConstraint("reason <> ''", name="says_why"),
        CheckConstraint(
            "(approved_by_id IS NULL) = (approved_at IS NULL)",
            name="approved_if_and_only_if_dated",
        ),
        CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> entered_by_id",
            name="four_eyes",
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    baseline_id: Mapped[int] = mapped_column(ForeignKey("declared_baselines.id"))
    number: Mapped[int]
    value: Mapped[Name]
    source: Mapped[Name]
    note: Mapped[Words] = mapped_column(default="")
    reason: Mapped[Words]
    withdrawn: Mapped[bool] = mapped_column(default=False)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    entered_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[datetime | None]

    baseline: Mapped[DeclaredBaseline] = relationship()
    organisation: Mapped[Organisation] = relationship()
    entered_by: Mapped[User] = relationship(foreign_keys=[entered_by_id])
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id])
