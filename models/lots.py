"""Lots, who holds how much of each, and the events that made and moved them.

A lot is made by one event and never changes. Kilograms move between holders by the
parts of events; `lot_holdings` is their running sum, which can not fall below zero.
What a step makes is always a new lot, so the graph has no cycle: a link leads from an
older lot to a younger one.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import relationship

from models.database import (
    Base,
    Id,
    Kilograms,
    Mapped,
    PublicId,
    mapped_column,
)
from models.organisations import Organisation
from models.reference import Grade, Product, Variety

if TYPE_CHECKING:
    from models.trade_items import LotItem


class Lot(Base):
    """So many kilograms of one product that were made together, under one number.

    `weighed_kg` are those of them that gardens and suppliers account for: what scales
    showed on top at packing is no fruit, and no second packing may add to it.
    `voided_at` is set when the event that made it was declared wrong: nothing had
    been taken from it. `held` while a hold or a recall stands open upon it: then it
    is neither processed, nor shipped, nor sold.
    """

    __tablename__ = "lots"
    __table_args__ = (
        UniqueConstraint("organisation_id", "code"),
        CheckConstraint("made_kg > 0", name="made_positive"),
        CheckConstraint(
            "weighed_kg >= 0 AND weighed_kg <= made_kg", name="weighed_within_made"
        ),
        CheckConstraint("harvested_from <= harvested_to", name="harvest_days_in_order"),
        CheckConstraint("made_on <= best_before", name="best_before_later"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    code: Mapped[str] = mapped_column(String(20), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    variety_id: Mapped[int | None] = mapped_column(ForeignKey("varieties.id"))
    grade_id: Mapped[int | None] = mapped_column(ForeignKey("grades.id"))
    made_kg: Mapped[Kilograms]
    weighed_kg: Mapped[Kilograms]
    made_on: Mapped[date]
    harvested_from: Mapped[date | None]
    harvested_to: Mapped[date | None]
    best_before: Mapped[date | None]
    held: Mapped[bool] = mapped_column(default=False)
    voided_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()
    product: Mapped[Product] = relationship()
    variety: Mapped[Variety | None] = relationship()
    grade: Mapped[Grade | None] = relationship()
    holdings: Mapped[list[LotHolding]] = relationship(back_populates="lot")
    sold_as: Mapped[LotItem | None] = relationship("LotItem", viewonly=True)


class LotHolding(Base):
    """How many kilograms of a lot an organisation has in its hands now."""

    __tablename__ = "lot_holdings"
    __table_args__ = (
        CheckConstraint("kg >= 0", name="never_below_zero"),
        Index("ix_lot_holdings_organisation", "organisation_id", "lot_id"),
    )

    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), primary_key=True
    )
    kg: Mapped[Kilograms]

    lot: Mapped[Lot] = relationship(back_populates="holdings")
    organisation: Mapped[Organisation] = relationship()


class LotLink(Base):
    """A lot was made from another: one step back, and one step forward."""

    __tablename__ = "lot_links"
    __table_args__ = (
        CheckConstraint("parent_id < child_id", name="older_to_younger"),
        Index("ix_lot_links_parent", "parent_id", "child_id"),
    )

    child_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("lot_events.id"), index=True)
