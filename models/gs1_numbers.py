"""Numbers of GS1 that an organisation has: its prefix, its places, its pallets."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import relationship

from models.database import Base, Id, Mapped, mapped_column
from models.lot_events import LotEvent
from models.lots import Lot
from models.organisations import Organisation
from models.papers import Facility


class Gs1Prefix(Base):
    """The company prefix that GS1 gave, and the next serial of a pallet under it."""

    __tablename__ = "gs1_prefixes"
    __table_args__ = (
        CheckConstraint("length(prefix) BETWEEN 7 AND 12", name="seven_to_twelve"),
        CheckConstraint("next_serial >= 0", name="serial_not_negative"),
    )

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), primary_key=True, autoincrement=False
    )
    prefix: Mapped[str] = mapped_column(String(12), unique=True)
    next_serial: Mapped[int] = mapped_column(default=0)

    organisation: Mapped[Organisation] = relationship()


class PlaceNumber(Base):
    """A GLN of an organisation or of one of its facilities, from a day to a day."""

    __tablename__ = "place_numbers"
    __table_args__ = (
        CheckConstraint("length(gln) = 13", name="thirteen_digits"),
        CheckConstraint("valid_from <= valid_to", name="days_in_order"),
        Index(
            "uq_place_numbers_facility_now",
            "facility_id",
            unique=True,
            sqlite_where=text("valid_to IS NULL"),
            postgresql_where=text("valid_to IS NULL"),
        ),
        Index(
            "uq_place_numbers_organisation_now",
            "organisation_id",
            unique=True,
            sqlite_where=text("valid_to IS NULL AND facility_id IS NULL"),
            postgresql_where=text("valid_to IS NULL AND facility_id IS NULL"),
        ),
    )

    gln: Mapped[str] = mapped_column(String(13), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    facility_id: Mapped[int | None] = mapped_column(ForeignKey("facilities.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship()
    facility: Mapped[Facility | None] = relationship()


class Sscc(Base):
    """The number of one pallet, drawn once; what stands on it is of this lot.

    It goes with one shipment at most, and once taken apart it is no pallet any more.
    """

    __tablename__ = "ssccs"
    __table_args__ = (
        CheckConstraint("length(sscc) = 18", name="eighteen_digits"),
        CheckConstraint("drawn_at <= emptied_at", name="emptied_later"),
    )

    id: Mapped[Id]
    sscc: Mapped[str] = mapped_column(String(18), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), index=True)
    drawn_at: Mapped[datetime]
    ship_id: Mapped[int | None] = mapped_column(ForeignKey("lot_events.id"), index=True)
    emptied_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()
    lot: Mapped[Lot] = relationship()
    ship: Mapped[LotEvent | None] = relationship()
