"""Organisations out of a register: known ones stay, new ones are verified."""

from __future__ import annotations

from sqlalchemy import or_, select

from marketplace.domain.names import skeleton
from marketplace.domain.register_rows import ReadRecord
from marketplace.domain.words import OrganisationKind, OrganisationState
from marketplace.services.organisation_profiles import (
    Profile,
    fill_organisation,
    tax_code_of,
)
from marketplace.services.register_books import Books
from models.database import Base
from models.organisations import Organisation


def write_organisation(books: Books, read: ReadRecord) -> list[Base]:
    """The new row, verified by whoever confirms the import; nothing if it is known.

    Known is whoever has the tax code, or else the name.
    """
    profile = _profile(read)
    code = tax_code_of(profile)
    bones = skeleton(profile.name)
    books.first_time(read.number, ("name", bones), "name")
    if code:
        books.first_time(read.number, ("tax_code", code), "tax_code")
    if _known(books, code, bones):
        return []
    place = books.commune(profile.commune)
    row = Organisation(state=OrganisationState.PENDING)
    fill_organisation(books.session, row, profile, today=books.today, place=place)
    books.session.add(row)
    books.session.flush()  # a new row waits; only then it is verified
    row.state, row.verified_at = OrganisationState.VERIFIED, books.now
    books.session.flush()
    return [row]


def _profile(read: ReadRecord) -> Profile:
    return Profile(
        kind=read.get("kind") or OrganisationKind.COOPERATIVE,
        name=read.get("name"),
        commune=read.get("commune"),
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


def _known(books: Books, code: str | None, bones: str) -> bool:
    same = [Organisation.skeleton == bones]
    if code:
        same.append(Organisation.tax_code == code)
    found = select(Organisation.id).where(or_(*same)).limit(1)
    return books.session.scalar(found) is not None
