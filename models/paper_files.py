"""Copies of the papers themselves: what was sent, by whom, and what replaced it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    String,
)
from sqlalchemy.orm import relationship

from marketplace.domain.paper_files import MOST_NAME, MOST_PDF, FileKind
from marketplace.domain.photos import MOST_KEPT_SMALL
from models.database import (
    Base,
    Digest,
    Id,
    Mapped,
    PublicId,
    mapped_column,
    words,
)
from models.organisations import User
from models.paper_records import ONE_PAPER


class PaperBlob(Base):
    """The bytes of a copy, known by their SHA-256, once for each holder.

    Lists never read this table. Each holder keeps its own, so that nobody learns
    whether another holds the same paper.
    """

    __tablename__ = "paper_blobs"
    __table_args__ = (
        CheckConstraint(f"length(data) <= {MOST_PDF}", name="data_bounded"),
        CheckConstraint(f"length(small) <= {MOST_KEPT_SMALL}", name="small_bounded"),
    )

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), primary_key=True, autoincrement=False
    )
    digest: Mapped[Digest] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    small: Mapped[bytes | None] = mapped_column(LargeBinary)


class PaperFile(Base):
    """A copy of one paper. It is replaced by another, and never removed."""

    __tablename__ = "paper_files"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "digest"],
            ["paper_blobs.organisation_id", "paper_blobs.digest"],
        ),
        CheckConstraint(ONE_PAPER, name="of_one_paper"),
        CheckConstraint("replaced_by_id <> id", name="not_by_itself"),
        CheckConstraint(
            "(replaced_by_id IS NULL) = (replaced_at IS NULL)",
            name="replaced_at_a_moment",
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    certificate_id: Mapped[int | None] = mapped_column(
        ForeignKey("certificates.id"), index=True
    )
    area_code_id: Mapped[int | None] = mapped_column(
        ForeignKey("growing_area_codes.id"), index=True
    )
    packing_code_id: Mapped[int | None] = mapped_column(
        ForeignKey("packing_house_codes.id"), index=True
    )
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    digest: Mapped[Digest]
    kind: Mapped[FileKind] = mapped_column(words(FileKind))
    name: Mapped[str] = mapped_column(String(MOST_NAME))
    size: Mapped[int]
    by_user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("paper_files.id"))
    replaced_at: Mapped[datetime | None]

    by_user: Mapped[User] = relationship()
