"""What certificates and codes have in common: holder, value, and who may see them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import NotFound
from marketplace.domain.papers import Paper
from marketplace.services.days import day_of
from models.organisations import Organisation
from models.paper_records import PackingHouseCode
from models.papers import Certificate, GrowingAreaCode

Row = Certificate | GrowingAreaCode | PackingHouseCode
Kind = TypeVar("Kind", Certificate, GrowingAreaCode, PackingHouseCode)


def access_certificate(
    session: Session, who: Actor, public_id: str, action: str = "read"
) -> Certificate:
    """A certificate of the actor's organisation, or in an officer's scope.

    Only the holder writes, only an officer reviews.
    """
    return _access(session, Certificate, who, public_id, action)


def access_code(
    session: Session, who: Actor, public_id: str, action: str = "read"
) -> GrowingAreaCode:
    """A growing-area code of the actor's organisation, or in an officer's scope."""
    return _access(session, GrowingAreaCode, who, public_id, action)


def access_packing_code(
    session: Session, who: Actor, public_id: str, action: str = "read"
) -> PackingHouseCode:
    """A packing-house code of the actor's organisation, or in an officer's scope."""
    return _access(session, PackingHouseCode, who, public_id, action)


def _access(
    session: Session, kind: type[Kind], who: Actor, public_id: str, action: str
) -> Kind:
    wanted = select(kind).where(kind.public_id == public_id)
    if action == "write":
        # An officer may verify it at this moment: then it is verified, or changed.
        wanted = wanted.with_for_update(of=kind, key_share=True).execution_options(
            populate_existing=True
        )
    row = session.scalars(wanted).first()
    if row is None or not _reaches(holder_of(row), who, action):
        raise NotFound
    return row


def _reaches(holder: Organisation, who: Actor, action: str) -> bool:
    if holder.id == who.organisation_id:
        return action in ("read", "write")
    return (
        action in ("read", "review")
        and who.is_officer
        and holder.unit_id in who.scope_unit_ids
    )


def holder_of(row: Row) -> Organisation:
    """Whose paper it is."""
    if isinstance(row, Certificate):
        return row.organisation
    place = row.area if isinstance(row, GrowingAreaCode) else row.facility
    return place.organisation


def place_of(row: Row) -> str:
    """What it speaks of: a garden or a facility; empty where it is all of them."""
    if not isinstance(row, Certificate):
        return (row.area if isinstance(row, GrowingAreaCode) else row.facility).name
    place = row.area or row.facility
    return place.name if place else ""


def column_of(row: Row) -> str:
    """The column by which records of a paper name it."""
    if isinstance(row, Certificate):
        return "certificate_id"
    return "area_code_id" if isinstance(row, GrowingAreaCode) else "packing_code_id"


def about(table: type, row: Row) -> ColumnElement[bool]:
    """The records of that table that are of this paper."""
    of_it: ColumnElement[bool] = getattr(table, column_of(row)) == row.id
    return of_it


def subject_of(row: Row) -> str:
    """What notices call the paper: `certificate:<public id>`."""
    if isinstance(row, Certificate):
        return f"certificate:{row.public_id}"
    kind = "code" if isinstance(row, GrowingAreaCode) else "packing"
    return f"{kind}:{row.public_id}"


def named_paper(row: Row) -> tuple[str, Paper]:
    """The number printed on a paper, and the paper as a value."""
    number = row.number if isinstance(row, Certificate) else row.code
    return number, paper_of(row)


def paper_of(row: Row) -> Paper:
    """The row as the value that the rules of the field speak of."""
    verified_on = day_of(row.verified_at) if row.verified_at else None
    if isinstance(row, Certificate):
        return Paper(
            row.state,
            row.issued_on,
            row.expires_on,
            verified_on,
            row.ended_on,
            scheme=row.scheme,
            stars=row.stars,
        )
    return Paper(
        row.state,
        row.valid_from,
        last_day_of_code(row),
        verified_on,
        row.ended_on,
        market=row.market,
        packing=isinstance(row, PackingHouseCode),
    )


def last_day_of_code(row: GrowingAreaCode | PackingHouseCode) -> date | None:
    """The last day on which a code is valid, None without a term."""
    return row.valid_to - timedelta(days=1) if row.valid_to else None
