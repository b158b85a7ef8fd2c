"""`flask chains count`: the board's numbers, from the board's query."""

from __future__ import annotations

import json
from datetime import datetime

import click
from flask.cli import AppGroup

from marketplace.services.figures import count_chains_on, units_of_group
from marketplace.web.clock import today
from models.database import transaction

group = AppGroup("chains", help="What the authority counts.")


@group.command("count")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day; today.")
@click.option("--area", help="An area group, such as D126.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
def count(on: datetime | None, area: str | None, as_json: bool) -> None:
    """Count chains of both kinds on a day."""
    day = on.date() if on else today()
    with transaction(read_only=True) as session:
        units = units_of_group(session, area) if area else None
        numbers = count_chains_on(session, day, units)
    if as_json:
        click.echo(json.dumps(numbers, ensure_ascii=False))
        return
    click.echo(f"{day:%d/%m/%Y}")
    click.echo(f"product development  {numbers['product_development']:>5}")
    click.echo(f"safe supply          {numbers['safe_supply']:>5}")
