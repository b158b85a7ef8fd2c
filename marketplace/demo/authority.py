"""The authority and its officers: whoever sets a market up appoints them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from marketplace.demo.cooperatives import OFFICE
from marketplace.demo.diary import World
from marketplace.demo.people import (
    ADMINISTRATOR,
    OFFICER,
    PASSWORD,
    PROVINCE_OFFICER,
    SECOND_OFFICER,
    Login,
)
from marketplace.domain.demo_codes import demo_gln
from marketplace.domain.names import skeleton
from marketplace.domain.text import fold
from marketplace.domain.words import (
    MembershipState,
    OrganisationKind,
    OrganisationState,
)
from marketplace.services.passwords import hash_password
from marketplace.services.sessions import actor_of
from marketplace.services.units import resolve_commune
from models.organisations import Membership, Organisation, User
from models.reference import AdminUnit, AreaGroup

DISTRICT, PROVINCE = "D126", "14"


def found_authority(world: World, day: date) -> None:
    """The office, two officers for the former district, one for the province."""
    office = _office(world, day)
    password_hash = hash_password(PASSWORD)
    group = world.session.scalars(
        select(AreaGroup).where(AreaGroup.code == DISTRICT)
    ).one()
    province = world.session.scalars(
        select(AdminUnit).where(
            AdminUnit.gso_code == PROVINCE, AdminUnit.level == "province"
        )
    ).one()
    for login in (OFFICER, SECOND_OFFICER):
        _appoint(world, office, login, password_hash, day, group_id=group.id)
    _appoint(world, office, PROVINCE_OFFICER, password_hash, day, unit_id=province.id)
    _appoint(world, office, ADMINISTRATOR, password_hash, day)


def _office(world: World, day: date) -> Organisation:
    place = resolve_commune(world.session, "Xã Sông Mã", today=day)
    office = Organisation(
        kind=OrganisationKind.AUTHORITY,
        state=OrganisationState.VERIFIED,
        verified_at=world.at(day),
        name=OFFICE,
        name_folded=fold(OFFICE),
        skeleton=skeleton(OFFICE),
        short_name=OFFICE,
        unit_id=place.current.id,
        address="Tổ 1",
        gln=demo_gln(1),
        demo=True,
    )
    world.session.add(office)
    world.session.flush()  # memberships name it
    world.organisations[OFFICE] = office
    return office


def _appoint(
    world: World,
    office: Organisation,
    login: Login,
    password_hash: str,
    day: date,
    *,
    unit_id: int | None = None,
    group_id: int | None = None,
) -> None:
    user = User(
        name=login.name,
        email=login.email,
        password_hash=password_hash,
        email_verified_at=world.at(day),
    )
    world.session.add(user)
    world.session.flush()  # the membership names the user
    member = Membership(
        user_id=user.id,
        organisation_id=office.id,
        role=login.role,
        state=MembershipState.ACTIVE,
        scope_unit_id=unit_id,
        scope_group_id=group_id,
    )
    world.session.add(member)
    world.session.flush()  # the actor names both
    world.actors[login.email] = actor_of(world.session, member)
