"""Photos on notes, inspections, claims and notices of force majeure; their bytes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    UniqueConstraint,
)
from sqlalchemy.orm import relationship

from marketplace.domain.photos import MOST_KEPT, MOST_KEPT_SMALL, PhotoOf
from models.contracts import Contract
from models.database import (
    Base,
    Digest,
    Id,
    Mapped,
    PublicId,
    mapped_column,
    words,
)
from models.organisations import Organisation, User


class PhotoFile(Base):
    """The bytes of a photo, known by their SHA-256, once for each contract.

    Lists of photos never read this table: it is opened for one photo at a time.
    Each contract keeps its own, so that its lock orders whoever adds and removes,
    and nobody learns whether another contract holds the same picture.
    """

    __tablename__ = "photo_files"
    __table_args__ = (
        CheckConstraint(f"length(data) <= {MOST_KEPT}", name="data_bounded"),
        CheckConstraint(f"length(small) <= {MOST_KEPT_SMALL}", name="small_bounded"),
    )

    contract_id: Mapped[int] = mapped_column(
        ForeignKey("contracts.id"), primary_key=True, autoincrement=False
    )
    digest: Mapped[Digest] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    small: Mapped[bytes] = mapped_column(LargeBinary)


class Photo(Base):
    """A photo on exactly one record; the same picture is there once.

    One of an inspection may show a single part of it, named by its number.
    It is never changed. Its author may remove it as long as the record is not
    final; one that came later says so.
    """

    __tablename__ = "photos"
    __table_args__ = (
        ForeignKeyConstraint(
            ["contract_id", "digest"],
            ["photo_files.contract_id", "photo_files.digest"],
        ),
        ForeignKeyConstraint(
            ["inspection_id", "part"],
            ["inspection_parts.inspection_id", "inspection_parts.number"],
        ),
        UniqueConstraint("note_id", "digest"),
        UniqueConstraint("inspection_id", "digest"),
        UniqueConstraint("claim_id", "digest"),
        UniqueConstraint("majeure_id", "digest"),
        CheckConstraint("(about = 'note') = (note_id IS NOT NULL)", name="of_its_note"),
        CheckConstraint(
            "(about = 'inspection') = (inspection_id IS NOT NULL)",
            name="of_its_inspection",
        ),
        CheckConstraint(
            "(about = 'claim') = (claim_id IS NOT NULL)", name="of_its_claim"
        ),
        CheckConstraint(
            "(about = 'majeure') = (majeure_id IS NOT NULL)", name="of_its_majeure"
        ),
        CheckConstraint(
            "part IS NULL OR about = 'inspection'", name="part_of_an_inspection"
        ),
        CheckConstraint("width > 0 AND height > 0", name="has_a_size"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"), index=True)
    about: Mapped[PhotoOf] = mapped_column(words(PhotoOf))
    note_id: Mapped[int | None] = mapped_column(ForeignKey("delivery_notes.id"))
    inspection_id: Mapped[int | None] = mapped_column(ForeignKey("inspections.id"))
    part: Mapped[int | None]
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claims.id"))
    majeure_id: Mapped[int | None] = mapped_column(ForeignKey("majeure_notices.id"))
    digest: Mapped[Digest]
    width: Mapped[int]
    height: Mapped[int]
    added_later: Mapped[bool]
    by_user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    by_organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    at: Mapped[datetime]

    contract: Mapped[Contract] = relationship()
    by_user: Mapped[User] = relationship()
    by_organisation: Mapped[Organisation] = relationship()
