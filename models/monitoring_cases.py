"""Monitoring cases: grounds, the lead's answer, a conclusion, and four eyes on it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import relationship

from marketplace.domain.monitoring import FindingSeverity
from marketplace.domain.monitoring_cases import CaseGround, CaseState
from models.chains import Chain
from models.database import Base, Id, Mapped, Words, mapped_column, words
from models.monitoring import Nonconformity
from models.organisations import User


class MonitoringCase(Base):
    """One matter that officers look into; what was said is in the chain's history.

    Four eyes: who concludes never decides. `severity` is what the conclusion found,
    empty where it found nothing; then the case is declined.
    """

    __tablename__ = "monitoring_cases"
    __table_args__ = (
        UniqueConstraint("chain_id", "number"),
        CheckConstraint("about <> '' AND question <> ''", name="says_what"),
        CheckConstraint(
            "(state IN ('draft', 'dropped')) = (active_on IS NULL)", name="active_if_so"
        ),
        CheckConstraint(
            "(active_on IS NULL) = (answer_by IS NULL)", name="asked_until_a_day"
        ),
        CheckConstraint(
            "(concluded_by_id IS NULL) = (conclusion = '')", name="concluded_in_words"
        ),
        CheckConstraint(
            "(state IN ('addressed', 'declined', 'closed')) = (decided_on IS NOT NULL)",
            name="decided_if_so",
        ),
        CheckConstraint(
            "(decided_on IS NULL) = (decided_by_id IS NULL)", name="decided_by_somebody"
        ),
        CheckConstraint(
            "decided_by_id IS NULL OR concluded_by_id IS NOT NULL",
            name="concluded_before_decided",
        ),
        CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> concluded_by_id",
            name="four_eyes",
        ),
        CheckConstraint(
            "(state = 'closed') = (closed_on IS NOT NULL)", name="closed_if_so"
        ),
        CheckConstraint(
            "(state <> 'addressed' OR severity IS NOT NULL)"
            " AND (state <> 'declined' OR severity IS NULL)",
            name="addressed_where_something_is_wrong",
        ),
        Index("ix_monitoring_cases_state_answer_by", "state", "answer_by"),
    )

    id: Mapped[Id]
    chain_id: Mapped[int] = mapped_column(ForeignKey("chains.id"))
    number: Mapped[int]
    state: Mapped[CaseState] = mapped_column(words(CaseState), default=CaseState.DRAFT)
    ground: Mapped[CaseGround] = mapped_column(words(CaseGround))
    about: Mapped[Words]
    question: Mapped[Words]
    opened_on: Mapped[date]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    active_on: Mapped[date | None]
    answer_by: Mapped[date | None]
    answered_on: Mapped[date | None]
    severity: Mapped[FindingSeverity | None] = mapped_column(
        words(FindingSeverity, "caseseverity")
    )
    conclusion: Mapped[Words] = mapped_column(default="")
    measures: Mapped[Words] = mapped_column(default="")
    concluded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_on: Mapped[date | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    closed_on: Mapped[date | None]
    # What a decision asks to mend; the case is closed once that is closed.
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("nonconformities.id"))

    chain: Mapped[Chain] = relationship()
    finding: Mapped[Nonconformity | None] = relationship()
    opened_by: Mapped[User] = relationship(foreign_keys=[opened_by_id])
    concluded_by: Mapped[User | None] = relationship(foreign_keys=[concluded_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])

    @property
    def concluded(self) -> bool:
        return self.concluded_by_id is not None
