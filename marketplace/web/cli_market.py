"""`flask market match`: pair all open supply with all open demand."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from marketplace.domain.jobs import FINAL, JobState
from marketplace.services.matching_jobs import (
    errors_of,
    find_job,
    progress_of,
    run_of,
)
from marketplace.services.matching_records import record_of
from marketplace.services.matching_runs import close_abandoned
from marketplace.services.proposals import rematch
from marketplace.services.rules import rule
from marketplace.web.clock import today
from models.database import db_now, transaction
from tasks.jobs import wake_worker
from tasks.runner import run_next_job

group = AppGroup("market", help="The market as a whole.")
NEEDED = "matching.transport"
NO_REFERENCE = "Load the reference data first: flask --app app reference load"
NO_TABLES = "The database cannot be used yet; try: flask --app app db upgrade"
PAUSE = 0.2  # seconds between two looks at a run that somebody else does


@group.command("match")
@click.option("--wait", is_flag=True, help="Do the work here and say what came out.")
def match(wait: bool) -> None:
    """Ask for a run of the matcher."""
    public_id = _ask()
    wake_worker()
    if not wait:
        click.echo(f"Asked for run {public_id}")
        return
    state, record = _finish(public_id)
    click.echo(json.dumps(record, indent=1, ensure_ascii=False))
    click.echo(_readable(record), err=True)
    sys.exit(0 if state is JobState.DONE else 1)


def _ask() -> str:
    """The id of a run; a plain word where there is nothing yet to run on."""
    try:
        with transaction() as session:
            rule(session, NEEDED, today())
            return rematch(session, trigger="command", due_in_seconds=0).public_id
    except LookupError as error:
        raise click.ClickException(f"{error.args[0]}. {NO_REFERENCE}") from None
    except (OperationalError, ProgrammingError) as error:
        raise click.ClickException(f"{NO_TABLES} ({error.orig})") from None


def _finish(public_id: str) -> tuple[JobState, dict[str, Any]]:
    """Work through what is due, beside the workers, until the run has ended."""
    while True:
        with transaction(read_only=True) as session:
            job = find_job(session, public_id)
            state = progress_of(session, job).state
            if state in FINAL:
                return state, _record(session, job)
        if not run_next_job():
            with transaction() as session:
                close_abandoned(session, now=db_now(session))
            time.sleep(PAUSE)


def _record(session: Session, job: Any) -> dict[str, Any]:
    run = run_of(session, job)
    if run is None:
        return {"state": job.state.value, "error": job.error}
    record = record_of(run)
    if run.state is not JobState.DONE:
        record["errors"] = errors_of(session, run)
    return record


def _readable(record: dict[str, Any]) -> str:
    if "shards" not in record:
        return f"run: {record['state']}: {record['error'] or ''}"
    lines = [f"{name}: {value}" for name, value in record.items() if name != "shards"]
    for shard in record["shards"]:
        told = ", ".join(f"{name} {value}" for name, value in shard.items())
        lines.append(f"  shard {told}")
    return "\n".join(lines)
