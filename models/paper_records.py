"""Codes of packing houses, and what happened to every paper of the register."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import relationship

from marketplace.domain.words import Market, PaperState
from marketplace.domain.words_papers import PaperEventKind
from models.database import (
    Base,
    Code,
    Id,
    Mapped,
    PublicId,
    Timestamped,
    Words,
    mapped_column,
    words,
)
from models.organisations import User
from models.papers import FOUR_EYES, VERIFIED, Facility
from models.register_keys import OneNumber

PAPER_COLUMNS = ("certificate_id", "area_code_id", "packing_code_id")
ONE_PAPER = (
    " + ".join(f"CASE WHEN {name} IS NULL THEN 0 ELSE 1 END" for name in PAPER_COLUMNS)
    + " = 1"
)


class PackingHouseCode(OneNumber, Timestamped, Base):
    """The identity of a packing house for one market, from a day to a day."""

    __tablename__ = "packing_house_codes"
    __table_args__ = (
        UniqueConstraint("market", "code"),
        Index(
            "uq_packing_house_codes_market_register_key",
            "market",
            "register_key",
            unique=True,
        ),
        CheckConstraint(
            "valid_to IS NULL OR valid_from < valid_to", name="valid_interval"
        ),
        CheckConstraint(VERIFIED, name="verified_by_somebody"),
        CheckConstraint(FOUR_EYES, name="four_eyes"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"), index=True)
    market: Mapped[Market] = mapped_column(words(Market))
    code: Mapped[Code]
    state: Mapped[PaperState] = mapped_column(words(PaperState))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    supervised_on: Mapped[date | None]
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_on: Mapped[date | None]

    facility: Mapped[Facility] = relationship()
    verified_by: Mapped[User | None] = relationship(foreign_keys=[verified_by_id])


class PaperEvent(Base):
    """One step in the life of one paper; never changed, never removed.

    `on` is the day from which it holds, `at` the moment at which it was written
    down. `data` keeps what the paper said then.
    """

    __tablename__ = "paper_events"
    __table_args__ = (
        CheckConstraint(ONE_PAPER, name="of_one_paper"),
        CheckConstraint(
            "kind NOT IN ('returned', 'refused', 'suspended', 'revoked')"
            " OR reason <> ''",
            name="a_no_says_why",
        ),
        CheckConstraint(
            "by_user_id IS NOT NULL OR kind = 'reminded'", name="by_somebody"
        ),
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
    kind: Mapped[PaperEventKind] = mapped_column(words(PaperEventKind))
    on: Mapped[date]
    reason: Mapped[Words] = mapped_column(default="")
    data: Mapped[dict[str, Any]]
    by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]

    by_user: Mapped[User | None] = relationship()


class PaperStop(Base):
    """Days on which a paper was suspended: from the first to before `until`.

    A paper that counts again keeps the days on which it did not, so that a count
    of a past day stays what it was.
    """

    __tablename__ = "paper_stops"
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
    first_day: Mapped[date]
    until: Mapped[date]


def _once(column: str) -> Index:
    """A paper is reminded of once for each of its ends and thresholds."""
    kept = text(f"{column} IS NOT NULL")
    return Index(
        f"uq_paper_reminders_{column}",
        column,
        "last_day",
        "days",
        unique=True,
        sqlite_where=kept,
        postgresql_where=kept,
    )


class PaperReminder(Base):
    """A reminder that went out: of which end, at which threshold, what is at stake.

    `days` is the threshold of the rule; `left_days` what was left when it went
    out, less if nights were missed.
    """

    __tablename__ = "paper_reminders"
    __table_args__ = (
        CheckConstraint(ONE_PAPER, name="of_one_paper"),
        CheckConstraint("left_days BETWEEN 0 AND days", name="not_too_early"),
        *(_once(column) for column in PAPER_COLUMNS),
    )

    id: Mapped[Id]
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificates.id"))
    area_code_id: Mapped[int | None] = mapped_column(
        ForeignKey("growing_area_codes.id")
    )
    packing_code_id: Mapped[int | None] = mapped_column(
        ForeignKey("packing_house_codes.id")
    )
    last_day: Mapped[date]
    days: Mapped[int]
    left_days: Mapped[int]
    stakes: Mapped[dict[str, Any]]
    sent_at: Mapped[datetime]
