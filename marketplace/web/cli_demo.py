"""`flask demo load`: a market to look at, and who may look."""

from __future__ import annotations

from collections.abc import Iterable

import click
from flask.cli import AppGroup

from marketplace.demo.load import is_loaded, load_demo
from marketplace.demo.people import LOGINS, PASSWORD, Login
from marketplace.web.clock import now, today
from models.database import transaction

group = AppGroup("demo", help="The Sông Mã demo market.")


@group.command("load")
def load() -> None:
    """Load the demo market; nothing if it is there already."""
    with transaction() as session:
        logins = load_demo(session, today=today(), now=now())
    _print(logins)


@group.command("logins")
def logins() -> None:
    """Print the demo's logins."""
    with transaction(read_only=True) as session:
        loaded = is_loaded(session)
    if not loaded:
        raise click.ClickException("Chưa nạp dữ liệu mẫu: flask --app app demo load")
    _print(LOGINS)


def _print(rows: Iterable[Login]) -> None:
    """Who signs in as what; the demo speaks Vietnamese, as its market does."""
    click.echo(f"Mật khẩu chung: {PASSWORD}")
    for row in rows:
        click.echo(f"  {row.email:<31} {row.title}, {row.organisation}")
