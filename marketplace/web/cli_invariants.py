"""`flask invariants check`: what must hold, and whether it does."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from marketplace.services.invariants import CHECKS, find_violations
from models.database import transaction

group = AppGroup("invariants", help="What must hold in every stored state.")


@group.command("check")
def check() -> None:
    """Print every violation; the exit code is 1 if there is one."""
    with transaction(read_only=True) as session:
        violations = find_violations(session)
    for violation in violations:
        click.echo(f"{violation.rule}: {violation.subject} ({violation.detail})")
    click.echo(f"{len(CHECKS)} checks, {len(violations)} violations")
    sys.exit(1 if violations else 0)
