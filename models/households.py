"""The member households of a cooperative, and what each brought to its loads.

All of it is the cooperative's own: no other organisation and no officer reads it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import relationship

from models.contracts import Contract
from models.database import (
    Base,
    Code,
    Id,
    Kilograms,
    Mapped,
    Name,
    PublicId,
    Timestamped,
    mapped_column,
)
from models.deliveries import DeliveryNote
from models.organisations import Organisation
from models.reference import AdminUnit


class Household(Timestamped, Base):
    """A household that brings its fruit to the cooperative; no account, no login.

    Two households may bear one name, and then their codes tell them apart.
    """

    __tablename__ = "households"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name_folded", "code"),
        Index(
            "uq_households_code",
            "organisation_id",
            "code",
            unique=True,
            sqlite_where=text("code <> ''"),
            postgresql_where=text("code <> ''"),
        ),
        CheckConstraint("name <> ''", name="has_a_name"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[Name]
    name_folded: Mapped[Name]
    code: Mapped[Code] = mapped_column(default="")
    phone: Mapped[str | None] = mapped_column(String(16))
    unit_id: Mapped[int] = mapped_column(ForeignKey("admin_units.id"))
    # Whoever left keeps what was brought before, and stands on no new note.
    left: Mapped[bool] = mapped_column(default=False)

    organisation: Mapped[Organisation] = relationship()
    unit: Mapped[AdminUnit] = relationship()


class NoteShare(Base):
    """Kilograms of a delivery note that one household brought.

    Those of a note are written together and make its net weight.
    """

    __tablename__ = "note_shares"
    __table_args__ = (CheckConstraint("kg > 0", name="kilograms_positive"),)

    note_id: Mapped[int] = mapped_column(
        ForeignKey("delivery_notes.id"), primary_key=True
    )
    household_id: Mapped[int] = mapped_column(
        ForeignKey("households.id"), primary_key=True, index=True
    )
    kg: Mapped[Kilograms]
    by_user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]

    note: Mapped[DeliveryNote] = relationship()
    household: Mapped[Household] = relationship()


class RetainedShare(Base):
    """What the cooperative keeps of a contract's money, in per mille."""

    __tablename__ = "retained_shares"
    __table_args__ = (
        CheckConstraint("per_mille BETWEEN 0 AND 1000", name="per_mille_in_band"),
    )

    contract_id: Mapped[int] = mapped_column(
        ForeignKey("contracts.id"), primary_key=True
    )
    per_mille: Mapped[int]
    by_user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]

    contract: Mapped[Contract] = relationship()
