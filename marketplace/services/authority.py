"""Setting a market up: the authority, and officers with the area they look after."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Role
from marketplace.domain.errors import N_, Refused
from marketplace.domain.identity import fold_email
from marketplace.domain.names import skeleton
from marketplace.domain.text import fold
from marketplace.domain.words import (
    MembershipState,
    OrganisationKind,
    OrganisationState,
)
from marketplace.services.passwords import hash_password
from marketplace.services.people import find_user, send_reset
from marketplace.services.units import resolve_commune
from models.organisations import Membership, Organisation, User
from models.reference import AreaGroup


def found_authority(
    session: Session, name: str, commune: str, *, today: date, now: datetime
) -> Organisation:
    """The office that verifies and counts; verified, since nobody is above it.

    Refused if the commune is unknown; the one of that name is returned if it
    exists already.
    """
    known = session.scalars(
        select(Organisation).where(
            Organisation.kind == OrganisationKind.AUTHORITY,
            Organisation.skeleton == skeleton(name),
        )
    ).first()
    if known is not None:
        return known
    place = resolve_commune(session, commune, today=today)
    office = Organisation(
        kind=OrganisationKind.AUTHORITY,
        state=OrganisationState.VERIFIED,
        verified_at=now,
        name=name,
        name_folded=fold(name),
        skeleton=skeleton(name),
        short_name=name,
        unit_id=place.current.id,
    )
    session.add(office)
    session.flush()  # memberships name it
    return office


def appoint(
    session: Session,
    office: Organisation,
    name: str,
    email: str,
    *,
    area: str | None,
    now: datetime,
) -> Membership:
    """An officer of an area group such as D126, or without one an administrator.

    A newcomer gets a letter with a link to choose a password.
    """
    address = fold_email(email)
    group = _group(session, area) if area else None
    user = find_user(session, address) or _newcomer(session, name, address, now)
    member = Membership(
        user_id=user.id,
        organisation_id=office.id,
        role=Role.OFFICER if group else Role.ADMINISTRATOR,
        state=MembershipState.ACTIVE,
        scope_group_id=group.id if group else None,
    )
    session.add(member)
    session.flush()  # one seat a person and office
    return member


def _group(session: Session, code: str) -> AreaGroup:
    group = session.scalars(select(AreaGroup).where(AreaGroup.code == code)).first()
    if group is None:
        raise Refused(N_("Không có nhóm địa bàn %(code)s"), code=code)
    return group


def _newcomer(session: Session, name: str, email: str, now: datetime) -> User:
    user = User(
        name=name,
        email=email,
        password_hash=hash_password(secrets.token_urlsafe(32)),
        email_verified_at=now,
    )
    session.add(user)
    session.flush()  # the letter names the user
    send_reset(session, user, now=now)
    return user
