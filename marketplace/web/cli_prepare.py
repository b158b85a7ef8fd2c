"""`flask prepare market`: tables, reference data and perhaps the demo, in one go.

What `flask db upgrade`, `reference load` and `demo load` do one after the other, for
`./dev run`: most of the time that each of them takes it loads the application.
"""

from __future__ import annotations

import click
from flask.cli import AppGroup
from flask_migrate import upgrade

from marketplace.services.reference import load_reference
from marketplace.web.cli_demo import load as load_demo
from models.database import transaction

group = AppGroup("prepare", help="What a market needs before it opens.")


@group.command("market")
@click.option("--demo", is_flag=True, help="With the demo market; prints its logins.")
@click.pass_context
def market(context: click.Context, demo: bool) -> None:
    """Bring the tables and the reference data up to date; safe to repeat."""
    upgrade()
    with transaction() as session:
        load_reference(session)
    if demo:
        context.invoke(load_demo)
