"""The papers that wait for an officer, the oldest first, as the officer sifts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.text import fold
from marketplace.domain.words import CertificateScheme, PaperState
from marketplace.services.paper_changes import changes_wait
from marketplace.services.paper_rows import Row
from models.bulk import within
from models.organisations import Organisation
from models.paper_records import PackingHouseCode
from models.papers import Certificate, Facility, GrowingArea, GrowingAreaCode

AREA_CODE, PACKING_CODE = "ma-vung", "ma-dong-goi"


@dataclass(frozen=True)
class Sieve:
    """What an officer looks for; empty takes all.

    `kind` is a scheme or one of the two kinds of codes, `unit_id` a commune,
    `words` part of a holder's name.
    """

    kind: str = ""
    unit_id: int | None = None
    words: str = ""


# Papers of each kind with their holders.
_HELD: dict[Any, Select[Any]] = {
    Certificate: select(Certificate).join(
        Organisation, Organisation.id == Certificate.organisation_id
    ),
    GrowingAreaCode: select(GrowingAreaCode)
    .join(GrowingArea, GrowingArea.id == GrowingAreaCode.area_id)
    .join(Organisation, Organisation.id == GrowingArea.organisation_id),
    PackingHouseCode: select(PackingHouseCode)
    .join(Facility, Facility.id == PackingHouseCode.facility_id)
    .join(Organisation, Organisation.id == Facility.organisation_id),
}


def waiting_papers(
    session: Session, who: Actor, sieve: Sieve | None = None
) -> list[Row]:
    """Papers that wait for an officer of this scope, the oldest first."""
    sought = sieve or Sieve()
    return _in_state(
        session, PaperState.PENDING, _holders(session, who, sought), sought.kind
    )


def count_waiting_papers(session: Session, who: Actor) -> int:
    """How many papers wait for an officer of this scope."""
    holders, state = _holders(session, who, Sieve()), PaperState.PENDING
    numbers = (
        session.scalar(
            wanted.where(_is_in(kind, state), holders).with_only_columns(
                func.count(kind.id), maintain_column_froms=True
            )
        )
        for kind, wanted in _HELD.items()
    )
    return sum(number or 0 for number in numbers)


def returned_papers(session: Session, organisation_id: int) -> list[Row]:
    """Papers of a holder that came back to be mended, the oldest first."""
    holder = Organisation.id == organisation_id
    return _in_state(session, PaperState.RETURNED, holder)


def _in_state(
    session: Session, state: PaperState, holders: ColumnElement[bool], kind: str = ""
) -> list[Row]:
    found: list[Row] = []
    if kind not in (AREA_CODE, PACKING_CODE):
        found += _certificates(session, state, holders, kind)
    if kind in ("", AREA_CODE):
        found += _area_codes(session, state, holders)
    if kind in ("", PACKING_CODE):
        found += _packing_codes(session, state, holders)
    return sorted(found, key=lambda row: (row.updated_at, row.id))


def _is_in(kind: type[Any], state: PaperState) -> ColumnElement[bool]:
    """Papers in a state, and verified ones with a change in that state."""
    return or_(kind.state == state, changes_wait(kind, state))


def _holders(session: Session, who: Actor, sieve: Sieve) -> ColumnElement[bool]:
    wanted = [within(session, Organisation.unit_id, who.scope_unit_ids)]
    if sieve.unit_id is not None:
        wanted.append(Organisation.unit_id == sieve.unit_id)
    for word in fold(sieve.words)[:200].split():
        named = or_(
            Organisation.name_folded.contains(word, autoescape=True),
            Organisation.short_name.icontains(word, autoescape=True),
        )
        wanted.append(named)
    return and_(*wanted)


def _certificates(
    session: Session, state: PaperState, holders: ColumnElement[bool], scheme: str
) -> Sequence[Certificate]:
    known = scheme in set(CertificateScheme)
    of_scheme = Certificate.scheme == scheme if known else true()
    return session.scalars(
        _HELD[Certificate]
        .where(_is_in(Certificate, state), of_scheme, holders)
        .options(joinedload(Certificate.organisation).joinedload(Organisation.unit))
    ).all()


def _area_codes(
    session: Session, state: PaperState, holders: ColumnElement[bool]
) -> Sequence[GrowingAreaCode]:
    return session.scalars(
        _HELD[GrowingAreaCode]
        .where(_is_in(GrowingAreaCode, state), holders)
        .options(
            joinedload(GrowingAreaCode.area)
            .joinedload(GrowingArea.organisation)
            .joinedload(Organisation.unit)
        )
    ).all()


def _packing_codes(
    session: Session, state: PaperState, holders: ColumnElement[bool]
) -> Sequence[PackingHouseCode]:
    return session.scalars(
        _HELD[PackingHouseCode]
        .where(_is_in(PackingHouseCode, state), holders)
        .options(
            joinedload(PackingHouseCode.facility)
            .joinedload(Facility.organisation)
            .joinedload(Organisation.unit)
        )
    ).all()
