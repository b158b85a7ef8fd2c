"""Tell people what waits for them: under the bell, and by letter.

Both are rows of the transaction that causes them; a worker sends the letters.
The same event (kind, subject, version) reaches a person once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor, Role
from marketplace.domain.errors import NotFound
from marketplace.domain.words import (
    AdminLevel,
    LetterState,
    MembershipState,
    NoticeKind,
)
from marketplace.services.jobs import insert_or_ignore
from marketplace.services.units import scope_of
from models.notices import Letter, Notice
from models.organisations import Membership, User
from models.reference import AdminUnit

# Letters of these kinds also reach an address that is not confirmed yet: they
# confirm it, or answer what its owner has asked for.
TO_ANY_ADDRESS = frozenset(
    {
        NoticeKind.VERIFY_EMAIL,
        NoticeKind.RESET_PASSWORD,
        NoticeKind.INVITATION,
        NoticeKind.VERIFICATION_VERIFIED,
        NoticeKind.VERIFICATION_CHANGE_REQUESTED,
        NoticeKind.VERIFICATION_REJECTED,
    }
)


def notify_organisation(
    session: Session,
    organisation_id: int,
    kind: NoticeKind,
    subject: str,
    params: dict[str, object],
    *,
    now: datetime,
    version: int = 1,
    roles: Iterable[Role] | None = None,
) -> int:
    """Tell every active member (or those of some roles); how many are told anew."""
    members = select(Membership.user_id).where(
        Membership.organisation_id == organisation_id,
        Membership.state == MembershipState.ACTIVE,
    )
    if roles is not None:
        members = members.where(Membership.role.in_(list(roles)))
    return sum(
        notify_user(
            session,
            user_id,
            kind,
            subject,
            params,
            now=now,
            version=version,
            organisation_id=organisation_id,
        )
        for user_id in session.scalars(members.order_by(Membership.user_id)).all()
    )


def notify_officers(
    session: Session,
    unit_id: int,
    kind: NoticeKind,
    subject: str,
    params: dict[str, object],
    *,
    now: datetime,
    version: int = 1,
) -> int:
    """Tell the officers whose scope covers the unit; how many are told anew.

    Other provinces are in nobody's scope: what comes from there is everybody's.
    """
    outside = session.get_one(AdminUnit, unit_id).level is AdminLevel.PROVINCE
    officers = session.scalars(
        select(Membership)
        .where(
            Membership.role == Role.OFFICER,
            Membership.state == MembershipState.ACTIVE,
        )
        .order_by(Membership.user_id)
    )
    return sum(
        notify_user(
            session,
            officer.user_id,
            kind,
            subject,
            params,
            now=now,
            version=version,
            organisation_id=officer.organisation_id,
        )
        for officer in officers.all()
        if outside or unit_id in scope_of(session, officer)
    )


def notify_user(
    session: Session,
    user_id: int,
    kind: NoticeKind,
    subject: str,
    params: dict[str, object],
    *,
    now: datetime,
    version: int = 1,
    organisation_id: int | None = None,
) -> bool:
    """Tell one person, under the bell and by letter; False if that was done before.

    `subject` names the page it is about, as in `contract:<public id>`.
    """
    notice: dict[str, Any] = {
        "user_id": user_id,
        "organisation_id": organisation_id,
        "kind": kind,
        "subject": subject,
        "version": version,
        "params": params,
        "created_at": now,
    }
    if not insert_or_ignore(session, Notice, notice):
        return False
    user = session.get_one(User, user_id)
    if user.email and (user.email_verified_at or kind in TO_ANY_ADDRESS):
        write_letter(
            session,
            kind,
            subject,
            params,
            recipient=user.email,
            name=user.name,
            locale=user.locale,
            now=now,
            version=version,
        )
    return True


def write_letter(
    session: Session,
    kind: NoticeKind,
    subject: str,
    params: dict[str, object],
    *,
    recipient: str,
    now: datetime,
    name: str = "",
    locale: str = "vi",
    version: int = 1,
) -> bool:
    """Put a letter into the outbox; False if the same one lies there already."""
    row: dict[str, Any] = {
        "kind": kind,
        "subject": subject,
        "version": version,
        "recipient": recipient,
        "recipient_name": name,
        "locale": locale,
        "params": params,
        "state": LetterState.PENDING,
        "due_at": now,
        "created_at": now,
    }
    return insert_or_ignore(session, Letter, row)


def list_notices(
    session: Session, who: Actor, *, limit: int, offset: int = 0
) -> tuple[list[Notice], int]:
    """The person's notices in this organisation, newest first, and how many."""
    wanted = select(Notice).where(*_mine(who))
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    newest = wanted.order_by(Notice.created_at.desc(), Notice.id.desc())
    return list(session.scalars(newest.limit(limit).offset(offset))), total


def count_unread(session: Session, who: Actor) -> int:
    """How many notices the person has not read in this organisation."""
    unread = select(func.count(Notice.id)).where(*_mine(who), Notice.read_at.is_(None))
    return session.scalar(unread) or 0


def read_notice(
    session: Session, who: Actor, public_id: str, *, now: datetime
) -> Notice:
    """Open one's own notice: read from now on; NotFound if it is somebody else's."""
    notice = session.scalars(
        select(Notice).where(*_mine(who), Notice.public_id == public_id)
    ).first()
    if notice is None:
        raise NotFound
    notice.read_at = notice.read_at or now
    return notice


def read_all_notices(session: Session, who: Actor, *, now: datetime) -> None:
    """Everything is read."""
    session.execute(
        update(Notice).where(*_mine(who), Notice.read_at.is_(None)).values(read_at=now)
    )


def _mine(who: Actor) -> tuple[Any, Any]:
    # One hat at a time: what another organisation is told does not show here.
    return (
        Notice.user_id == who.user_id,
        or_(
            Notice.organisation_id == who.organisation_id,
            Notice.organisation_id.is_(None),
        ),
    )
