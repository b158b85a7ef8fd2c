"""The people of an organisation: invited, given a role, let go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor, Role
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.words import MembershipState, OrganisationKind
from marketplace.services.sessions import end_sessions_of
from models.organisations import Membership, Organisation

LIFETIME = timedelta(days=7)
MOST_OPEN = 20

_RANK = {
    Role.DIRECTOR: 3,
    Role.ADMINISTRATOR: 2,
    Role.STAFF: 1,
    Role.BUYER: 1,
    Role.OFFICER: 1,
}
TRADING_ROLES = (Role.DIRECTOR, Role.ADMINISTRATOR, Role.STAFF, Role.BUYER)
AUTHORITY_ROLES = (Role.DIRECTOR, Role.ADMINISTRATOR, Role.OFFICER)


@dataclass(frozen=True)
class ChangeRole:
    """Another role for a member."""

    role: Role


def roles_to_give(organisation: Organisation, giver: Role) -> tuple[Role, ...]:
    """What a person of this role may make of others: never more than themselves."""
    authority = organisation.kind is OrganisationKind.AUTHORITY
    known = AUTHORITY_ROLES if authority else TRADING_ROLES
    return tuple(role for role in known if _RANK[role] <= _RANK[giver])


def check_ceiling(organisation: Organisation, giver: Role, role: Role) -> None:
    """Refuse a role above the giver's, or one that the organisation does not have."""
    if role not in roles_to_give(organisation, giver):
        raise Refused(N_("Không trao được vai trò cao hơn vai trò của mình"), "role")


def list_members(session: Session, who: Actor) -> Sequence[Membership]:
    """The organisation's people, the highest role first."""
    members = session.scalars(
        select(Membership)
        .where(
            Membership.organisation_id == who.organisation_id,
            Membership.state == MembershipState.ACTIVE,
        )
        .options(joinedload(Membership.user))
    ).all()
    return sorted(members, key=lambda m: (-_RANK[m.role], m.id))


def access_member(session: Session, who: Actor, public_id: str) -> Membership:
    """A member of one's own organisation; NotFound for all others."""
    member = session.scalars(
        select(Membership).where(
            Membership.public_id == public_id,
            Membership.organisation_id == who.organisation_id,
            Membership.state == MembershipState.ACTIVE,
        )
    ).first()
    if member is None:
        raise NotFound
    return member


def change_role(
    session: Session, who: Actor, public_id: str, command: ChangeRole
) -> Membership:
    """Give a member another role, up to one's own; a director always remains."""
    organisation = _locked(session, who)
    member = access_member(session, who, public_id)
    _refuse_higher(who, member)
    check_ceiling(organisation, who.role, command.role)
    if command.role is Role.OFFICER and not (
        member.scope_unit_id or member.scope_group_id
    ):
        member.scope_unit_id = organisation.unit_id
    if member.role is not command.role and command.role not in _tops(organisation):
        _refuse_last(session, organisation, member)
    member.role = command.role
    return member


def remove_member(
    session: Session, who: Actor, public_id: str, *, now: datetime
) -> Membership:
    """Let a member go, oneself included; open sessions of that seat end at once."""
    organisation = _locked(session, who)
    member = access_member(session, who, public_id)
    if member.user_id != who.user_id:
        _refuse_higher(who, member)
    _refuse_last(session, organisation, member)
    member.state, member.ended_at = MembershipState.ENDED, now
    end_sessions_of(session, member.user_id, now=now, membership_id=member.id)
    return member


def _locked(session: Session, who: Actor) -> Organisation:
    """In line: two directors who remove each other must not both succeed."""
    return session.get_one(Organisation, who.organisation_id, with_for_update=True)


def _refuse_higher(who: Actor, member: Membership) -> None:
    if _RANK[member.role] > _RANK[who.role]:
        raise Refused(N_("Không đổi được vai trò của người có quyền cao hơn"))


def _tops(organisation: Organisation) -> tuple[Role, ...]:
    if organisation.kind is OrganisationKind.AUTHORITY:
        return (Role.DIRECTOR, Role.ADMINISTRATOR)
    return (Role.DIRECTOR,)


def _refuse_last(
    session: Session, organisation: Organisation, member: Membership
) -> None:
    tops = _tops(organisation)
    if member.role not in tops:
        return
    others = session.scalars(
        select(Membership.id).where(
            Membership.organisation_id == organisation.id,
            Membership.state == MembershipState.ACTIVE,
            Membership.role.in_(tops),
            Membership.id != member.id,
        )
    ).first()
    if others is None:
        raise Refused(
            N_(
                "Tổ chức phải còn ít nhất một giám đốc. Trao vai trò cho người khác trước"
            )
        )
