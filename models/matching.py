"""Runs of the matcher: what went in, what came out, and what was left."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index

from models.database import (
    Base,
    Code,
    Digest,
    Dong,
    Id,
    Kilograms,
    Mapped,
    PublicId,
    mapped_column,
)


class MatchRun(Base):
    """One finished pairing of all open supply with all open demand."""

    __tablename__ = "match_runs"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    job_id: Mapped[int | None] = mapped_column(index=True)
    trigger: Mapped[Code]
    input_digest: Mapped[Digest]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    duration_ms: Mapped[int]
    harvests: Mapped[int]
    tranches: Mapped[int]
    pairs_considered: Mapped[int]
    stages: Mapped[dict[str, Any]]  # pairs left after each rule
    surplus_vnd: Mapped[Dong]
    bound_vnd: Mapped[Dong]
    matched_kg: Mapped[Kilograms]
    unmatched_supply_kg: Mapped[Kilograms]
    unmatched_demand_kg: Mapped[Kilograms]
    proposals_new: Mapped[int]
    proposals_kept: Mapped[int]


class Unmatched(Base):
    """What is left of a harvest or a tranche after the latest run, and why.

    `advice` names the binding rule and the cheapest change that would help; it
    never holds the other side's limit.
    """

    __tablename__ = "unmatched"
    __table_args__ = (
        CheckConstraint(
            "(harvest_id IS NULL) <> (tranche_id IS NULL)", name="one_side_a_row"
        ),
        Index("ix_unmatched_harvest_id_run_id", "harvest_id", "run_id"),
        Index("ix_unmatched_tranche_id_run_id", "tranche_id", "run_id"),
    )

    id: Mapped[Id]
    run_id: Mapped[int] = mapped_column(ForeignKey("match_runs.id"))
    harvest_id: Mapped[int | None] = mapped_column(ForeignKey("harvests.id"))
    tranche_id: Mapped[int | None] = mapped_column(ForeignKey("tranches.id"))
    left_kg: Mapped[Kilograms]
    rule: Mapped[Code]
    considered: Mapped[int]  # how many of the other side were looked at
    advice: Mapped[list[Any]]
