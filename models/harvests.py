"""Supply: the harvests that cooperatives expect, and every revision of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import relationship

from marketplace.domain.words import HarvestState, SeasonClass
from models.database import (
    Base,
    Code,
    Dong,
    Hectares,
    Id,
    Kilograms,
    Mapped,
    Name,
    PublicId,
    Timestamped,
    Words,
    mapped_column,
    words,
)
from models.organisations import Organisation, User
from models.papers import Certificate, GrowingArea, GrowingAreaCode
from models.reference import AdminUnit, Product, Variety


class Harvest(Timestamped, Base):
    """What a cooperative expects to harvest and sell, in kilograms.

    `limit_kg` is the likely forecast plus its tolerance: nothing is promised
    beyond it. A revision may fall below what is promised already; then
    `over_promised` says so, and nothing more can be promised until it is false.
    """

    __tablename__ = "harvests"
    __table_args__ = (
        CheckConstraint("window_start <= window_end", name="window_in_order"),
        CheckConstraint(
            "0 <= low_kg AND low_kg <= likely_kg AND likely_kg <= high_kg"
            " AND likely_kg > 0",
            name="forecast_in_order",
        ),
        CheckConstraint("floor_price_vnd >= 0", name="floor_not_negative"),
        CheckConstraint(
            "smallest_lot_kg >= 0 AND smallest_lot_kg <= high_kg",
            name="smallest_lot_fits",
        ),
        CheckConstraint("promised_kg >= 0", name="promised_not_negative"),
        CheckConstraint(
            "over_promised OR promised_kg <= limit_kg", name="never_oversold"
        ),
        CheckConstraint("tolerance_pct BETWEEN 0 AND 30", name="tolerance_in_band"),
        CheckConstraint("actual_kg >= 0", name="actual_not_negative"),
        Index("ix_harvests_market", "state", "product_id", "window_start"),
        UniqueConstraint("id", "organisation_id"),  # what proposals refer to
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), index=True
    )
    state: Mapped[HarvestState] = mapped_column(
        words(HarvestState), default=HarvestState.DRAFT
    )
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    variety_id: Mapped[int | None] = mapped_column(ForeignKey("varieties.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("growing_areas.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("admin_units.id"))
    place: Mapped[Name] = mapped_column(default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    season: Mapped[Code]
    season_class: Mapped[SeasonClass] = mapped_column(words(SeasonClass))
    harvested_area_ha: Mapped[Hectares | None]
    window_start: Mapped[date]
    window_end: Mapped[date]
    low_kg: Mapped[Kilograms]
    likely_kg: Mapped[Kilograms]
    high_kg: Mapped[Kilograms]
    tolerance_pct: Mapped[int] = mapped_column(default=0)
    limit_kg: Mapped[Kilograms]
    promised_kg: Mapped[Kilograms] = mapped_column(default=0)
    over_promised: Mapped[bool] = mapped_column(default=False)
    actual_kg: Mapped[Kilograms | None]
    # The owner's secret: shown to nobody else, on no page and in no log.
    floor_price_vnd: Mapped[Dong] = mapped_column(default=0)
    asking_price_vnd: Mapped[Dong | None]  # shown on the board, if the owner chose
    smallest_lot_kg: Mapped[Kilograms] = mapped_column(default=0)
    packaging: Mapped[Name] = mapped_column(default="")
    notes: Mapped[Words] = mapped_column(default="")
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    revision: Mapped[int] = mapped_column(default=1)
    posted_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()
    product: Mapped[Product] = relationship()
    variety: Mapped[Variety | None] = relationship()
    area: Mapped[GrowingArea | None] = relationship()
    unit: Mapped[AdminUnit] = relationship()
    grades: Mapped[list[HarvestGrade]] = relationship(
        back_populates="harvest",
        order_by="HarvestGrade.rank",
        cascade="all, delete-orphan",
    )
    papers: Mapped[list[HarvestPaper]] = relationship(
        back_populates="harvest", cascade="all, delete-orphan"
    )
    revisions: Mapped[list[HarvestRevision]] = relationship(
        back_populates="harvest", order_by="HarvestRevision.number"
    )


class HarvestGrade(Base):
    """The share of a grade in a harvest, in tenths of a percent; they sum 1000."""

    __tablename__ = "harvest_grades"
    __table_args__ = (
        CheckConstraint("share_permille BETWEEN 1 AND 1000", name="share_in_band"),
    )

    harvest_id: Mapped[int] = mapped_column(ForeignKey("harvests.id"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    share_permille: Mapped[int]

    harvest: Mapped[Harvest] = relationship(back_populates="grades")


class HarvestPaper(Base):
    """A certificate or a growing-area code that covers a harvest."""

    __tablename__ = "harvest_papers"
    __table_args__ = (
        CheckConstraint(
            "(certificate_id IS NULL) <> (code_id IS NULL)", name="one_paper_a_row"
        ),
        UniqueConstraint("harvest_id", "certificate_id"),
        UniqueConstraint("harvest_id", "code_id"),
    )

    id: Mapped[Id]
    harvest_id: Mapped[int] = mapped_column(ForeignKey("harvests.id"), index=True)
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificates.id"))
    code_id: Mapped[int | None] = mapped_column(ForeignKey("growing_area_codes.id"))

    harvest: Mapped[Harvest] = relationship(back_populates="papers")
    certificate: Mapped[Certificate | None] = relationship()
    code: Mapped[GrowingAreaCode | None] = relationship()


class HarvestRevision(Base):
    """What the forecast was after each change, with who made it and when."""

    __tablename__ = "harvest_revisions"

    harvest_id: Mapped[int] = mapped_column(ForeignKey("harvests.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    window_start: Mapped[date]
    window_end: Mapped[date]
    low_kg: Mapped[Kilograms]
    likely_kg: Mapped[Kilograms]
    high_kg: Mapped[Kilograms]
    reason: Mapped[Words] = mapped_column(default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]

    harvest: Mapped[Harvest] = relationship(back_populates="revisions")
    by: Mapped[User] = relationship()
