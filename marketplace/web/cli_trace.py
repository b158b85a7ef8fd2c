"""`flask trace`: lots as documents of the standards, and where they went."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click
from flask import current_app
from flask.cli import AppGroup

from marketplace.services.epcis_schema import faults_of_document
from marketplace.services.epcis_stories import EVERYTHING, story_of
from marketplace.services.lots import lots_named
from marketplace.web.clock import now
from models.database import transaction
from models.lots import Lot

group = AppGroup("trace", help="Lots, and where they came from and went.")


@group.command("epcis")
@click.argument("lot", metavar="LOT")
def epcis(lot: str) -> None:
    """Print the whole story of LOT, and of what it was made of, as EPCIS 2.0.

    LOT is its number or its public id. What is printed has been validated.
    """
    base = current_app.config["SETTINGS"].base_url
    with transaction(read_only=True) as session:
        found = only_lot(lots_named(session, lot))
        document = story_of(session, found, EVERYTHING, base=base, now=now())
    if faults := faults_of_document(document, now()):
        raise click.ClickException("\n".join(map(str, faults)))
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def only_lot(found: Sequence[Lot]) -> Lot:
    """The one lot that was meant; says which there are if there are several."""
    if not found:
        raise click.ClickException("No such lot.")
    if len(found) > 1:
        names = "\n".join(
            f"  {one.public_id}  {one.organisation.name}" for one in found
        )
        raise click.ClickException(f"Several lots have this number:\n{names}")
    return found[0]
