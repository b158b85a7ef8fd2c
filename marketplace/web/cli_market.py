"""`flask market match`: pair all open supply with all open demand."""

from __future__ import annotations

import sys
import time

import click
from flask.cli import AppGroup

from marketplace.domain.jobs import FINAL, JobState
from marketplace.services.matching_jobs import find_job
from marketplace.services.proposals import rematch
from models.database import transaction
from tasks.jobs import wake_worker
from tasks.runner import run_next_job

group = AppGroup("market", help="The market as a whole.")
PAUSE = 0.2  # seconds between two looks at a run that somebody else does


@group.command("match")
@click.option("--wait", is_flag=True, help="Do the work here and say what came out.")
def match(wait: bool) -> None:
    """Ask for a run of the matcher."""
    with transaction() as session:
        job = rematch(session, trigger="command", due_in_seconds=0)
        public_id = job.public_id
    if not wait:
        wake_worker()
        click.echo(f"Asked for run {public_id}")
        return
    state, told = _finish(public_id)
    click.echo(told)
    sys.exit(0 if state is JobState.DONE else 1)


def _finish(public_id: str) -> tuple[JobState, str]:
    """Work through what is due until the run has ended."""
    while True:
        with transaction(read_only=True) as session:
            job = find_job(session, public_id)
            state, result, error = job.state, dict(job.result or {}), job.error
        if state in FINAL:
            return state, error or _summary(result)
        if not run_next_job():
            time.sleep(PAUSE)


def _summary(result: dict[str, object]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in sorted(result.items()))
