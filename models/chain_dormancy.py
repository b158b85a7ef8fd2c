"""Chains that may have stopped: proposed by the night, judged by two officers."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import relationship

from models.chains import Chain
from models.database import Base, Id, Mapped, Words, mapped_column
from models.organisations import User

_OPEN = text("decided_on IS NULL AND ended_on IS NULL")


class DormancyProposal(Base):
    """Nothing was delivered from `quiet_from` on; is the chain at an end?

    One officer gives an opinion, another confirms or refuses it. `ended_on` is the day
    on which the chain woke before anybody decided. A decision can be undone.
    """

    __tablename__ = "dormancy_proposals"
    __table_args__ = (
        UniqueConstraint("chain_id", "number"),
        CheckConstraint("quiet_from < proposed_on", name="quiet_before"),
        CheckConstraint(
            "(looked_by_id IS NULL) = (opinion = '')", name="looked_at_in_words"
        ),
        CheckConstraint(
            "(decided_on IS NULL) = (decided_by_id IS NULL)"
            " AND (decided_on IS NULL) = (stopped IS NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint(
            "decided_by_id IS NULL OR looked_by_id IS NOT NULL",
            name="looked_at_before_decided",
        ),
        CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> looked_by_id", name="four_eyes"
        ),
        CheckConstraint(
            "ended_on IS NULL OR decided_on IS NULL", name="ends_undecided"
        ),
        CheckConstraint(
            "(undone_on IS NULL) = (undone_by_id IS NULL)"
            " AND (undone_on IS NULL) = (undone_why = '')",
            name="undone_in_words",
        ),
        CheckConstraint(
            "undone_on IS NULL OR decided_on IS NOT NULL", name="undone_once_decided"
        ),
        Index(
            "uq_dormancy_proposals_open",
            "chain_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[Id]
    chain_id: Mapped[int] = mapped_column(ForeignKey("chains.id"))
    number: Mapped[int]
    proposed_on: Mapped[date]
    quiet_from: Mapped[date]
    looked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    opinion: Mapped[Words] = mapped_column(default="")
    stopped: Mapped[bool | None]
    decided_on: Mapped[date | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_on: Mapped[date | None]
    undone_on: Mapped[date | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    undone_why: Mapped[Words] = mapped_column(default="")

    chain: Mapped[Chain] = relationship()
    looked_by: Mapped[User | None] = relationship(foreign_keys=[looked_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])

    @property
    def is_open(self) -> bool:
        """Whether somebody is waited for."""
        return self.decided_on is None and self.ended_on is None
