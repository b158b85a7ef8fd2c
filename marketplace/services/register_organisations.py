"""Organisations out of a register: known ones stay, new ones are verified."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update

from marketplace.domain.admin_units import Resolution
from marketplace.domain.errors import N_, Refused
from marketplace.domain.names import skeleton
from marketplace.domain.register_rows import ReadRecord
from marketplace.domain.words import OrganisationKind, OrganisationState
from marketplace.services.organisation_profiles import (
    Profile,
    check_members,
    check_name,
    tax_code_of,
    write_name,
    write_profile,
)
from marketplace.services.register_books import Books
from models.bulk import among
from models.database import Base
from models.organisations import Organisation


def write_organisation(books: Books, read: ReadRecord) -> list[Base]:
    """The new row; nothing if it is known, or if something is wrong in it.

    Known is whoever has the tax code, or else the name.
    """
    profile = _profile(read)
    name, code = _name(books, read), _tax_code(books, read, profile)
    known = books.parties
    if skeleton(name) in known.skeletons or code in known.tax_codes:
        return []
    place = _place(books, read)
    _check_numbers(books, read)
    if place is None or read.errors:
        return []
    row = Organisation(state=OrganisationState.PENDING, tax_code=code)
    write_name(row, name)
    write_profile(row, profile, place, books.units[place.current.id])
    return [row]


def settle_organisations(books: Books, rows: Sequence[Base]) -> None:
    """A new row waits; only then it is verified, by whoever confirms the import."""
    ids = [row.id for row in rows if isinstance(row, Organisation)]
    books.session.execute(
        update(Organisation)
        .where(among(books.session, Organisation.id, ids))
        .values(state=OrganisationState.VERIFIED, verified_at=books.now)
        .execution_options(synchronize_session=False)
    )
    for row in rows:
        books.session.expire(row, ("state", "verified_at", "updated_at"))


def _name(books: Books, read: ReadRecord) -> str:
    name = ""
    if read.sound("name"):
        with read.told_at("name"):
            name = check_name(read.get("name"))
            books.first_time(read.number, ("name", skeleton(name)), "name")
    return name


def _tax_code(books: Books, read: ReadRecord, profile: Profile) -> str | None:
    code = None
    if read.sound("kind", "tax_code"):
        with read.told_at("tax_code"):
            code = tax_code_of(profile)
            if code:
                books.first_time(read.number, ("tax_code", code), "tax_code")
    return code


def _place(books: Books, read: ReadRecord) -> Resolution | None:
    place = None
    if read.sound("commune"):
        with read.told_at("commune"):
            place = books.commune(read.get("commune"))
    return place


def _check_numbers(books: Books, read: ReadRecord) -> None:
    if read.sound("kind", "official_members"):
        with read.told_at("official_members"):
            members = read.get("official_members")
            check_members(books.session, _kind(read), members, books.today)
    founded = read.get("founded_on")
    if founded is not None and founded > books.today:
        message = N_("Ngày thành lập không được sau hôm nay")
        read.errors.setdefault("founded_on", Refused(message, "founded_on"))


def _kind(read: ReadRecord) -> OrganisationKind:
    kind: OrganisationKind = read.get("kind") or OrganisationKind.COOPERATIVE
    return kind


def _profile(read: ReadRecord) -> Profile:
    return Profile(
        kind=_kind(read),
        name=read.text("name"),
        commune=read.text("commune"),
        tax_code=read.text("tax_code"),
        address=read.text("address"),
        phone=read.get("phone"),
        email=read.get("email"),
        official_members=read.get("official_members"),
        charter_capital_vnd=read.get("charter_capital_vnd"),
        revenue_vnd=read.get("revenue_vnd"),
        total_area_ha=read.get("total_area_ha"),
        founded_on=read.get("founded_on"),
        legal_representative=read.text("legal_representative"),
    )
