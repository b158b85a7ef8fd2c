"""Registers taken over from files: what was in them, who agreed, what was written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import relationship

from marketplace.domain.register_sheets import ImportState, ImportWork, Register
from models.database import (
    Base,
    Code,
    Digest,
    Id,
    Mapped,
    Name,
    PublicId,
    Timestamped,
    Words,
    mapped_column,
    words,
)
from models.organisations import Organisation, User


class RegisterImport(Timestamped, Base):
    """A file of an authority, on its way into the register.

    `cells` are the rows of the file as text, `mapping` names the column of each
    field (from 0), `heading` the row above the first record and `skipped` the
    rows that are none (both as the file numbers them, from 1). `findings` are
    what the last trial found; see `services.register_trials`.
    """

    __tablename__ = "register_imports"
    __table_args__ = (
        CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> made_by_id", name="four_eyes"
        ),
        CheckConstraint(
            "state NOT IN ('applied', 'undone') OR decided_by_id IS NOT NULL",
            name="applied_by_somebody",
        ),
        CheckConstraint(
            "state <> 'undone' OR (undone_by_id IS NOT NULL AND reason <> '')",
            name="undone_with_its_reason",
        ),
        CheckConstraint(
            "state <> 'undo_asked' OR (undo_asked_by_id IS NOT NULL AND reason <> '')",
            name="undo_asked_by_somebody",
        ),
        CheckConstraint(
            "undone_by_id IS NULL OR undo_asked_by_id IS NULL"
            " OR undone_by_id <> undo_asked_by_id",
            name="undone_by_two",
        ),
        CheckConstraint(
            "(work IS NULL) = (work_by_id IS NULL)", name="work_of_somebody"
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), index=True
    )
    register: Mapped[Register] = mapped_column(words(Register))
    state: Mapped[ImportState] = mapped_column(
        words(ImportState), default=ImportState.DRAFT
    )
    filename: Mapped[Name]
    digest: Mapped[Digest]
    lang: Mapped[Code]
    cells: Mapped[list[Any]]
    mapping: Mapped[dict[str, Any]]
    heading: Mapped[int]
    skipped: Mapped[Words] = mapped_column(default="")
    findings: Mapped[list[Any]]
    fresh: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    wrong: Mapped[int] = mapped_column(default=0)
    # All cells to mend; `findings` keeps the first thousands.
    faults: Mapped[int] = mapped_column(default=0)
    # What a worker is to do with a long one, and why it could not the last time.
    work: Mapped[ImportWork | None] = mapped_column(words(ImportWork))
    work_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    trouble: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Why it was returned, dropped or undone; the last word counts.
    reason: Mapped[Words] = mapped_column(default="")
    # Counts the moves, so that each is told once.
    step: Mapped[int] = mapped_column(default=0)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    # A record that was changed later is no longer the import's to remove.
    written_at: Mapped[datetime | None]
    undo_asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    undo_asked_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    undone_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()
    made_by: Mapped[User] = relationship(foreign_keys=[made_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    undo_asked_by: Mapped[User | None] = relationship(foreign_keys=[undo_asked_by_id])
    undone_by: Mapped[User | None] = relationship(foreign_keys=[undone_by_id])
    records: Mapped[list[ImportedRecord]] = relationship(
        back_populates="imported", order_by="ImportedRecord.id"
    )


class ImportedRecord(Base):
    """A row that an import wrote, and the row of the file that it came from."""

    __tablename__ = "imported_records"

    id: Mapped[Id]
    import_id: Mapped[int] = mapped_column(
        ForeignKey("register_imports.id"), index=True
    )
    row: Mapped[int]
    table: Mapped[Code]
    record_id: Mapped[int]

    imported: Mapped[RegisterImport] = relationship(back_populates="records")
