"""Standing agreements of contracts in force, and the call-offs of their weeks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import relationship

from marketplace.domain.call_offs import CallOffState, FrameState, FrameTerms
from marketplace.domain.words import Side
from models.contracts import Contract
from models.database import (
    Base,
    Id,
    Kilograms,
    Mapped,
    PublicId,
    Words,
    mapped_column,
    words,
)

OPEN_FRAME = text("state IN ('proposed', 'agreed')")
LIVE_CALL = text("state IN ('posted', 'confirmed')")


class CallOffFrame(Base):
    """How much the buyer may call a week out of one planned delivery.

    A contract has one open at most; its terms never change.
    """

    __tablename__ = "call_off_frames"
    __table_args__ = (
        ForeignKeyConstraint(
            ["contract_id", "line"],
            ["contract_lines.contract_id", "contract_lines.number"],
        ),
        Index(
            "uq_call_off_frames_open",
            "contract_id",
            unique=True,
            sqlite_where=OPEN_FRAME,
            postgresql_where=OPEN_FRAME,
        ),
        CheckConstraint("0 < least_kg AND least_kg <= most_kg", name="band_in_order"),
        CheckConstraint("lead_days BETWEEN 1 AND 30", name="lead_in_band"),
        CheckConstraint(
            "1 <= answer_hours AND answer_hours <= lead_days * 24",
            name="silence_before_delivery",
        ),
        CheckConstraint("first_week <= last_week", name="weeks_in_order"),
        CheckConstraint(
            "(state = 'proposed') = (answered_at IS NULL)", name="answered_or_open"
        ),
        CheckConstraint(
            "(state = 'ended') = (ended_at IS NOT NULL)", name="ended_on_a_day"
        ),
        CheckConstraint(
            "end_asked_by IS NULL OR state = 'agreed'", name="asked_while_agreed"
        ),
    )

    id: Mapped[Id]
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"), index=True)
    line: Mapped[int]
    state: Mapped[FrameState] = mapped_column(
        words(FrameState), default=FrameState.PROPOSED
    )
    least_kg: Mapped[Kilograms]
    most_kg: Mapped[Kilograms]
    lead_days: Mapped[int]
    answer_hours: Mapped[int]
    # Mondays.
    first_week: Mapped[date]
    last_week: Mapped[date]
    proposed_by: Mapped[Side] = mapped_column(words(Side))
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime]
    # Nobody answers what ends by itself.
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answered_at: Mapped[datetime | None]

    # Who wants it to end before its weeks are over.
    end_asked_by: Mapped[Side | None] = mapped_column(words(Side, "end_asked_by"))
    ended_at: Mapped[datetime | None]

    contract: Mapped[Contract] = relationship()
    calls: Mapped[list[CallOff]] = relationship(
        back_populates="frame", order_by="CallOff.id"
    )

    @property
    def last_day(self) -> date:
        """The Sunday of the last week."""
        return self.last_week + timedelta(days=6)

    @property
    def terms(self) -> FrameTerms:
        return FrameTerms(
            self.least_kg,
            self.most_kg,
            self.lead_days,
            self.answer_hours,
            self.first_week,
            self.last_week,
        )


class CallOff(Base):
    """What the buyer calls for one week; confirmed, it is a delivery of its own."""

    __tablename__ = "call_offs"
    __table_args__ = (
        Index(
            "uq_call_offs_week",
            "frame_id",
            "week",
            unique=True,
            sqlite_where=LIVE_CALL,
            postgresql_where=LIVE_CALL,
        ),
        Index("ix_call_offs_state_answer_by", "state", "answer_by"),
        CheckConstraint("kg > 0", name="kilograms_positive"),
        CheckConstraint(
            "week <= first_day AND first_day <= last_day", name="days_in_order"
        ),
        CheckConstraint(
            "confirmed_kg BETWEEN 1 AND kg", name="confirmed_within_called"
        ),
        CheckConstraint(
            "(state = 'confirmed') = (confirmed_kg IS NOT NULL)"
            " AND (state = 'confirmed') = (delivery_line IS NOT NULL)",
            name="a_delivery_when_confirmed",
        ),
        CheckConstraint(
            "(state = 'posted') = (answered_at IS NULL)", name="answered_or_open"
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    frame_id: Mapped[int] = mapped_column(ForeignKey("call_off_frames.id"))
    week: Mapped[date]
    kg: Mapped[Kilograms]
    first_day: Mapped[date]
    last_day: Mapped[date]
    state: Mapped[CallOffState] = mapped_column(
        words(CallOffState), default=CallOffState.POSTED
    )
    posted_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    posted_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    # Silence accepted, or let it lapse, where nobody answered.
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answered_at: Mapped[datetime | None]
    answer: Mapped[Words] = mapped_column(default="")
    confirmed_kg: Mapped[Kilograms | None]
    delivery_line: Mapped[int | None]

    frame: Mapped[CallOffFrame] = relationship(back_populates="calls")
