"""The register of a cooperative's member households; nobody else reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.commands_households import SaveHousehold
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.household_sheet import NamedHousehold
from marketplace.domain.text import fold, sort_key
from marketplace.services.organisations import own_organisation
from marketplace.services.units import communes_on
from models.households import Household

MOST = 1000


def list_households(
    session: Session, who: Actor, *, everybody: bool = False
) -> list[Household]:
    """The actor's own, in the order of names; those who left only on request."""
    wanted = (
        select(Household)
        .where(Household.organisation_id == who.organisation_id)
        .options(joinedload(Household.unit))
    )
    if not everybody:
        wanted = wanted.where(Household.left.is_(False))
    return sorted(session.scalars(wanted), key=lambda one: (sort_key(one.name), one.id))


def access_household(session: Session, who: Actor, public_id: str) -> Household:
    """A household of the actor's own organisation; NotFound for any other."""
    found = session.scalars(
        select(Household).where(
            Household.public_id == public_id,
            Household.organisation_id == who.organisation_id,
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def add_household(session: Session, who: Actor, command: SaveHousehold) -> Household:
    """Write down a household; refused if its name and code, or its code, is there."""
    if len(list_households(session, who, everybody=True)) >= MOST:
        raise Refused(N_("Danh sách nhiều nhất %(most)s hộ"), "name", most=MOST)
    household = Household(organisation_id=who.organisation_id)
    _store(session, household, command)
    return household


def change_household(
    session: Session, who: Actor, public_id: str, command: SaveHousehold
) -> Household:
    """Correct what is written; what the household brought stays as it is."""
    household = access_household(session, who, public_id)
    _store(session, household, command)
    return household


def add_households(
    session: Session, who: Actor, rows: Sequence[NamedHousehold], *, today: date
) -> int:
    """Those of a sheet who are not there yet; returns how many, all or none.

    Where no commune is named, it is the cooperative's own.
    """
    here = own_organisation(session, who).unit_id
    communes = {fold(one.name): one.id for one in communes_on(session, today)}
    stored = list_households(session, who, everybody=True)
    known = {(one.name_folded, one.code) for one in stored}
    count = 0
    for row in rows:
        if (fold(row.name), row.code) in known:
            continue
        unit = communes.get(fold(row.commune)) if row.commune else here
        if unit is None:
            message = N_("Không rõ xã, phường %(name)s")
            raise Refused(message, "paste", name=row.commune)
        add_household(session, who, SaveHousehold(row.name, unit, row.code, row.phone))
        known.add((fold(row.name), row.code))
        count += 1
    return count


def names_of(households: Sequence[Household]) -> dict[str, list[int]]:
    """Ids by folded name and code, as people write them in a sheet."""
    found: dict[str, list[int]] = defaultdict(list)
    for one in households:
        for word in {fold(one.name), fold(one.code)} - {""}:
            found[word].append(one.id)
    return found


def _store(session: Session, household: Household, command: SaveHousehold) -> None:
    try:
        with session.begin_nested():
            household.name, household.name_folded = command.name, fold(command.name)
            household.code, household.phone = command.code, command.phone
            household.unit_id, household.left = command.unit_id, command.left
            session.add(household)
            session.flush()  # the keys say whether it is there
    except IntegrityError:
        message = N_("Đã có hộ này. Hai hộ trùng tên thì ghi mã hộ khác nhau")
        raise Refused(message, "code") from None
