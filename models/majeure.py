"""Notices of force majeure (bất khả kháng), and the deliveries that they touch."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import relationship

from marketplace.domain.majeure import MajeureKind, MajeureState
from marketplace.domain.words import Side
from models.contracts import Contract
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
from models.organisations import User


class MajeureNotice(Base):
    """One side says what struck it; the other answers, or an officer does.

    What was said is frozen, and so is every answer. `late` marks a notice that came
    after the contract's hours; it is kept, with what follows from that.
    """

    __tablename__ = "majeure_notices"
    __table_args__ = (
        UniqueConstraint("contract_id", "number"),
        UniqueConstraint("id", "contract_id"),
        CheckConstraint("number > 0", name="numbered_from_one"),
        CheckConstraint("text <> '' AND measures <> ''", name="says_what"),
        CheckConstraint("learned_at <= given_at", name="learned_before_given"),
        CheckConstraint("state <> 'contested' OR answer <> ''", name="a_no_says_why"),
        CheckConstraint(
            "(state <> 'notified' OR answered_at IS NULL)"
            " AND (state NOT IN ('acknowledged', 'contested')"
            " OR answered_at IS NOT NULL)",
            name="answered_when_said",
        ),
        CheckConstraint(
            "(state IN ('confirmed', 'declined')) = (decided_at IS NOT NULL)",
            name="decided_when_said",
        ),
        CheckConstraint("decided_at IS NULL OR decision <> ''", name="decided_why"),
        CheckConstraint(
            "state <> 'confirmed' OR authority <> ''", name="confirmed_by_whom"
        ),
        CheckConstraint("ended_on >= began_on", name="ended_after_it_began"),
        CheckConstraint(
            "(ended_on IS NULL) = (ended_told_at IS NULL)", name="ended_when_told"
        ),
        CheckConstraint(
            "(ended_on IS NULL) = (ended_told_by_id IS NULL)",
            name="ended_told_by_somebody",
        ),
        Index("ix_majeure_notices_state_answer_by", "state", "answer_by"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"))
    number: Mapped[int]
    state: Mapped[MajeureState] = mapped_column(
        words(MajeureState), default=MajeureState.NOTIFIED
    )
    kind: Mapped[MajeureKind] = mapped_column(words(MajeureKind))
    given_by: Mapped[Side] = mapped_column(words(Side))
    given_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    began_on: Mapped[date]
    learned_at: Mapped[datetime]
    given_at: Mapped[datetime]
    late: Mapped[bool]
    text: Mapped[Words]
    # What was done to keep the damage small.
    measures: Mapped[Words]
    answer_by: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answer: Mapped[Words] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # The paper of an authority that bears it out, and why the officer decided so.
    authority: Mapped[Name] = mapped_column(default="")
    decision: Mapped[Words] = mapped_column(default="")
    # When it was over, as its giver has to tell (Commercial Law art. 295).
    ended_on: Mapped[date | None]
    ended_told_at: Mapped[datetime | None]
    ended_told_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    contract: Mapped[Contract] = relationship()
    giver: Mapped[User] = relationship(foreign_keys=[given_by_id])
    answerer: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
    decider: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    lines: Mapped[list[MajeureLine]] = relationship(
        back_populates="notice", order_by="MajeureLine.line"
    )

    @property
    def lost_kg(self) -> int:
        return sum(one.lost_kg for one in self.lines)

    @property
    def postponed_kg(self) -> int:
        return sum(one.postponed_kg for one in self.lines)


class MajeureLine(Base):
    """What of one planned delivery is lost or comes later; never changed."""

    __tablename__ = "majeure_lines"
    __table_args__ = (
        ForeignKeyConstraint(
            ["notice_id", "contract_id"],
            ["majeure_notices.id", "majeure_notices.contract_id"],
        ),
        ForeignKeyConstraint(
            ["contract_id", "line"],
            ["contract_lines.contract_id", "contract_lines.number"],
        ),
        CheckConstraint("lost_kg >= 0 AND postponed_kg >= 0", name="not_negative"),
        CheckConstraint("lost_kg + postponed_kg > 0", name="touches_something"),
        CheckConstraint(
            "(postponed_kg > 0) = (postponed_to IS NOT NULL)", name="later_has_its_day"
        ),
        Index("ix_majeure_lines_contract_id", "contract_id"),
    )

    notice_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    contract_id: Mapped[int]
    lost_kg: Mapped[Kilograms]
    postponed_kg: Mapped[Kilograms]
    postponed_to: Mapped[date | None]

    notice: Mapped[MajeureNotice] = relationship(back_populates="lines")
