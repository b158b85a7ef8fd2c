"""Growing areas, their codes, facilities and certificates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import relationship

from marketplace.domain.words import (
    CertificateScheme,
    FacilityKind,
    Market,
    PaperState,
)
from models.database import (
    Base,
    Code,
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
from models.reference import AdminUnit, Product
from models.register_keys import OneNumber

if TYPE_CHECKING:
    from models.gs1_numbers import PlaceNumber
    from models.paper_places import CertificatePlace

VERIFIED = "(verified_at IS NULL) = (verified_by_id IS NULL)"
FOUR_EYES = "verified_by_id <> submitted_by_id"


class GrowingArea(Timestamped, Base):
    """Land of one organisation under one way of growing, in hectares."""

    __tablename__ = "growing_areas"
    __table_args__ = (
        CheckConstraint("area_ha > 0", name="area_positive"),
        UniqueConstraint("organisation_id", "name"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), index=True
    )
    name: Mapped[Name]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    area_ha: Mapped[Hectares]
    unit_id: Mapped[int] = mapped_column(ForeignKey("admin_units.id"), index=True)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    households: Mapped[int | None]
    practice: Mapped[Code] = mapped_column(default="")
    ended_on: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship()
    product: Mapped[Product] = relationship()
    unit: Mapped[AdminUnit] = relationship()


class GrowingAreaCode(OneNumber, Timestamped, Base):
    """The identity of a growing area for one market.

    It counts from `valid_from` up to `valid_to`, which is the first day on which it
    does not, as for all that is dated (dossier ADM-02). What people type and read is
    the last day that counts.
    """

    __tablename__ = "growing_area_codes"
    __table_args__ = (
        UniqueConstraint("market", "code"),
        Index(
            "uq_growing_area_codes_market_register_key",
            "market",
            "register_key",
            unique=True,
        ),
        CheckConstraint("area_ha > 0", name="area_positive"),
        CheckConstraint(
            "valid_to IS NULL OR valid_from < valid_to", name="valid_interval"
        ),
        CheckConstraint(VERIFIED, name="verified_by_somebody"),
        CheckConstraint(FOUR_EYES, name="four_eyes"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    area_id: Mapped[int] = mapped_column(ForeignKey("growing_areas.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    market: Mapped[Market] = mapped_column(words(Market))
    code: Mapped[Code]
    area_ha: Mapped[Hectares]
    state: Mapped[PaperState] = mapped_column(words(PaperState))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    supervised_on: Mapped[date | None]
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_on: Mapped[date | None]

    area: Mapped[GrowingArea] = relationship()
    product: Mapped[Product] = relationship()
    verified_by: Mapped[User | None] = relationship(foreign_keys=[verified_by_id])

    @property
    def last_day(self) -> date | None:
        """The last day of its term, None without one."""
        return self.valid_to - timedelta(days=1) if self.valid_to else None

    @property
    def last_counting_day(self) -> date | None:
        """The last day on which it counts: of its term, or before it was stopped."""
        stopped = self.ended_on - timedelta(days=1) if self.ended_on else None
        return min(filter(None, (self.last_day, stopped)), default=None)


class Facility(Timestamped, Base):
    """A packing house, dryer, plant or selling point of an organisation."""

    __tablename__ = "facilities"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), index=True
    )
    kind: Mapped[FacilityKind] = mapped_column(words(FacilityKind))
    name: Mapped[Name]
    unit_id: Mapped[int] = mapped_column(ForeignKey("admin_units.id"))
    capacity_kg_per_day: Mapped[Kilograms | None]
    ended_on: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship()
    unit: Mapped[AdminUnit] = relationship()
    numbers: Mapped[list[PlaceNumber]] = relationship("PlaceNumber", viewonly=True)


class Certificate(OneNumber, Timestamped, Base):
    """A certificate, recognition or commitment, valid from a day to a day.

    It counts on a day only if it is active, verified, and that day lies within
    `issued_on` and `expires_on`, both included (dossier CE-01).
    """

    __tablename__ = "certificates"
    __table_args__ = (
        CheckConstraint("issued_on < expires_on", name="valid_interval"),
        CheckConstraint(VERIFIED, name="verified_by_somebody"),
        CheckConstraint(FOUR_EYES, name="four_eyes"),
        CheckConstraint(
            "(scheme = 'OCOP') = (stars IS NOT NULL)", name="stars_only_for_ocop"
        ),
        CheckConstraint("stars BETWEEN 3 AND 5", name="stars_three_to_five"),
        UniqueConstraint("scheme", "issuer", "number"),
        Index(
            "uq_certificates_scheme_register_key", "scheme", "register_key", unique=True
        ),
        # Few were taken back; a board tells of the last ones.
        Index(
            "ix_certificates_ended_on",
            "ended_on",
            sqlite_where=text("ended_on IS NOT NULL"),
            postgresql_where=text("ended_on IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), index=True
    )
    scheme: Mapped[CertificateScheme] = mapped_column(words(CertificateScheme))
    number: Mapped[Code]
    issuer: Mapped[Name]
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("growing_areas.id"))
    facility_id: Mapped[int | None] = mapped_column(ForeignKey("facilities.id"))
    area_ha: Mapped[Hectares | None]
    output_kg_per_year: Mapped[Kilograms | None]
    stars: Mapped[int | None]
    issued_on: Mapped[date]
    expires_on: Mapped[date] = mapped_column(index=True)
    state: Mapped[PaperState] = mapped_column(words(PaperState))
    # Suspended or revoked from this day on; the days before still count.
    ended_on: Mapped[date | None]
    # The last time its issuer looked again at what it certifies.
    supervised_on: Mapped[date | None]
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    note: Mapped[Words] = mapped_column(default="")

    organisation: Mapped[Organisation] = relationship()
    product: Mapped[Product | None] = relationship()
    area: Mapped[GrowingArea | None] = relationship()
    facility: Mapped[Facility | None] = relationship()
    further: Mapped[list[CertificatePlace]] = relationship(
        back_populates="certificate",
        cascade="all, delete-orphan",
        order_by="CertificatePlace.id",
    )
    verified_by: Mapped[User | None] = relationship(foreign_keys=[verified_by_id])
