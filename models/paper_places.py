"""Further gardens and facilities that a certificate names beside its first."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import relationship

from models.database import Base, Id, Mapped, mapped_column
from models.papers import Certificate, Facility, GrowingArea


class CertificatePlace(Base):
    """One more place in the scope of a certificate.

    A certificate that names no garden speaks of all; one that names several has
    its first in its own row, and the others here.
    """

    __tablename__ = "certificate_places"
    __table_args__ = (
        CheckConstraint(
            "(area_id IS NULL) <> (facility_id IS NULL)", name="garden_or_facility"
        ),
        UniqueConstraint("certificate_id", "area_id"),
        UniqueConstraint("certificate_id", "facility_id"),
    )

    id: Mapped[Id]
    certificate_id: Mapped[int] = mapped_column(
        ForeignKey("certificates.id"), index=True
    )
    area_id: Mapped[int | None] = mapped_column(ForeignKey("growing_areas.id"))
    facility_id: Mapped[int | None] = mapped_column(ForeignKey("facilities.id"))

    certificate: Mapped[Certificate] = relationship(back_populates="further")
    area: Mapped[GrowingArea | None] = relationship()
    facility: Mapped[Facility | None] = relationship()
