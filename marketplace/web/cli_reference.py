"""`flask reference load`: what every installation needs to know."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from marketplace.services.reference import load_reference
from models.database import transaction

group = AppGroup("reference", help="Products, limits, law and communes.")


@group.command("load")
def load() -> None:
    """Load or complete the reference data; safe to repeat."""
    with transaction() as session:
        load_reference(session)
    click.echo("reference data is complete")
