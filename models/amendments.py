"""Amendments of contracts (phụ lục): who proposed which version, why, and its end."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import relationship

from marketplace.domain.words import Side
from marketplace.domain.words_amendments import AmendmentReason, AmendmentState
from models.contracts import Contract, ContractVersion
from models.database import Base, Mapped, Words, mapped_column, words
from models.organisations import User

_OPEN = text("state = 'proposed'")


class Amendment(Base):
    """A version of a contract in force that one side proposes to the other.

    Its words are those of the contract's version of that number, which both sign;
    then it is the version in force. A contract has one open amendment at most.
    """

    __tablename__ = "amendments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["contract_id", "version"],
            ["contract_versions.contract_id", "contract_versions.version"],
        ),
        UniqueConstraint("contract_id", "number"),
        CheckConstraint("base_version < version", name="follows_what_it_amends"),
        CheckConstraint("number > 0", name="numbered_from_one"),
        CheckConstraint("reason_text <> ''", name="says_why"),
        CheckConstraint(
            "(state = 'proposed') = (closed_at IS NULL)", name="closed_when_answered"
        ),
        CheckConstraint(
            "(state = 'refused') = (answer <> '')", name="a_refusal_says_why"
        ),
        Index(
            "uq_amendments_open",
            "contract_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_amendments_state_answer_by", "state", "answer_by"),
    )

    contract_id: Mapped[int] = mapped_column(
        ForeignKey("contracts.id"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    base_version: Mapped[int]
    state: Mapped[AmendmentState] = mapped_column(
        words(AmendmentState), default=AmendmentState.PROPOSED
    )
    reason: Mapped[AmendmentReason] = mapped_column(words(AmendmentReason))
    reason_text: Mapped[Words]
    # From when a new price holds; what was delivered before keeps the former one.
    price_from: Mapped[date]
    proposed_by: Mapped[Side] = mapped_column(words(Side))
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    answer: Mapped[Words] = mapped_column(default="")

    contract: Mapped[Contract] = relationship(viewonly=True)
    wording: Mapped[ContractVersion] = relationship(
        viewonly=True, foreign_keys=[contract_id, version]
    )
    proposer: Mapped[User] = relationship()
