"""Our own profile: edited by our people, verified anew where it matters."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.words import OrganisationKind, OrganisationState
from marketplace.services.organisation_profiles import (
    IDENTITY_FIELDS,
    Profile,
    fill_organisation,
)
from marketplace.services.verification import rematch, resubmit
from models.organisations import Organisation

_ANSWERED = frozenset(
    {
        OrganisationState.DRAFT,
        OrganisationState.CHANGE_REQUESTED,
        OrganisationState.REJECTED,
    }
)


def edit_profile(
    session: Session, who: Actor, profile: Profile, *, today: date, now: datetime
) -> bool:
    """Write the profile; True if an officer has to look at it (again).

    What an officer compared with the papers takes a verified organisation off the
    market until it is compared anew.
    """
    organisation = session.get(Organisation, who.organisation_id, with_for_update=True)
    if organisation is None:
        raise NotFound
    if organisation.kind is OrganisationKind.AUTHORITY:
        raise Refused(N_("Hồ sơ cơ quan quản lý không sửa ở đây"))
    if organisation.state is OrganisationState.SUSPENDED:
        raise Refused(N_("Tổ chức đang bị tạm khóa. Gọi cơ quan quản lý để được mở"))
    before = [getattr(organisation, field) for field in IDENTITY_FIELDS]
    fill_organisation(session, organisation, profile, today=today)
    changed = before != [getattr(organisation, field) for field in IDENTITY_FIELDS]
    verified = organisation.state is OrganisationState.VERIFIED
    if not (organisation.state in _ANSWERED or (verified and changed)):
        return False
    resubmit(session, organisation, now=now)
    if verified:
        rematch(session)
    return True
