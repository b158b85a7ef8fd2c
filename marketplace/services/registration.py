"""Joining the market: a person with a new organisation, or with one it knows.

Whether the e-mail or phone already has an account is told to nobody: the page
says the same, and only the owner of the address gets a letter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.domain.actor import Role
from marketplace.domain.errors import N_, Refused
from marketplace.domain.names import clean_text
from marketplace.domain.passwords import refuse_weak_password
from marketplace.domain.words import (
    MembershipState,
    OrganisationKind,
    OrganisationState,
)
from marketplace.services.attempts import note_attempt
from marketplace.services.organisation_profiles import Profile, fill_organisation
from marketplace.services.passwords import hash_password
from marketplace.services.people import send_reset, send_verification
from marketplace.services.verification import open_case
from models.organisations import Membership, Organisation, User

MOST_AN_HOUR = 20


@dataclass(frozen=True)
class Applicant:
    """Who registers; e-mail and phone in their normal forms, one of them given."""

    name: str
    email: str | None
    phone: str | None
    password: str
    locale: str = "vi"
    address: str = ""


def register_new(
    session: Session,
    applicant: Applicant,
    profile: Profile,
    *,
    today: date,
    now: datetime,
) -> Membership | None:
    """A person and a new organisation, which waits to be verified.

    None if the person has an account already: then nothing is written but a
    letter to that account.
    """
    organisation = Organisation(state=OrganisationState.PENDING)
    fill_organisation(session, organisation, profile, today=today)
    user = _new_user(session, applicant, now)
    return _found(session, user, organisation, now) if user else None


def register_claim(
    session: Session, applicant: Applicant, public_id: str, *, now: datetime
) -> Membership | None:
    """A person who says to belong to a known organisation; an officer confirms it."""
    organisation = claimable(session, public_id)
    user = _new_user(session, applicant, now)
    return _claim(session, user, organisation, now) if user else None


def add_new(
    session: Session, user_id: int, profile: Profile, *, today: date, now: datetime
) -> Membership:
    """One more organisation for a person who has an account."""
    organisation = Organisation(state=OrganisationState.PENDING)
    fill_organisation(session, organisation, profile, today=today)
    return _found(session, session.get_one(User, user_id), organisation, now)


def add_claim(
    session: Session, user_id: int, public_id: str, *, now: datetime
) -> Membership:
    """A person with an account says to belong to a known organisation too."""
    organisation = claimable(session, public_id)
    user = session.get_one(User, user_id, with_for_update=True)
    member = select(Membership.id).where(
        Membership.user_id == user.id,
        Membership.organisation_id == organisation.id,
        Membership.state != MembershipState.ENDED,
    )
    if session.scalar(member) is not None:
        raise Refused(N_("Đã ở trong tổ chức này, hoặc đang chờ duyệt"), "pick")
    return _claim(session, user, organisation, now)


def _found(
    session: Session, user: User, organisation: Organisation, now: datetime
) -> Membership:
    session.add(organisation)
    session.flush()  # the membership names it
    membership = _join(session, user, organisation, MembershipState.ACTIVE)
    open_case(session, organisation, now=now)
    return membership


def _claim(
    session: Session, user: User, organisation: Organisation, now: datetime
) -> Membership:
    membership = _join(session, user, organisation, MembershipState.PENDING)
    open_case(session, organisation, membership=membership, now=now)
    return membership


def claimable(session: Session, public_id: str) -> Organisation:
    """The known organisation that somebody picked; Refused if there is none."""
    organisation = session.scalars(
        select(Organisation).where(
            Organisation.public_id == public_id,
            Organisation.state == OrganisationState.VERIFIED,
            Organisation.kind != OrganisationKind.AUTHORITY,
        )
    ).first()
    if organisation is None:
        raise Refused(N_("Chọn tổ chức trong danh sách, hoặc nhập hồ sơ mới"), "pick")
    return organisation


def _join(
    session: Session, user: User, organisation: Organisation, state: MembershipState
) -> Membership:
    membership = Membership(
        user_id=user.id,
        organisation_id=organisation.id,
        role=Role.DIRECTOR,
        state=state,
    )
    session.add(membership)
    session.flush()  # the case names it
    return membership


def _new_user(session: Session, applicant: Applicant, now: datetime) -> User | None:
    if applicant.email is None and applicant.phone is None:
        raise Refused(N_("Nhập số điện thoại hoặc e-mail"), "phone")
    about = (applicant.name, applicant.email or "", applicant.phone or "")
    refuse_weak_password(applicant.password, about)
    note_attempt(
        session,
        "register",
        [f"address:{applicant.address}"],
        most=MOST_AN_HOUR,
        window=timedelta(hours=1),
        now=now,
    )
    # Hashed in both cases: time must not tell who has an account.
    password_hash = hash_password(applicant.password)
    if known := _known(session, applicant):
        send_reset(session, known, now=now, because="registered")
        return None
    user = User(
        name=clean_text(applicant.name, field="person"),
        email=applicant.email,
        phone=applicant.phone,
        password_hash=password_hash,
        locale=applicant.locale,
    )
    return user if _stored(session, user, now) else None


def _known(session: Session, applicant: Applicant) -> User | None:
    same = []
    if applicant.email:
        same.append(User.email == applicant.email)
    if applicant.phone:
        same.append(User.phone == applicant.phone)
    return session.scalars(select(User).where(or_(*same)).order_by(User.id)).first()


def _stored(session: Session, user: User, now: datetime) -> bool:
    """False for the slower of two who register the same address at once."""
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError:
        return False
    send_verification(session, user, now=now)
    return True
