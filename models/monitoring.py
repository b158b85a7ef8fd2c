"""Monitoring of chains: post-checks, samples, non-conformities, and a chain's history."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import relationship

from marketplace.domain.monitoring import (
    Audience,
    CheckPoint,
    CheckState,
    FindingSeverity,
    FindingState,
    SampleState,
)
from models.chains import Chain, ChainFact
from models.database import (
    Base,
    Code,
    Id,
    Mapped,
    Name,
    Words,
    mapped_column,
    words,
)
from models.organisations import Organisation, User
from models.reference import Product


class PostCheck(Base):
    """A visit of officers: planned, then done with its list, or cancelled.

    `fact_id` is the row that the evaluation of the chain reads (S7).
    """

    __tablename__ = "post_checks"
    __table_args__ = (
        UniqueConstraint("chain_id", "number"),
        CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name="done_if_so"),
        CheckConstraint("(done_on IS NULL) = (passed IS NULL)", name="has_a_result"),
        CheckConstraint(
            "(done_on IS NULL) = (done_by_id IS NULL)", name="done_by_somebody"
        ),
        CheckConstraint("next_due_on > done_on", name="next_after_it"),
    )

    id: Mapped[Id]
    chain_id: Mapped[int] = mapped_column(ForeignKey("chains.id"))
    number: Mapped[int]
    state: Mapped[CheckState] = mapped_column(
        words(CheckState), default=CheckState.PLANNED
    )
    planned_on: Mapped[date]
    planned_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    plan: Mapped[Words] = mapped_column(default="")
    done_on: Mapped[date | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # {"point", "answer", "text"} for each point of the list.
    points: Mapped[list[Any]] = mapped_column(default=list)
    passed: Mapped[bool | None]
    summary: Mapped[Words] = mapped_column(default="")
    next_due_on: Mapped[date | None]
    fact_id: Mapped[int | None] = mapped_column(ForeignKey("chain_facts.id"))

    chain: Mapped[Chain] = relationship()
    planned_by: Mapped[User] = relationship(foreign_keys=[planned_by_id])
    done_by: Mapped[User | None] = relationship(foreign_keys=[done_by_id])
    findings: Mapped[list[Nonconformity]] = relationship(
        back_populates="check", order_by="Nonconformity.number"
    )


class SampleTest(Base):
    """A surveillance sample; it passes if every parameter keeps its limit.

    `fact_id` is the row that the evaluation of the chain reads (S5).
    """

    __tablename__ = "sample_tests"
    __table_args__ = (
        UniqueConstraint("chain_id", "number"),
        UniqueConstraint("chain_id", "code"),
        CheckConstraint(
            "(state = 'analysed') = (analysed_on IS NOT NULL)", name="analysed_if_so"
        ),
        CheckConstraint(
            "(analysed_on IS NULL) = (passed IS NULL)", name="has_a_result"
        ),
        CheckConstraint("analysed_on >= taken_on", name="analysed_after_taken"),
    )

    id: Mapped[Id]
    chain_id: Mapped[int] = mapped_column(ForeignKey("chains.id"))
    number: Mapped[int]
    state: Mapped[SampleState] = mapped_column(
        words(SampleState), default=SampleState.TAKEN
    )
    code: Mapped[Code]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    lot: Mapped[Name]
    laboratory: Mapped[Name]
    taken_on: Mapped[date]
    taken_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    analysed_on: Mapped[date | None]
    analysed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    passed: Mapped[bool | None]
    report: Mapped[Words] = mapped_column(default="")
    fact_id: Mapped[int | None] = mapped_column(ForeignKey("chain_facts.id"))

    chain: Mapped[Chain] = relationship()
    product: Mapped[Product] = relationship()
    taken_by: Mapped[User] = relationship(foreign_keys=[taken_by_id])
    results: Mapped[list[SampleResult]] = relationship(
        back_populates="sample", order_by="SampleResult.number"
    )
    findings: Mapped[list[Nonconformity]] = relationship(back_populates="sample")


class SampleResult(Base):
    """One parameter of a sample with the most that is allowed; never changed."""

    __tablename__ = "sample_results"
    __table_args__ = (
        CheckConstraint("value >= 0 AND most >= 0", name="not_negative"),
        CheckConstraint("passed = (value <= most)", name="passed_within_the_limit"),
    )

    sample_id: Mapped[int] = mapped_column(
        ForeignKey("sample_tests.id"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    parameter: Mapped[Name]
    value: Mapped[Decimal] = mapped_column(Numeric(14, 6))
    most: Mapped[Decimal] = mapped_column(Numeric(14, 6))
    unit: Mapped[Code]
    passed: Mapped[bool]

    sample: Mapped[SampleTest] = relationship(back_populates="results")


class Nonconformity(Base):
    """Something wrong, found by a check, a sample or a case; mended until a day.

    Four eyes: who found it never closes it.
    """

    __tablename__ = "nonconformities"
    __table_args__ = (
        UniqueConstraint("chain_id", "number"),
        CheckConstraint("text <> ''", name="says_what"),
        CheckConstraint("due_on >= found_on", name="due_after_found"),
        CheckConstraint(
            "check_id IS NULL OR sample_id IS NULL", name="found_by_one_thing"
        ),
        CheckConstraint(
            "(state = 'closed') = (closed_on IS NOT NULL)", name="closed_if_so"
        ),
        CheckConstraint(
            "(closed_on IS NULL) = (closed_by_id IS NULL)", name="closed_by_somebody"
        ),
        CheckConstraint(
            "closed_by_id IS NULL OR closed_by_id <> found_by_id", name="four_eyes"
        ),
        Index("ix_nonconformities_state_due_on", "state", "due_on"),
    )

    id: Mapped[Id]
    chain_id: Mapped[int] = mapped_column(ForeignKey("chains.id"))
    number: Mapped[int]
    state: Mapped[FindingState] = mapped_column(
        words(FindingState), default=FindingState.OPEN
    )
    severity: Mapped[FindingSeverity] = mapped_column(words(FindingSeverity))
    check_id: Mapped[int | None] = mapped_column(ForeignKey("post_checks.id"))
    sample_id: Mapped[int | None] = mapped_column(ForeignKey("sample_tests.id"))
    point: Mapped[CheckPoint | None] = mapped_column(words(CheckPoint))
    text: Mapped[Words]
    found_on: Mapped[date]
    found_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    due_on: Mapped[date]
    closed_on: Mapped[date | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # What the evaluation reads, settled once nothing serious of it is open.
    fact_id: Mapped[int | None] = mapped_column(ForeignKey("chain_facts.id"))

    chain: Mapped[Chain] = relationship()
    check: Mapped[PostCheck | None] = relationship(back_populates="findings")
    sample: Mapped[SampleTest | None] = relationship(back_populates="findings")
    fact: Mapped[ChainFact | None] = relationship()
    found_by: Mapped[User] = relationship(foreign_keys=[found_by_id])
    closed_by: Mapped[User | None] = relationship(foreign_keys=[closed_by_id])


class ChainEvent(Base):
    """What happened to a chain, in words; written once, never changed.

    `about` and `number` name the record of the chain that it is about.
    """

    __tablename__ = "chain_events"
    __table_args__ = (Index("ix_chain_events_chain_id_at", "chain_id", "at"),)

    id: Mapped[Id]
    chain_id: Mapped[int] = mapped_column(ForeignKey("chains.id"))
    event: Mapped[Code]
    about: Mapped[Code]
    number: Mapped[int]
    audience: Mapped[Audience] = mapped_column(words(Audience))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    text: Mapped[Words] = mapped_column(default="")

    by: Mapped[User | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
