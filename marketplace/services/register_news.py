"""Who is told of an import: the second pair of eyes, then its maker."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.domain.words import NoticeKind
from marketplace.services.notices import notify_user
from marketplace.services.register_lists import officers_of
from marketplace.services.units import scope_of
from models.organisations import Membership
from models.register_imports import RegisterImport


def tell_second_officers(
    session: Session,
    row: RegisterImport,
    kind: NoticeKind,
    first: int | None = None,
    *,
    now: datetime,
) -> int:
    """Every other officer whose area holds the maker's; how many are told.

    `first` has looked at it already; if nobody is named, its maker.
    """
    first = first or row.made_by_id
    seats = officers_of(session, row.organisation_id)
    maker = [scope_of(session, one) for one in seats if one.user_id == row.made_by_id]
    area = frozenset().union(*maker)
    others = [
        seat
        for seat in seats
        if seat.user_id != first and area <= scope_of(session, seat)
    ]
    return sum(tell_seat(session, row, kind, seat, now) for seat in others)


def tell_maker(
    session: Session, row: RegisterImport, kind: NoticeKind, *, now: datetime
) -> None:
    """The maker learns what another officer did with the import, and why."""
    tell_one(session, row, kind, row.made_by_id, now=now)


def tell_one(
    session: Session,
    row: RegisterImport,
    kind: NoticeKind,
    user_id: int | None,
    *,
    now: datetime,
) -> None:
    """One of the officers, if still one."""
    for seat in officers_of(session, row.organisation_id):
        if seat.user_id == user_id:
            tell_seat(session, row, kind, seat, now)


def tell_seat(
    session: Session,
    row: RegisterImport,
    kind: NoticeKind,
    seat: Membership,
    now: datetime,
) -> bool:
    """Under the bell and by letter, once for each step of the import."""
    params: dict[str, object] = {
        "file": row.filename,
        "maker": row.made_by.name,
        "rows": row.fresh,
        "wrong": row.wrong,
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
