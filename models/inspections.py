"""What the buyer found in a delivery, part by part, and who disputes it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import relationship

from marketplace.domain.words import Side
from marketplace.domain.words_delivery import ClaimState, Outcome
from models.database import (
    Base,
    Code,
    Digest,
    Dong,
    Id,
    Kilograms,
    Mapped,
    PublicId,
    Words,
    mapped_column,
    words,
)
from models.deliveries import DeliveryNote
from models.organisations import Organisation, User
from models.reference import Grade


class Inspection(Base):
    """A finding over a whole note; the one with the greatest number counts.

    The first is the buyer's, or nobody's where the hours for it passed; each
    later one is what came of a claim. None is ever changed: `content` is the finding
    in canonical text, the note's digest in it, and `digest` its SHA-256.
    """

    __tablename__ = "inspections"
    __table_args__ = (
        UniqueConstraint("note_id", "number"),
        CheckConstraint("number = 1 OR reason <> ''", name="a_later_one_says_why"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    note_id: Mapped[int] = mapped_column(ForeignKey("delivery_notes.id"))
    number: Mapped[int]
    reason: Mapped[Words] = mapped_column(default="")
    by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisations.id")
    )
    at: Mapped[datetime]
    content: Mapped[Words]
    digest: Mapped[Digest] = mapped_column(index=True)

    note: Mapped[DeliveryNote] = relationship()
    by_user: Mapped[User | None] = relationship()
    by_organisation: Mapped[Organisation | None] = relationship()
    parts: Mapped[list[InspectionPart]] = relationship(
        back_populates="inspection", order_by="InspectionPart.number"
    )

    @property
    def accepted_kg(self) -> int:
        """Kilograms that the buyer keeps and pays for."""
        return sum(one.kg for one in self.parts if one.outcome is Outcome.ACCEPTED)

    @property
    def rejected_kg(self) -> int:
        return sum(one.kg for one in self.parts if one.outcome is Outcome.REJECTED)


class InspectionPart(Base):
    """So many kilograms of one grade, taken at a deduction or turned away."""

    __tablename__ = "inspection_parts"
    __table_args__ = (
        CheckConstraint("kg > 0", name="kilograms_positive"),
        CheckConstraint("deduction_vnd >= 0", name="deduction_not_negative"),
        CheckConstraint(
            "reason <> '' OR (outcome = 'accepted' AND deduction_vnd = 0)",
            name="less_than_full_says_why",
        ),
    )

    inspection_id: Mapped[int] = mapped_column(
        ForeignKey("inspections.id"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    grade_id: Mapped[int | None] = mapped_column(ForeignKey("grades.id"))
    kg: Mapped[Kilograms]
    outcome: Mapped[Outcome] = mapped_column(words(Outcome))
    deduction_vnd: Mapped[Dong] = mapped_column(default=0)
    reason: Mapped[Words] = mapped_column(default="")

    inspection: Mapped[Inspection] = relationship(back_populates="parts")
    grade: Mapped[Grade | None] = relationship()


class Claim(Base):
    """One side disputes the inspection that counts; one at a time for a note."""

    __tablename__ = "claims"
    __table_args__ = (
        Index(
            "uq_claims_open",
            "note_id",
            unique=True,
            sqlite_where=text("state IN ('open', 'mediation')"),
            postgresql_where=text("state IN ('open', 'mediation')"),
        ),
        CheckConstraint("reason <> ''", name="says_why"),
        CheckConstraint(
            "(state IN ('agreed', 'decided')) = (outcome_id IS NOT NULL)",
            name="an_end_has_its_finding",
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    note_id: Mapped[int] = mapped_column(ForeignKey("delivery_notes.id"), index=True)
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspections.id"))
    outcome_id: Mapped[int | None] = mapped_column(ForeignKey("inspections.id"))
    state: Mapped[ClaimState] = mapped_column(words(ClaimState))
    raised_by: Mapped[Side] = mapped_column(words(Side))
    reason: Mapped[Words]
    raised_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    note: Mapped[DeliveryNote] = relationship()
    inspection: Mapped[Inspection] = relationship(foreign_keys=[inspection_id])
    outcome: Mapped[Inspection | None] = relationship(foreign_keys=[outcome_id])
    words: Mapped[list[ClaimSaid]] = relationship(
        back_populates="claim", order_by="ClaimSaid.position"
    )


class ClaimSaid(Base):
    """What was said in a claim, link after link; an offer carries its kilograms.

    `accepted_kg` and `deduction_vnd` are what the speaker would settle for: so
    much accepted, at so much less a kilogram for what is disputed.
    """

    __tablename__ = "claim_words"
    __table_args__ = (
        ForeignKeyConstraint(
            ["claim_id", "previous"], ["claim_words.claim_id", "claim_words.position"]
        ),
        CheckConstraint("previous = position - 1", name="follows_its_predecessor"),
        CheckConstraint(
            "(position = 0) = (previous IS NULL)", name="only_the_first_has_none"
        ),
        CheckConstraint("accepted_kg >= 0", name="kilograms_not_negative"),
        CheckConstraint("deduction_vnd >= 0", name="deduction_not_negative"),
        CheckConstraint(
            "(accepted_kg IS NULL) = (deduction_vnd IS NULL)", name="an_offer_is_whole"
        ),
    )

    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    previous: Mapped[int | None]
    word: Mapped[Code]
    text: Mapped[Words] = mapped_column(default="")
    accepted_kg: Mapped[int | None] = mapped_column(BigInteger)
    deduction_vnd: Mapped[int | None] = mapped_column(BigInteger)
    by_user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    by_organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    at: Mapped[datetime]

    claim: Mapped[Claim] = relationship(back_populates="words")
    by_user: Mapped[User] = relationship()
    by_organisation: Mapped[Organisation] = relationship()
