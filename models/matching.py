"""Runs of the matcher: what went in, what came out, what was left, at which price."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import relationship

from marketplace.domain.jobs import JobState
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
    words,
)


class MatchRun(Base):
    """One pairing of all open supply with all open demand, shard by shard.

    The sums are those of its shards and complete when the last of them ends.
    `left_out` posts changed while it solved them and were left to themselves.
    `changed` single posts were matched since; together with them at most
    `loss_vnd` are lost against a run that solves all anew.
    """

    __tablename__ = "match_runs"
    __table_args__ = (
        CheckConstraint(
            "(state = 'running') = (finished_at IS NULL)",
            name="finished_if_and_only_if_over",
        ),
        Index(
            "uq_match_runs_running",
            "state",
            unique=True,
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    job_id: Mapped[int | None] = mapped_column(index=True)
    trigger: Mapped[Code]
    state: Mapped[JobState] = mapped_column(words(JobState), default=JobState.RUNNING)
    input_digest: Mapped[Digest] = mapped_column(default="")
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    duration_ms: Mapped[int] = mapped_column(default=0)
    harvests: Mapped[int] = mapped_column(default=0)
    tranches: Mapped[int] = mapped_column(default=0)
    pairs_considered: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    stages: Mapped[dict[str, Any]] = mapped_column(default=dict)  # pairs after a rule
    surplus_vnd: Mapped[Dong] = mapped_column(default=0)
    bound_vnd: Mapped[Dong] = mapped_column(default=0)
    matched_kg: Mapped[Kilograms] = mapped_column(default=0)
    unmatched_supply_kg: Mapped[Kilograms] = mapped_column(default=0)
    unmatched_demand_kg: Mapped[Kilograms] = mapped_column(default=0)
    proposals_new: Mapped[int] = mapped_column(default=0)
    proposals_kept: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    loss_vnd: Mapped[Dong] = mapped_column(default=0)

    shards: Mapped[list[MatchShard]] = relationship(
        back_populates="run", order_by="MatchShard.number"
    )


class MatchShard(Base):
    """Products that are solved together; no pair reaches from one to another."""

    __tablename__ = "match_shards"
    __table_args__ = (UniqueConstraint("run_id", "number"),)

    id: Mapped[Id]
    run_id: Mapped[int] = mapped_column(ForeignKey("match_runs.id"))
    number: Mapped[int]
    products: Mapped[list[Any]]  # ids
    state: Mapped[JobState] = mapped_column(words(JobState), default=JobState.QUEUED)
    readings: Mapped[int] = mapped_column(default=0)  # more than one: it had moved
    input_digest: Mapped[Digest] = mapped_column(default="")
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    harvests: Mapped[int] = mapped_column(default=0)
    tranches: Mapped[int] = mapped_column(default=0)
    pairs_considered: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    stages: Mapped[dict[str, Any]] = mapped_column(default=dict)
    surplus_vnd: Mapped[Dong] = mapped_column(default=0)
    bound_vnd: Mapped[Dong] = mapped_column(default=0)
    matched_kg: Mapped[Kilograms] = mapped_column(default=0)
    unmatched_supply_kg: Mapped[Kilograms] = mapped_column(default=0)
    unmatched_demand_kg: Mapped[Kilograms] = mapped_column(default=0)
    proposals_new: Mapped[int] = mapped_column(default=0)
    proposals_kept: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[int] = mapped_column(default=0)  # posts that moved meanwhile
    loss_vnd: Mapped[Dong] = mapped_column(default=0)  # by the price column alone

    run: Mapped[MatchRun] = relationship(back_populates="shards")


class LotPrice(Base):
    """The price column: a lot as the matcher last saw it, and what it is worth.

    One row a stretch of days with the same papers. `price_vnd` is the floor
    plus what competition adds; it is as secret as the floor and never shown.
    `x`, `y`, `z` are the place on a sphere of radius 1.
    """

    __tablename__ = "lot_prices"
    __table_args__ = (Index("ix_lot_prices_product_id", "product_id"),)

    # No foreign keys: a copy, rewritten by every run.
    harvest_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    product_id: Mapped[int]
    owner: Mapped[int] = mapped_column(sa.BigInteger)
    has: Mapped[int] = mapped_column(sa.BigInteger)
    first_day: Mapped[int]
    last_day: Mapped[int]
    kg: Mapped[Kilograms]
    left_kg: Mapped[Kilograms]  # that nobody was found for
    ask_vnd: Mapped[Dong]
    price_vnd: Mapped[Dong]
    x: Mapped[float]
    y: Mapped[float]
    z: Mapped[float]


class NeedPrice(Base):
    """A tranche as the matcher last saw it, and what a kilogram gains it.

    `gain_vnd` is what the buyer keeps of a kilogram at the prices of the lots.
    Never shown.
    """

    __tablename__ = "need_prices"
    __table_args__ = (Index("ix_need_prices_product_id", "product_id"),)

    tranche_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    offer_id: Mapped[int]
    product_id: Mapped[int]
    owner: Mapped[int] = mapped_column(sa.BigInteger)
    requires: Mapped[int] = mapped_column(sa.BigInteger)
    first_day: Mapped[int]
    last_day: Mapped[int]
    kg: Mapped[Kilograms]
    left_kg: Mapped[Kilograms]
    bid_vnd: Mapped[Dong]
    gain_vnd: Mapped[Dong]
    x: Mapped[float]
    y: Mapped[float]
    z: Mapped[float]


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
