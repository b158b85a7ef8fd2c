"""Invitations: a link by e-mail, once, for a week, up to the inviter's own role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor, Role
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.identity import fold_email
from marketplace.domain.names import clean_text
from marketplace.domain.passwords import refuse_weak_password
from marketplace.domain.words import MembershipState, NoticeKind
from marketplace.services.members import LIFETIME, MOST_OPEN, check_ceiling
from marketplace.services.notices import write_letter
from marketplace.services.passwords import hash_password
from marketplace.services.tokens import GONE, random_nonce
from models.organisations import Invitation, Membership, Organisation, User


@dataclass(frozen=True)
class Invite:
    """Whom to invite, and as what."""

    email: str
    role: Role


@dataclass(frozen=True)
class Newcomer:
    """What an invited person without an account says of themselves."""

    name: str
    password: str
    locale: str = "vi"


def list_invitations(
    session: Session, who: Actor, *, now: datetime
) -> Sequence[Invitation]:
    """Those that are still open, the newest first."""
    return session.scalars(
        select(Invitation)
        .where(
            Invitation.organisation_id == who.organisation_id,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now,
        )
        .order_by(Invitation.id.desc())
    ).all()


def invite(
    session: Session, who: Actor, command: Invite, *, now: datetime
) -> Invitation:
    """Send a link; the one before it to the same address is withdrawn."""
    organisation = session.get_one(
        Organisation, who.organisation_id, with_for_update=True
    )
    check_ceiling(organisation, who.role, command.role)
    email = fold_email(command.email)
    _refuse_member(session, organisation, email)
    _make_room(session, who, email, now)
    invitation = Invitation(
        organisation_id=organisation.id,
        email=email,
        role=command.role,
        nonce=random_nonce(),
        invited_by_id=who.user_id,
        expires_at=now + LIFETIME,
    )
    session.add(invitation)
    session.flush()  # the letter names it
    _write(session, invitation, organisation, who, now)
    return invitation


def _make_room(session: Session, who: Actor, email: str, now: datetime) -> None:
    waiting = list_invitations(session, who, now=now)
    if len(waiting) >= MOST_OPEN:
        raise Refused(
            N_("Đang có %(n)d lời mời chờ. Rút bớt rồi mời tiếp"), n=MOST_OPEN
        )
    for before in waiting:
        if before.email == email:
            before.withdrawn_at = now


def _write(
    session: Session,
    invitation: Invitation,
    organisation: Organisation,
    who: Actor,
    now: datetime,
) -> None:
    inviter = session.get_one(User, who.user_id)
    write_letter(
        session,
        NoticeKind.INVITATION,
        f"invitation:{invitation.nonce}",
        {"organisation": organisation.name, "inviter": inviter.name},
        recipient=invitation.email,
        locale=inviter.locale,
        now=now,
    )


def _refuse_member(session: Session, organisation: Organisation, email: str) -> None:
    member = select(Membership.id).join(User, User.id == Membership.user_id)
    member = member.where(
        Membership.organisation_id == organisation.id,
        Membership.state == MembershipState.ACTIVE,
        User.email == email,
    )
    if session.scalar(member) is not None:
        raise Refused(N_("Người này đã ở trong tổ chức"), "email")


def withdraw_invitation(
    session: Session, who: Actor, public_id: str, *, now: datetime
) -> None:
    """Make the link worthless; NotFound for other organisations' invitations."""
    invitation = session.scalars(
        select(Invitation).where(
            Invitation.public_id == public_id,
            Invitation.organisation_id == who.organisation_id,
        )
    ).first()
    if invitation is None:
        raise NotFound
    if invitation.accepted_at is None:
        invitation.withdrawn_at = invitation.withdrawn_at or now


def peek_invitation(session: Session, nonce: str, *, now: datetime) -> Invitation:
    """The invitation of a link; Refused if it was used, withdrawn or is over."""
    invitation = session.scalars(
        select(Invitation)
        .where(Invitation.nonce == nonce)
        .options(joinedload(Invitation.organisation))
    ).first()
    if (
        invitation is None
        or invitation.accepted_at is not None
        or invitation.withdrawn_at is not None
        or invitation.expires_at <= now
    ):
        raise Refused(GONE)
    return invitation


def invited_user(session: Session, invitation: Invitation) -> User | None:
    """The account that the invited address has already."""
    return session.scalars(select(User).where(User.email == invitation.email)).first()


def accept_as(
    session: Session, user_id: int, nonce: str, *, now: datetime
) -> Membership:
    """Join with the account one has; it must be the one that was invited."""
    invitation = _use(session, nonce, now)
    user = session.get_one(User, user_id)
    if user.email != invitation.email:
        raise Refused(
            N_("Lời mời gửi cho địa chỉ khác. Đăng nhập bằng %(email)s để nhận"),
            email=invitation.email,
        )
    return _seat(session, invitation, user)


def accept_as_newcomer(
    session: Session, newcomer: Newcomer, nonce: str, *, now: datetime
) -> Membership:
    """Join with a new account; the link has proven the address."""
    invitation = _use(session, nonce, now)
    if invited_user(session, invitation) is not None:
        raise Refused(N_("Địa chỉ này đã có tài khoản. Đăng nhập để nhận lời mời"))
    about = (newcomer.name, invitation.email)
    refuse_weak_password(newcomer.password, about)
    user = User(
        name=clean_text(newcomer.name, field="person"),
        email=invitation.email,
        password_hash=hash_password(newcomer.password),
        email_verified_at=now,
        locale=newcomer.locale,
    )
    session.add(user)
    session.flush()  # the membership names it
    return _seat(session, invitation, user)


def _use(session: Session, nonce: str, now: datetime) -> Invitation:
    """Of two who open the link at the same moment one is refused."""
    invitation = peek_invitation(session, nonce, now=now)
    used = session.execute(
        update(Invitation)
        .where(
            Invitation.id == invitation.id,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .values(accepted_at=now)
        .returning(Invitation.id)
    )
    if used.first() is None:
        raise Refused(GONE)
    return invitation


def _seat(session: Session, invitation: Invitation, user: User) -> Membership:
    member = session.scalars(
        select(Membership).where(
            Membership.user_id == user.id,
            Membership.organisation_id == invitation.organisation_id,
            Membership.state != MembershipState.ENDED,
        )
    ).first()
    if member is not None and member.state is MembershipState.ACTIVE:
        return member  # invited twice: the role that was given since stays
    if member is None:
        member = Membership(user_id=user.id, organisation_id=invitation.organisation_id)
        session.add(member)
    member.role, member.state = invitation.role, MembershipState.ACTIVE
    if member.role is Role.OFFICER:
        member.scope_unit_id = invitation.organisation.unit_id
    session.flush()  # the session row that opens next names it
    return member
