"""Chains that came otherwise than by their leads are looked at soon, not at night."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from marketplace.services.jobs import enqueue_job

LOOK = "chains.look"


def ask_for_evaluation(session: Session, key: str, chains: Sequence[int]) -> None:
    """A worker is to bring these chains up to today; what fails is due at night."""
    if chains:
        enqueue_job(session, LOOK, key, {"chains": list(chains)})
