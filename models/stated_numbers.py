"""Targets, and numbers that somebody published: stated by officers, never counted."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Numeric
from sqlalchemy.orm import relationship

from marketplace.domain.words_board import BoardMetric, StatedKind
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
from models.reference import AdminUnit, AreaGroup, ProductGroup


class StatedNumber(Base):
    """One statement; a correction is a further row that replaces it.

    A target holds once a second officer has approved it. A published number holds
    as it is written, for it says no more than that its source says so; but what
    corrects it holds once a second officer has approved that.
    """

    __tablename__ = "stated_numbers"
    __table_args__ = (
        CheckConstraint("number >= 0", name="number_not_negative"),
        CheckConstraint(
            "(area_group_id IS NULL) <> (unit_id IS NULL)", name="of_one_area"
        ),
        CheckConstraint("source <> ''", name="has_its_source"),
        CheckConstraint(
            "(replaces_id IS NULL) = (reason = '')", name="a_correction_says_why"
        ),
        CheckConstraint(
            "NOT withdrawn OR replaces_id IS NOT NULL", name="withdraws_something"
        ),
        CheckConstraint(
            "(approved_by_id IS NULL) = (approved_at IS NULL)",
            name="approved_if_and_only_if_dated",
        ),
        CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> entered_by_id",
            name="four_eyes",
        ),
        CheckConstraint(
            "kind = 'target' OR replaces_id IS NOT NULL OR approved_by_id IS NULL",
            name="only_targets_and_corrections_approved",
        ),
        CheckConstraint("(kind = 'target') = (period <> '')", name="target_of_period"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    kind: Mapped[StatedKind] = mapped_column(words(StatedKind))
    metric: Mapped[BoardMetric] = mapped_column(words(BoardMetric))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("product_groups.id"))
    area_group_id: Mapped[int | None] = mapped_column(
        ForeignKey("area_groups.id"), index=True
    )
    unit_id: Mapped[int | None] = mapped_column(
        ForeignKey("admin_units.id"), index=True
    )
    # Of a target the last day of its period, else the day the number is said to be of.
    day: Mapped[date]
    period: Mapped[Code] = mapped_column(default="")
    number: Mapped[Decimal] = mapped_column(Numeric(14, 2))
    source: Mapped[Name]
    note: Mapped[Words] = mapped_column(default="")
    # Unique: who corrects a statement that was corrected meanwhile learns of it.
    replaces_id: Mapped[int | None] = mapped_column(
        ForeignKey("stated_numbers.id"), unique=True
    )
    reason: Mapped[Words] = mapped_column(default="")
    withdrawn: Mapped[bool] = mapped_column(default=False)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    entered_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[datetime | None]

    group: Mapped[ProductGroup | None] = relationship()
    area_group: Mapped[AreaGroup | None] = relationship()
    unit: Mapped[AdminUnit | None] = relationship()
    replaces: Mapped[StatedNumber | None] = relationship(remote_side="StatedNumber.id")
    organisation: Mapped[Organisation] = relationship()
    entered_by: Mapped[User] = relationship(foreign_keys=[entered_by_id])
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id])

    @property
    def holds(self) -> bool:
        """Whether it needs no second officer, or has one."""
        first = self.kind is StatedKind.BASELINE and self.replaces_id is None
        return first or self.approved_at is not None

    @property
    def area_name(self) -> str:
        """The area as it is called."""
        area = self.area_group or self.unit
        return area.name if area else ""
