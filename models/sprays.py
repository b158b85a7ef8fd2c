"""The spray diary of gardens: what was sprayed, and until when nothing is picked."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import relationship

from models.database import (
    Base,
    Digest,
    Id,
    Mapped,
    Name,
    PublicId,
    Words,
    mapped_column,
)
from models.organisations import User
from models.papers import GrowingArea
from models.plots import Plot


class Spray(Base):
    """One treatment of a garden, or of one plot of it; wrong ones stay, declared so.

    `interval_days` is the pre-harvest interval of the label (thời gian cách ly):
    picking may begin on `sprayed_on` plus so many days. `after_picking` is told of a
    day on which the garden was picked too.
    """

    __tablename__ = "sprays"
    __table_args__ = (
        CheckConstraint("interval_days BETWEEN 0 AND 120", name="interval_in_band"),
        CheckConstraint(
            "(wrong_at IS NULL) = (wrong_reason = '')", name="wrong_says_why"
        ),
        Index("ix_sprays_area", "area_id", "sprayed_on"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    area_id: Mapped[int] = mapped_column(ForeignKey("growing_areas.id"))
    plot_id: Mapped[int | None] = mapped_column(ForeignKey("plots.id"))
    sprayed_on: Mapped[date]
    product: Mapped[Name]
    substance: Mapped[Name] = mapped_column(default="")
    dose: Mapped[Name] = mapped_column(default="")
    against: Mapped[Name] = mapped_column(default="")
    interval_days: Mapped[int]
    after_picking: Mapped[bool | None]
    digest: Mapped[Digest]
    by_user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime]
    wrong_at: Mapped[datetime | None]
    wrong_reason: Mapped[Words] = mapped_column(default="")

    area: Mapped[GrowingArea] = relationship()
    plot: Mapped[Plot | None] = relationship()
    by_user: Mapped[User] = relationship()
