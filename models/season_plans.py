"""Plans for later seasons: what one side proposes before a contract is signed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

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
from marketplace.domain.words_seasons import SeasonPlanState
from models.contracts import Contract
from models.database import Base, Code, Id, Mapped, Words, mapped_column, words
from models.organisations import User

_OPEN = text("state = 'proposed'")


class SeasonPlan(Base):
    """How many seasons a contract is to bind, and what is delivered in the later ones.

    `lines` are [{first_day, last_day, kg}, …] of the seasons after the first. Once
    the other side agrees, `version` is the version of the contract that says so.
    A contract has one open plan at most.
    """

    __tablename__ = "season_plans"
    __table_args__ = (
        ForeignKeyConstraint(
            ["contract_id", "version"],
            ["contract_versions.contract_id", "contract_versions.version"],
        ),
        UniqueConstraint("contract_id", "number"),
        CheckConstraint("number > 0", name="numbered_from_one"),
        CheckConstraint("seasons >= 2", name="several_seasons"),
        CheckConstraint(
            "keeps_price OR market <> ''", name="a_moving_price_names_its_market"
        ),
        CheckConstraint(
            "(state = 'proposed') = (closed_at IS NULL)", name="closed_when_answered"
        ),
        CheckConstraint(
            "(state = 'agreed') = (version IS NOT NULL)",
            name="a_version_if_and_only_if_agreed",
        ),
        CheckConstraint(
            "(state = 'refused') = (answer <> '')", name="a_refusal_says_why"
        ),
        Index(
            "uq_season_plans_open",
            "contract_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[Id]
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"), index=True)
    number: Mapped[int]
    state: Mapped[SeasonPlanState] = mapped_column(
        words(SeasonPlanState), default=SeasonPlanState.PROPOSED
    )
    seasons: Mapped[int]
    lines: Mapped[list[Any]]
    # The price rule of the first season for all; else the market's price.
    keeps_price: Mapped[bool]
    market: Mapped[Code] = mapped_column(default="")
    proposed_by: Mapped[Side] = mapped_column(words(Side))
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    answer: Mapped[Words] = mapped_column(default="")
    version: Mapped[int | None]

    contract: Mapped[Contract] = relationship(viewonly=True)
    proposer: Mapped[User] = relationship()
