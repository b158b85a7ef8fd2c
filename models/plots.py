"""Plots: pieces of a growing area as geometry, their codes and their overlaps."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import relationship

from marketplace.domain.words_plots import OverlapState, PlotFormat, PlotSource
from models.database import (
    Base,
    Hectares,
    Id,
    Mapped,
    Name,
    PublicId,
    Timestamped,
    Words,
    mapped_column,
    words,
)
from models.households import Household
from models.organisations import User
from models.papers import GrowingArea, GrowingAreaCode


class PlotImport(Base):
    """A file of plots as it was read: looked at first, then stored whole, or undone.

    `rows` are the plots of the file, with their corners; they stay what they were.
    """

    __tablename__ = "plot_imports"
    __table_args__ = (
        CheckConstraint(
            "(undone_at IS NULL) = (undone_by_id IS NULL)", name="undone_by_somebody"
        ),
        CheckConstraint(
            "undone_at IS NULL OR stored_at IS NOT NULL", name="undone_once_stored"
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    area_id: Mapped[int] = mapped_column(ForeignKey("growing_areas.id"), index=True)
    file_name: Mapped[Name]
    format: Mapped[PlotFormat] = mapped_column(words(PlotFormat))
    rows: Mapped[list[Any]]
    by_user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    stored_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    area: Mapped[GrowingArea] = relationship()


class Plot(Timestamped, Base):
    """A piece of a growing area with its outline; the outline never changes.

    Whoever draws it anew ends this one and writes another, so that what was counted
    on a past day stays countable. `shape` is a GeoJSON polygon, longitude before
    latitude, WGS 84. It counts from `since` up to `ended_on`, which does not count.
    """

    __tablename__ = "plots"
    __table_args__ = (
        CheckConstraint("measured_ha > 0", name="measured_positive"),
        CheckConstraint("declared_ha > 0", name="declared_positive"),
        CheckConstraint("west < east AND south < north", name="has_an_extent"),
        CheckConstraint("ended_on IS NULL OR since <= ended_on", name="valid_interval"),
        CheckConstraint(
            "(source = 'imported') = (import_id IS NOT NULL)", name="imported_from_file"
        ),
        Index(
            "uq_plots_name_in_use",
            "area_id",
            "name",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
        Index("ix_plots_extent", "west", "east", "south", "north"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    area_id: Mapped[int] = mapped_column(ForeignKey("growing_areas.id"), index=True)
    household_id: Mapped[int | None] = mapped_column(
        ForeignKey("households.id"), index=True
    )
    name: Mapped[Name]
    shape: Mapped[Words]
    west: Mapped[float]
    south: Mapped[float]
    east: Mapped[float]
    north: Mapped[float]
    measured_ha: Mapped[Hectares]
    declared_ha: Mapped[Hectares | None]
    source: Mapped[PlotSource] = mapped_column(words(PlotSource))
    import_id: Mapped[int | None] = mapped_column(
        ForeignKey("plot_imports.id"), index=True
    )
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("plots.id"), unique=True)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    since: Mapped[date]
    ended_on: Mapped[date | None]

    area: Mapped[GrowingArea] = relationship()
    household: Mapped[Household | None] = relationship()
    written_by: Mapped[User] = relationship()
    codes: Mapped[list[PlotCode]] = relationship(
        back_populates="plot", order_by="PlotCode.id"
    )


class PlotCode(Base):
    """A code covers a plot of its growing area, from a day to a day (half open).

    One plot may have codes of several markets; a code without plots covers all of
    its growing area.
    """

    __tablename__ = "plot_codes"
    __table_args__ = (
        CheckConstraint("until IS NULL OR since <= until", name="valid_interval"),
        Index(
            "uq_plot_codes_open",
            "plot_id",
            "code_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )

    id: Mapped[Id]
    plot_id: Mapped[int] = mapped_column(ForeignKey("plots.id"))
    code_id: Mapped[int] = mapped_column(
        ForeignKey("growing_area_codes.id"), index=True
    )
    since: Mapped[date]
    until: Mapped[date | None]

    plot: Mapped[Plot] = relationship(back_populates="codes")
    code: Mapped[GrowingAreaCode] = relationship()


class PlotOverlap(Base):
    """Two plots that share land, in hectares, and what an officer made of it.

    Only an officer sees both sides if they are of two organisations.
    """

    __tablename__ = "plot_overlaps"
    __table_args__ = (
        CheckConstraint("first_id < second_id", name="in_order"),
        CheckConstraint("overlap_ha > 0", name="overlap_positive"),
        CheckConstraint(
            "(state = 'found') = (by_user_id IS NULL)", name="looked_at_by_somebody"
        ),
        CheckConstraint("(by_user_id IS NULL) = (at IS NULL)", name="looked_at_once"),
        CheckConstraint("state <> 'settled' OR note <> ''", name="settled_with_words"),
        Index("uq_plot_overlaps_pair", "first_id", "second_id", unique=True),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    first_id: Mapped[int] = mapped_column(ForeignKey("plots.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("plots.id"), index=True)
    overlap_ha: Mapped[Hectares]
    found_on: Mapped[date]
    state: Mapped[OverlapState] = mapped_column(
        words(OverlapState), default=OverlapState.FOUND
    )
    note: Mapped[Words] = mapped_column(default="")
    by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime | None]

    first: Mapped[Plot] = relationship(foreign_keys=[first_id])
    second: Mapped[Plot] = relationship(foreign_keys=[second_id])
