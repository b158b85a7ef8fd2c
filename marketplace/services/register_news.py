"""Who is told of an import: the second pair of eyes, then its maker."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Role
from marketplace.domain.words import MembershipState, NoticeKind
from marketplace.services.notices import notify_user
from models.organisations import Membership
from models.register_imports import RegisterImport


def tell_second_officers(
    session: Session, row: RegisterImport, *, now: datetime
) -> int:
    """Every officer of the authority but the maker; how many are told."""
    seats = _officers(session, row)
    others = [seat for seat in seats if seat.user_id != row.made_by_id]
    kind = NoticeKind.REGISTER_WAITING
    return sum(_tell(session, row, kind, seat, now) for seat in others)


def tell_maker(
    session: Session, row: RegisterImport, kind: NoticeKind, *, now: datetime
) -> None:
    """The maker learns what another officer did with the import, and why."""
    for seat in _officers(session, row):
        if seat.user_id == row.made_by_id:
            _tell(session, row, kind, seat, now)


def _officers(session: Session, row: RegisterImport) -> list[Membership]:
    wanted = select(Membership).where(
        Membership.organisation_id == row.organisation_id,
        Membership.role == Role.OFFICER,
        Membership.state == MembershipState.ACTIVE,
    )
    return list(session.scalars(wanted.order_by(Membership.user_id)))


def _tell(
    session: Session,
    row: RegisterImport,
    kind: NoticeKind,
    seat: Membership,
    now: datetime,
) -> bool:
    params: dict[str, object] = {
        "file": row.filename,
        "maker": row.made_by.name,
        "rows": row.fresh,
        "reason": row.reason,
    }
    return notify_user(
        session,
        seat.user_id,
        kind,
        f"import:{row.public_id}",
        params,
        now=now,
        organisation_id=seat.organisation_id,
        version=row.step,
    )
