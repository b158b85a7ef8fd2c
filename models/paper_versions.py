"""What a holder wants to change about a verified paper, and how it was before."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import relationship

from marketplace.domain.words import PaperState
from models.database import Base, Id, Mapped, Timestamped, mapped_column, words
from models.organisations import User
from models.paper_records import ONE_PAPER, PAPER_COLUMNS


def _open_once(column: str) -> Index:
    """A paper has one change that is not decided."""
    kept = text(f"{column} IS NOT NULL AND state IN ('pending', 'returned')")
    return Index(
        f"uq_paper_changes_{column}",
        column,
        unique=True,
        sqlite_where=kept,
        postgresql_where=kept,
    )


class PaperChange(Timestamped, Base):
    """A verified paper as its holder writes it anew; until somebody verifies it, the
    paper counts as it is.

    `said` is what the holder typed. `active` means that it was verified and is what
    the paper says now.
    """

    __tablename__ = "paper_changes"
    __table_args__ = (
        CheckConstraint(ONE_PAPER, name="of_one_paper"),
        CheckConstraint(
            "(state = 'active') = (decided_at IS NOT NULL)", name="decided_once"
        ),
        CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL)", name="decided_by_somebody"
        ),
        CheckConstraint("decided_by_id <> submitted_by_id", name="four_eyes"),
        *(_open_once(column) for column in PAPER_COLUMNS),
    )

    id: Mapped[Id]
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificates.id"))
    area_code_id: Mapped[int | None] = mapped_column(
        ForeignKey("growing_area_codes.id")
    )
    packing_code_id: Mapped[int | None] = mapped_column(
        ForeignKey("packing_house_codes.id")
    )
    state: Mapped[PaperState] = mapped_column(words(PaperState))
    said: Mapped[dict[str, Any]]
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]


class PaperVersion(Base):
    """How a paper was before a change was verified, and on which days it so counted.

    From `first_day` to before `until`. `said` is what it said, `scope` what that
    proves: a count of those days stays what it was.
    """

    __tablename__ = "paper_versions"
    __table_args__ = (
        CheckConstraint(ONE_PAPER, name="of_one_paper"),
        CheckConstraint("first_day < until", name="valid_interval"),
    )

    id: Mapped[Id]
    certificate_id: Mapped[int | None] = mapped_column(
        ForeignKey("certificates.id"), index=True
    )
    area_code_id: Mapped[int | None] = mapped_column(
        ForeignKey("growing_area_codes.id"), index=True
    )
    packing_code_id: Mapped[int | None] = mapped_column(
        ForeignKey("packing_house_codes.id"), index=True
    )
    said: Mapped[dict[str, Any]]
    scope: Mapped[dict[str, Any]]
    first_day: Mapped[date]
    until: Mapped[date]
    verified_at: Mapped[datetime]
    verified_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    verified_by: Mapped[User] = relationship()
