"""How organisations keep their word: facts, what is contested, and what was decided."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import relationship

from marketplace.domain.track_record import ContractEnd, FactKind, FactStanding
from models.contracts import Contract
from models.database import (
    Base,
    Code,
    Id,
    Mapped,
    PublicId,
    Words,
    mapped_column,
    words,
)
from models.organisations import Organisation, User


class RecordFact(Base):
    """One fact of an organisation, computed from the rows of a contract.

    Whatever is computed anew finds its row by (organisation, kind, key), so that
    what was contested and decided of it stays with it.
    """

    __tablename__ = "record_facts"
    __table_args__ = (
        UniqueConstraint("organisation_id", "kind", "key"),
        Index("ix_record_facts_organisation_id_day", "organisation_id", "day"),
        CheckConstraint("0 <= good AND good <= total", name="good_within_total"),
        CheckConstraint("days_late >= 0", name="days_late_not_negative"),
        CheckConstraint(
            "(kind = 'contract') = (contract_end IS NOT NULL)",
            name="a_contract_says_how_it_ended",
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"), index=True)
    kind: Mapped[FactKind] = mapped_column(words(FactKind))
    key: Mapped[Code]
    day: Mapped[date]
    good: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int] = mapped_column(BigInteger)
    days_late: Mapped[int]
    contract_end: Mapped[ContractEnd | None] = mapped_column(words(ContractEnd))

    organisation: Mapped[Organisation] = relationship()
    contract: Mapped[Contract] = relationship()
    contest: Mapped[RecordContest | None] = relationship(back_populates="fact")

    @property
    def standing(self) -> FactStanding:
        """What became of the dispute over it, if there is one."""
        if self.contest is None:
            return FactStanding.PLAIN
        if self.contest.decision is None:
            return FactStanding.CONTESTED
        excluded = self.contest.decision.excluded
        return FactStanding.EXCLUDED if excluded else FactStanding.UPHELD


class RecordContest(Base):
    """The organisation says why a fact is wrong, once; never changed."""

    __tablename__ = "record_contests"
    __table_args__ = (CheckConstraint("reason <> ''", name="says_why"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    fact_id: Mapped[int] = mapped_column(ForeignKey("record_facts.id"), unique=True)
    reason: Mapped[Words]
    raised_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    raised_at: Mapped[datetime]

    fact: Mapped[RecordFact] = relationship(back_populates="contest")
    raised_by: Mapped[User] = relationship()
    decision: Mapped[RecordDecision | None] = relationship(back_populates="contest")


class RecordDecision(Base):
    """An officer counts the fact or takes it out, and says why; never changed."""

    __tablename__ = "record_decisions"
    __table_args__ = (CheckConstraint("reason <> ''", name="says_why"),)

    contest_id: Mapped[int] = mapped_column(
        ForeignKey("record_contests.id"), primary_key=True, autoincrement=False
    )
    excluded: Mapped[bool]
    reason: Mapped[Words]
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime]

    contest: Mapped[RecordContest] = relationship(back_populates="decision")
    decided_by: Mapped[User] = relationship()
