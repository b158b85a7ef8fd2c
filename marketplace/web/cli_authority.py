"""`flask authority`: the first office and its officers, on a new installation."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from marketplace.domain.errors import Refused
from marketplace.services.authority import appoint, found_authority
from marketplace.web.clock import now, today
from models.database import transaction

group = AppGroup("authority", help="The office that verifies and counts.")


@group.command("appoint")
@click.option("--office", required=True, help="Its name; founded if it is new.")
@click.option("--commune", required=True, help="Where it sits, as written today.")
@click.option("--name", required=True, help="The person.")
@click.option("--email", required=True, help="Gets a link to choose a password.")
@click.option("--area", help="An area group such as D126; none: an administrator.")
def appoint_person(
    office: str, commune: str, name: str, email: str, area: str | None
) -> None:
    """Appoint an officer of an area, or an administrator."""
    try:
        with transaction() as session:
            place = found_authority(session, office, commune, today=today(), now=now())
            member = appoint(session, place, name, email, area=area, now=now())
            role = member.role
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{email}: {role} of {office}")
