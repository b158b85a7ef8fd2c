"""Runs as they are recorded: in a few words, in full, and which was the last."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.jobs import JobState
from models.matching import MatchRun

SUMS = (
    "harvests",
    "tranches",
    "pairs_considered",
    "surplus_vnd",
    "bound_vnd",
    "matched_kg",
    "unmatched_supply_kg",
    "unmatched_demand_kg",
    "proposals_new",
    "proposals_kept",
    "loss_vnd",
    "left_out",
)
"""What a run sums up of its shards."""
SHARD_WORDS = ("number", "products", "state", "readings")


def told_of(run: MatchRun) -> dict[str, Any]:
    """A run in a few words, as JSON."""
    told = {"run": run.public_id, "shards": len(run.shards)}
    words = ("proposals_new", "proposals_kept", "pairs_considered")
    return told | {word.split("_")[-1]: getattr(run, word) for word in words}


def record_of(run: MatchRun) -> dict[str, Any]:
    """A run with its shards as it is recorded, as JSON."""
    return {
        "run": run.public_id,
        "state": run.state,
        "trigger": run.trigger,
        "started_at": run.started_at.isoformat(),
        "seconds": run.duration_ms / 1000,
        **{name: getattr(run, name) for name in SUMS},
        "gap": gap_of(run),
        "changed": run.changed,
        "shards": [
            {name: getattr(shard, name) for name in (*SHARD_WORDS, *SUMS)}
            for shard in run.shards
        ],
    }


def gap_of(run: MatchRun) -> float:
    """How much of the bound is missing, as a share of it."""
    return (run.bound_vnd - run.surplus_vnd) / run.bound_vnd if run.bound_vnd else 0.0


def latest_run(session: Session) -> MatchRun | None:
    """The run that finished last."""
    return session.scalars(
        select(MatchRun)
        .where(MatchRun.state == JobState.DONE)
        .order_by(MatchRun.id.desc())
        .limit(1)
    ).first()


def list_runs(session: Session, limit: int = 200) -> list[MatchRun]:
    """The newest runs, for officers."""
    return list(
        session.scalars(select(MatchRun).order_by(MatchRun.id.desc()).limit(limit))
    )
