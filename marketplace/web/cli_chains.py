"""`flask chains`: the board's numbers, past days again, and parameters to come."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import click
from flask.cli import AppGroup

from marketplace.domain.errors import Refused
from marketplace.services.chain_evaluation import chain_ids
from marketplace.services.chain_kept_days import note_change
from marketplace.services.chain_parameters import change_parameters
from marketplace.services.chain_recount import Difference, Knowledge, recount
from marketplace.services.chain_sums import keep_sums, wrong_sums
from marketplace.services.figures import count_chains_on, units_of_group
from marketplace.web.clock import today
from models.bulk import chunks
from models.database import transaction

group = AppGroup("chains", help="What the authority counts.")
DAY = click.DateTime(["%Y-%m-%d"])
BATCH = 500


@group.command("count")
@click.option("--on", type=DAY, help="The day; today.")
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


@group.command("recompute")
@click.option("--from", "first", type=DAY, required=True, help="The first day.")
@click.option("--to", "last", type=DAY, required=True, help="The last day.")
@click.option(
    "--known",
    type=click.Choice([one.value for one in Knowledge]),
    default=Knowledge.THEN.value,
    help="By the records as known then, or as known now.",
)
@click.option("--json", "as_json", is_flag=True, help="A line of JSON a difference.")
def recompute(first: datetime, last: datetime, known: str, as_json: bool) -> None:
    """Evaluate past days again and show what differs; nothing is overwritten.

    Ends with 1 if, by what was known then, anything differs.
    """
    found = 0
    with transaction(read_only=True) as session:
        ids = chain_ids(session)
    for some in chunks(ids, BATCH):
        with transaction(read_only=True, snapshot=True) as session:
            days = (first.date(), last.date())
            for one in recount(session, *days, Knowledge(known), some):
                found += 1
                click.echo(_told(one, as_json))
            session.expunge_all()
    click.echo(f"{len(ids)} chains, {found} differences", err=as_json)
    if found and known == Knowledge.THEN:
        raise SystemExit(1)


def _told(one: Difference, as_json: bool) -> str:
    if as_json:
        return json.dumps(asdict(one), ensure_ascii=False, default=str)
    about = f" ({', '.join(one.about)})" if one.about else ""
    return (
        f"{one.chain} {one.first} to {one.last} {one.what}:"
        f" stored {one.stored}, computed {one.computed}, because of {one.why}{about}"
    )


@group.command("sum")
@click.option("--from", "first", type=DAY, help="The first day; all days.")
def sum_up(first: datetime | None) -> None:
    """Make the sums of all days from one on anew, of the intervals as they stand."""
    more = True
    with transaction() as session:
        note_change(session, first.date() if first else date.min)
    while more:
        with transaction() as session:
            more = keep_sums(session)
    with transaction(read_only=True) as session:
        days = len(list(wrong_sums(session)))
    click.echo(f"{days} days with other sums than their intervals")


@group.command("parameters")
@click.argument("changes", nargs=-1, required=True, metavar="NAME=VALUE...")
@click.option("--from", "valid_from", type=DAY, required=True, help="The first day.")
@click.option("--version", required=True, help="What the new rules are called.")
@click.option("--source", required=True, help="Who decided it, and where.")
def parameters(
    changes: tuple[str, ...], valid_from: datetime, version: str, source: str
) -> None:
    """Change parameters of the predicates from a day on that is still to come."""
    values: dict[str, Any] = {}
    for change in changes:
        name, _, value = change.partition("=")
        values[name] = json.loads(value)
    try:
        with transaction() as session:
            change_parameters(
                session,
                values,
                version=version,
                valid_from=valid_from.date(),
                source=source,
                today=today(),
            )
    except (Refused, ValueError) as fault:
        raise click.ClickException(str(fault)) from fault
    click.echo(f"{version} from {valid_from:%d/%m/%Y}")
