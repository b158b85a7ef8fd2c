"""Holds, recalls and drills: over which lots, who had them, and what each answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import relationship

from marketplace.domain.recalls import RecallKind, RecallState
from marketplace.domain.trace import Whereabout
from models.database import (
    Base,
    Id,
    Kilograms,
    Mapped,
    Name,
    PublicId,
    Words,
    mapped_column,
    words,
)
from models.lots import Lot
from models.organisations import Organisation, User


class Recall(Base):
    """A hold or a recall, or a drill of one; its ground is frozen.

    `listed_at` is when the full list of holders was there, `opened_at` when it was
    asked for. One that an officer opened is lifted by two: `lifting_by_id` proposes.
    """

    __tablename__ = "recalls"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="says_why"),
        CheckConstraint("opened_at <= listed_at", name="listed_after_opened"),
        CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name="closed_when_said"
        ),
        CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed_by_somebody"
        ),
        CheckConstraint("state = 'open' OR outcome <> ''", name="lifted_for_why"),
        CheckConstraint(
            "state <> 'lifting' OR lifting_by_id IS NOT NULL",
            name="lifting_by_somebody",
        ),
        CheckConstraint(
            "NOT by_officer OR drill OR state <> 'closed'"
            " OR closed_by_id <> lifting_by_id",
            name="four_eyes",
        ),
        Index("ix_recalls_organisation", "organisation_id", "opened_at"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    kind: Mapped[RecallKind] = mapped_column(words(RecallKind))
    drill: Mapped[bool]
    state: Mapped[RecallState] = mapped_column(
        words(RecallState), default=RecallState.OPEN
    )
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    by_user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    by_officer: Mapped[bool]
    reason: Mapped[Words]
    opened_at: Mapped[datetime]
    listed_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    lifting_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[Words] = mapped_column(default="")

    organisation: Mapped[Organisation] = relationship()
    by_user: Mapped[User] = relationship(foreign_keys=[by_user_id])
    lots: Mapped[list[RecallLot]] = relationship(
        back_populates="recall", order_by="RecallLot.lot_id"
    )
    shares: Mapped[list[RecallShare]] = relationship(
        back_populates="recall", order_by="RecallShare.number"
    )
    answers: Mapped[list[RecallAnswer]] = relationship(
        back_populates="recall", order_by="RecallAnswer.organisation_id"
    )


class RecallLot(Base):
    """A lot that a recall lies upon: chosen, or made of one that was."""

    __tablename__ = "recall_lots"

    recall_id: Mapped[int] = mapped_column(ForeignKey("recalls.id"), primary_key=True)
    lot_id: Mapped[int] = mapped_column(
        ForeignKey("lots.id"), primary_key=True, index=True
    )
    chosen: Mapped[bool]
    added_at: Mapped[datetime]

    recall: Mapped[Recall] = relationship(back_populates="lots")
    lot: Mapped[Lot] = relationship()


class RecallShare(Base):
    """Who had how much of which lot when it was opened; never changed.

    Without an organisation it is somebody outside, whom `sender_id` delivered to.
    """

    __tablename__ = "recall_shares"
    __table_args__ = (CheckConstraint("kg > 0", name="kilograms_positive"),)

    recall_id: Mapped[int] = mapped_column(ForeignKey("recalls.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"))
    kg: Mapped[Kilograms]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[Name] = mapped_column(default="")
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    where: Mapped[Whereabout] = mapped_column("whereabout", words(Whereabout))

    recall: Mapped[Recall] = relationship(back_populates="shares")
    lot: Mapped[Lot] = relationship()
    organisation: Mapped[Organisation | None] = relationship(
        foreign_keys=[organisation_id]
    )


class RecallAnswer(Base):
    """Who was told, and what it answered: kilograms found and what was done with them."""

    __tablename__ = "recall_answers"
    __table_args__ = (
        CheckConstraint(
            "isolated_kg >= 0 AND destroyed_kg >= 0 AND returned_kg >= 0",
            name="kilograms_not_negative",
        ),
        CheckConstraint(
            "(answered_at IS NULL) = (answered_by_id IS NULL)",
            name="answered_by_somebody",
        ),
        Index("ix_recall_answers_organisation", "organisation_id"),
    )

    recall_id: Mapped[int] = mapped_column(ForeignKey("recalls.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), primary_key=True
    )
    told_at: Mapped[datetime]
    asked_kg: Mapped[Kilograms]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    isolated_kg: Mapped[Kilograms] = mapped_column(default=0)
    destroyed_kg: Mapped[Kilograms] = mapped_column(default=0)
    returned_kg: Mapped[Kilograms] = mapped_column(default=0)
    note: Mapped[Words] = mapped_column(default="")
    reminded_at: Mapped[datetime | None]

    recall: Mapped[Recall] = relationship(back_populates="answers")
    organisation: Mapped[Organisation] = relationship()

    @property
    def accounted_kg(self) -> int:
        """All kilograms that were found."""
        return self.isolated_kg + self.gone_kg

    @property
    def gone_kg(self) -> int:
        """What was found and has left: destroyed, or on its way back."""
        return self.destroyed_kg + self.returned_kg

    @property
    def told_gone_kg(self) -> int | None:
        """What an answer that follows builds upon; None before the first."""
        return self.gone_kg if self.answered_at else None
