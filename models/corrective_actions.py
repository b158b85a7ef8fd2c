"""What a lead does about a fault: who, until when, done with evidence, accepted."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import relationship

from models.chains import Chain
from models.database import Base, Id, Mapped, Name, Words, mapped_column
from models.monitoring import Nonconformity
from models.organisations import User


class CorrectiveAction(Base):
    """One thing to do about a finding; its evidence hangs on the chain's history.

    Four eyes: who did it never accepts it.
    """

    __tablename__ = "corrective_actions"
    __table_args__ = (
        UniqueConstraint("chain_id", "number"),
        CheckConstraint("what <> '' AND person <> ''", name="says_what_and_who"),
        CheckConstraint("due_on >= planned_on", name="due_after_planned"),
        CheckConstraint(
            "(done_on IS NULL) = (done_by_id IS NULL)", name="done_by_somebody"
        ),
        CheckConstraint(
            "(accepted_on IS NULL) = (accepted_by_id IS NULL)",
            name="accepted_by_somebody",
        ),
        CheckConstraint(
            "accepted_on IS NULL OR done_on IS NOT NULL", name="accepted_once_done"
        ),
        CheckConstraint(
            "accepted_by_id IS NULL OR accepted_by_id <> done_by_id", name="four_eyes"
        ),
        Index("ix_corrective_actions_due_on", "due_on"),
    )

    id: Mapped[Id]
    chain_id: Mapped[int] = mapped_column(ForeignKey("chains.id"))
    number: Mapped[int]
    finding_id: Mapped[int] = mapped_column(
        ForeignKey("nonconformities.id"), index=True
    )
    what: Mapped[Words]
    person: Mapped[Name]
    planned_on: Mapped[date]
    planned_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    accepted_on: Mapped[date | None]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    chain: Mapped[Chain] = relationship()
    finding: Mapped[Nonconformity] = relationship()
    planned_by: Mapped[User] = relationship(foreign_keys=[planned_by_id])
    accepted_by: Mapped[User | None] = relationship(foreign_keys=[accepted_by_id])
