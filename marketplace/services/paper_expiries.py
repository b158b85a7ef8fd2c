"""Papers that end soon, of one holder or of an officer's scope, and reminders sent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.domain.actor import Actor
from marketplace.domain.words import PaperState
from marketplace.services.paper_queue import AREA_CODE, PACKING_CODE, Sieve
from marketplace.services.paper_renewals import WAITING, Key, key_of, renewals_of
from marketplace.services.paper_rows import Row, column_of, holder_of, paper_of
from marketplace.services.paper_stakes import Stakes, all_stakes, visible_stakes
from models.bulk import among, within
from models.organisations import Organisation
from models.paper_records import PAPER_COLUMNS, PackingHouseCode, PaperReminder
from models.papers import Certificate, Facility, GrowingArea, GrowingAreaCode

SOON_DAYS = 60
MOST_DAYS = 180
_DAY = timedelta(days=1)


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
    after = [(row, (paper_of(row).last_day or date.max) + _DAY) for row in found]
    followed = renewals_of(session, after, WAITING)
    return [row for row in found if key_of(row) not in followed]


def expiries_in_scope(
    session: Session, who: Actor, sieve: Sieve, *, today: date, days: int
) -> list[Row]:
    """Papers of an officer's scope that end within so many days, the next first."""
    units: Collection[int] = who.scope_unit_ids
    if sieve.unit_id is not None:
        units = frozenset(units) & {sieve.unit_id}
    found = ending_rows(
        session, within(session, Organisation.unit_id, units), today, days
    )
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
    known = all_stakes(session, rows, today=today)
    found = []
    for row in rows:
        stakes = known[key_of(row)]  # only papers with an end come here
        left = (stakes.last_day - today).days
        found.append(Expiry(row, left, visible_stakes(stakes, who)))
    return found


def page_of_expiries(
    session: Session,
    rows: Sequence[Row],
    who: Actor,
    key: str,
    cut: Callable[[Sequence[Any]], Any],
    *,
    today: date,
) -> tuple[Any, list[Expiry]]:
    """One page of the list, sorted; `cut` cuts it out.

    What hangs on papers is asked only of those on the page, unless the list is sorted
    by it.
    """
    if key.removeprefix("-") in _BY_STAKES:
        found = sort_expiries(with_stakes(session, rows, who, today=today), key)
        page = cut(found)
        return page, list(page.items)
    plain = [Expiry(row, _left(row, today), Stakes(today)) for row in rows]
    page = cut([one.row for one in sort_expiries(plain, key)])
    return page, with_stakes(session, page.items, who, today=today)


def _left(row: Row, today: date) -> int:
    return ((paper_of(row).last_day or date.max) - today).days


def sort_expiries(found: list[Expiry], key: str) -> list[Expiry]:
    """By `han`, `cua`, `loai`, `hop-dong`, `tan` or `chuoi`; a minus turns it round."""
    name = key.removeprefix("-")
    order = _ORDERS.get(name, _ORDERS["han"])
    return sorted(found, key=order, reverse=key.startswith("-") and name in _ORDERS)


_BY_STAKES = ("hop-dong", "tan", "chuoi")
_ORDERS: dict[str, Callable[[Expiry], Any]] = {
    "han": lambda one: (one.days, one.row.id),
    "cua": lambda one: (holder_of(one.row).name_folded, one.days),
    "loai": lambda one: (_kind(one.row), one.days),
    "hop-dong": lambda one: (len(one.stakes.contracts), -one.days),
    "tan": lambda one: (one.stakes.kg, -one.days),
    "chuoi": lambda one: (len(one.stakes.chains), -one.days),
}


def last_reminders(session: Session, rows: Sequence[Row]) -> dict[Key, PaperReminder]:
    """The reminder that went out last for each of these papers, if one did."""
    found: dict[Key, PaperReminder] = {}
    for name in PAPER_COLUMNS:
        ids = [row.id for row in rows if column_of(row) == name]
        column = getattr(PaperReminder, name)
        wanted = select(PaperReminder).where(among(session, column, ids))
        for one in session.scalars(wanted.order_by(PaperReminder.id)) if ids else ():
            found[name, getattr(one, name)] = one
    return found


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
            .options(
                joinedload(Certificate.organisation).joinedload(Organisation.unit),
                joinedload(Certificate.product),
                joinedload(Certificate.area),
                joinedload(Certificate.facility),
                selectinload(Certificate.further),
            )
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
    named = kind.area if kind is GrowingAreaCode else kind.facility
    return session.scalars(
        select(kind)
        .join(place, place.id == of_place)
        .join(Organisation, Organisation.id == place.organisation_id)
        .where(_stands(kind), kind.valid_to.between(first, last), holders)
        .options(
            joinedload(named)
            .joinedload(place.organisation)
            .joinedload(Organisation.unit)
        )
    ).all()


def _stands(kind: Any) -> ColumnElement[bool]:
    return and_(kind.state == PaperState.ACTIVE, kind.verified_at.is_not(None))
