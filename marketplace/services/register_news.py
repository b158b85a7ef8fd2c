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
    session: Session, row: RegisterImport, *, now: datetime
) -> int:
    """Every other officer whose area holds the maker's; how many are told."""
    seats = officers_of(session, row.organisation_id)
    maker = [scope_of(session, one) for one in seats if one.user_id == row.made_by_id]
    area = frozenset().union(*maker)
    others = [
        seat
        for seat in seats
        if seat.user_id != row.made_by_id and area <= scope_of(session, seat)
    ]
    kind = NoticeKind.REGISTER_WAITING
    return sum(_tell(session, row, kind, seat, now) for seat in others)


def tell_maker(
    session: Session, row: RegisterImport, kind: NoticeKind, *, now: datetime
) -> None:
    """The maker learns what another officer did with the import, and why."""
    for seat in officers_of(session, row.organisation_id):
        if seat.user_id == row.made_by_id:
            _tell(session, row, kind, seat, now)


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
