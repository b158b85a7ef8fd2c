"""Papers that end soon, of one holder or of an officer's scope, and reminders sent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.words import PaperState
from marketplace.services.paper_queue import AREA_CODE, PACKING_CODE, Sieve
from marketplace.services.paper_renewals import waiting_renewal_of
from marketplace.services.paper_rows import Row, about, holder_of, paper_of
from marketplace.services.paper_stakes import Stakes, stakes_of, visible_stakes
from models.organisations import Organisation
from models.paper_records import PackingHouseCode, PaperReminder
from models.papers import Certificate, Facility, GrowingArea, GrowingAreaCode

SOON_DAYS = 60
MOST_DAYS = 180


@dataclass(frozen=True)
class Expiry:
    """A paper that ends soon, the days left, and what the reader may know hangs on it."""

    row: Row
    days: int
    stakes: Stakes


def ending_papers_of(
    session: Session, organisation_id: int, *, today: date, days: int = SOON_DAYS
) -> list[Row]:
    """A holder's papers that end within so many days and that nothing follows yet."""
    holder = Organisation.id == organisation_id
    found = ending_rows(session, holder, today, days)
    return [row for row in found if not _followed(session, row)]


def _followed(session: Session, row: Row) -> bool:
    last = paper_of(row).last_day
    assert last is not None
    return waiting_renewal_of(session, row, last + timedelta(days=1)) is not None


def expiries_in_scope(
    session: Session, who: Actor, sieve: Sieve, *, today: date, days: int
) -> list[Row]:
    """Papers of an officer's scope that end within so many days, the next first."""
    units: Collection[int] = who.scope_unit_ids
    if sieve.unit_id is not None:
        units = frozenset(units) & {sieve.unit_id}
    found = ending_rows(session, Organisation.unit_id.in_(units), today, days)
    return [row for row in found if not sieve.kind or _kind(row) == sieve.kind]


def _kind(row: Row) -> str:
    value = paper_of(row)
    if value.scheme is not None:
        return value.scheme.value
    return PACKING_CODE if value.packing else AREA_CODE


def with_stakes(
    session: Session, rows: Sequence[Row], who: Actor, *, today: date
) -> list[Expiry]:
    """The papers with what would be lost, as far as the actor may know it."""
    found = []
    for row in rows:
        stakes = stakes_of(session, row, today=today)
        assert stakes is not None  # only papers with an end come here
        left = (stakes.last_day - today).days
        found.append(Expiry(row, left, visible_stakes(stakes, who)))
    return found


def sort_expiries(found: list[Expiry], key: str) -> list[Expiry]:
    """By `han`, `cua`, `loai`, `hop-dong`, `tan` or `chuoi`; a minus turns it round."""
    name = key.removeprefix("-")
    order = _ORDERS.get(name, _ORDERS["han"])
    return sorted(found, key=order, reverse=key.startswith("-") and name in _ORDERS)


_ORDERS: dict[str, Callable[[Expiry], Any]] = {
    "han": lambda one: (one.days, one.row.id),
    "cua": lambda one: (holder_of(one.row).name_folded, one.days),
    "loai": lambda one: (_kind(one.row), one.days),
    "hop-dong": lambda one: (len(one.stakes.contracts), -one.days),
    "tan": lambda one: (one.stakes.kg, -one.days),
    "chuoi": lambda one: (len(one.stakes.chains), -one.days),
}


def last_reminder(session: Session, row: Row) -> PaperReminder | None:
    """The reminder that went out last for this paper."""
    wanted = select(PaperReminder).where(about(PaperReminder, row))
    return session.scalars(wanted.order_by(PaperReminder.id.desc()).limit(1)).first()


def ending_rows(
    session: Session, holders: ColumnElement[bool], today: date, days: int
) -> list[Row]:
    """Verified papers whose last day lies within so many days, the next first."""
    until = today + timedelta(days=days)
    found: list[Row] = [
        *session.scalars(
            select(Certificate)
            .join(Organisation, Organisation.id == Certificate.organisation_id)
            .where(_stands(Certificate), holders)
            .where(Certificate.expires_on.between(today, until))
            .options(joinedload(Certificate.organisation))
        ),
        *_codes(session, GrowingAreaCode, GrowingArea, today, until, holders),
        *_codes(session, PackingHouseCode, Facility, today, until, holders),
    ]
    return sorted(found, key=lambda row: (paper_of(row).last_day or date.max, row.id))


def _codes(
    session: Session,
    kind: Any,
    place: Any,
    today: date,
    until: date,
    holders: ColumnElement[bool],
) -> Sequence[Row]:
    of_place = kind.area_id if kind is GrowingAreaCode else kind.facility_id
    # The column is half open: the first day on which it is over.
    first, last = today + timedelta(days=1), until + timedelta(days=1)
    return session.scalars(
        select(kind)
        .join(place, place.id == of_place)
        .join(Organisation, Organisation.id == place.organisation_id)
        .where(_stands(kind), kind.valid_to.between(first, last), holders)
    ).all()


def _stands(kind: Any) -> ColumnElement[bool]:
    return and_(kind.state == PaperState.ACTIVE, kind.verified_at.is_not(None))
