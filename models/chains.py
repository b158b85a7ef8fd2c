"""Chains: what the authority counts, and the evidence for every day."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import relationship

from marketplace.domain.words import ChainKind, ChainState
from models.contracts import Contract
from models.database import (
    Base,
    Code,
    Id,
    Mapped,
    Name,
    PublicId,
    Timestamped,
    Words,
    mapped_column,
    words,
)
from models.organisations import Organisation, User
from models.reference import AdminUnit, ProductGroup

if TYPE_CHECKING:
    from models.chain_days import ChainInterval


class Chain(Timestamped, Base):
    """A linkage of one lead and one product group; several buyers are one chain."""

    __tablename__ = "chains"
    __table_args__ = (
        UniqueConstraint("kind", "lead_id", "group_id"),
        # A page of the list is read in its order, and not sorted out of all.
        Index("ix_chains_listed", "kind", "name", "id"),
        # Few wait at a time, and every page of an officer says how many.
        Index(
            "ix_chains_submitted",
            "unit_id",
            sqlite_where=text("state = 'submitted'"),
            postgresql_where=text("state = 'submitted'"),
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    kind: Mapped[ChainKind] = mapped_column(words(ChainKind))
    lead_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("product_groups.id"))
    name: Mapped[Name]
    # The commune as it was when the chain was submitted.
    unit_id: Mapped[int] = mapped_column(ForeignKey("admin_units.id"), index=True)
    state: Mapped[ChainState] = mapped_column(
        words(ChainState), default=ChainState.DRAFT
    )
    submitted_at: Mapped[datetime | None]
    # The last day whose predicates are stored; no earlier day is written again.
    evaluated_on: Mapped[date | None]
    # From then on time alone may change a result; empty: nothing known ever will.
    next_change_on: Mapped[date | None] = mapped_column(index=True)
    returned_on: Mapped[date | None]
    returned_reason: Mapped[Words] = mapped_column(default="")

    lead: Mapped[Organisation] = relationship()
    group: Mapped[ProductGroup] = relationship()
    unit: Mapped[AdminUnit] = relationship()
    contracts: Mapped[list[ChainContract]] = relationship(back_populates="chain")
    recognitions: Mapped[list[Recognition]] = relationship(
        back_populates="chain", order_by="Recognition.issued_on"
    )
    facts: Mapped[list[ChainFact]] = relationship(
        back_populates="chain", order_by="ChainFact.on"
    )
    intervals: Mapped[list[ChainInterval]] = relationship(
        back_populates="chain", order_by="ChainInterval.valid_from"
    )


class ChainContract(Base):
    """A contract supports a chain from a day to a day; of each kind, one chain."""

    __tablename__ = "chain_contracts"
    __table_args__ = (
        UniqueConstraint("contract_id", "kind"),
        CheckConstraint(
            "linked_to IS NULL OR linked_from < linked_to", name="valid_interval"
        ),
    )

    chain_id: Mapped[int] = mapped_column(ForeignKey("chains.id"), primary_key=True)
    contract_id: Mapped[int] = mapped_column(
        ForeignKey("contracts.id"), primary_key=True, index=True
    )
    kind: Mapped[ChainKind] = mapped_column(words(ChainKind))
    linked_from: Mapped[date]
    linked_to: Mapped[date | None]

    chain: Mapped[Chain] = relationship(back_populates="contracts")
    contract: Mapped[Contract] = relationship()


class Recognition(Timestamped, Base):
    """An officer recognises (product development) or confirms (safe supply).

    Four eyes: a confirmation is proposed by one officer and confirmed by
    another. Nothing counts before `decided_by_id` is set.
    """

    __tablename__ = "recognitions"
    __table_args__ = (
        UniqueConstraint("issuer_id", "number"),
        CheckConstraint(
            "valid_to IS NULL OR issued_on < valid_to", name="valid_interval"
        ),
        CheckConstraint(
            "proposed_by_id IS NULL OR decided_by_id IS NULL"
            " OR proposed_by_id <> decided_by_id",
            name="four_eyes",
        ),
        CheckConstraint(
            "(decided_by_id IS NULL) = (decided_at IS NULL)",
            name="decided_if_and_only_if_dated",
        ),
        Index(
            "uq_recognitions_open",
            "chain_id",
            unique=True,
            sqlite_where=text("decided_at IS NULL AND withdrawn_on IS NULL"),
            postgresql_where=text("decided_at IS NULL AND withdrawn_on IS NULL"),
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    chain_id: Mapped[int] = mapped_column(ForeignKey("chains.id"), index=True)
    number: Mapped[Code]
    issuer_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    issued_on: Mapped[date]
    valid_to: Mapped[date | None]
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    withdrawn_on: Mapped[date | None]
    withdrawn_reason: Mapped[Words] = mapped_column(default="")

    chain: Mapped[Chain] = relationship(back_populates="recognitions")
    issuer: Mapped[Organisation] = relationship()
    proposed_by: Mapped[User | None] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])


class ChainFact(Timestamped, Base):
    """A post-check, a sample, a fault that a case found, or a declared stop, on a day."""

    __tablename__ = "chain_facts"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('post_check', 'sample', 'case', 'stop', 'resume')",
            name="known_kind",
        ),
        CheckConstraint(
            "(kind IN ('post_check', 'sample', 'case')) = (passed IS NOT NULL)",
            name="a_check_has_a_result",
        ),
        CheckConstraint("kind <> 'case' OR NOT passed", name="a_case_finds_a_fault"),
        CheckConstraint('recorded_on >= "on"', name="recorded_afterwards"),
    )

    id: Mapped[Id]
    chain_id: Mapped[int] = mapped_column(ForeignKey("chains.id"), index=True)
    kind: Mapped[Code]
    on: Mapped[date]
    passed: Mapped[bool | None]
    settled_on: Mapped[date | None]
    # When it was written down, if not on its day: it changes no day before.
    recorded_on: Mapped[date | None]
    note: Mapped[Words] = mapped_column(default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    chain: Mapped[Chain] = relationship(back_populates="facts")
    by: Mapped[User] = relationship()


class ChainEvaluation(Base):
    """The result of one predicate for one chain from a day on, with its reason.

    A row is written when a result or its reason changes; it holds until the
    next row of the same predicate.
    """

    __tablename__ = "chain_evaluations"

    chain_id: Mapped[int] = mapped_column(ForeignKey("chains.id"), primary_key=True)
    predicate: Mapped[Code] = mapped_column(primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    holds: Mapped[bool | None]  # empty: the data for it does not exist yet
    reason: Mapped[Code]
    params: Mapped[dict[str, Any]]
    rule_version: Mapped[Code]
    evaluated_at: Mapped[datetime]
