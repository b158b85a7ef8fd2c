"""Which gardens and facilities a certificate names."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.chain_records import plain_of
from marketplace.domain.commands_papers import SaveCertificate
from marketplace.domain.errors import N_, Refused
from marketplace.domain.paper_scopes import PaperScope
from marketplace.services.areas import access_area, access_facility
from models.paper_places import CertificatePlace
from models.papers import Certificate


def write_further_places(
    session: Session, row: Certificate, who: Actor, command: SaveCertificate
) -> None:
    """The places beside the first; each is the holder's own and is named once.

    Refused: further places where the first is left open, which means all of them.
    """
    if command.more_areas and not command.area:
        raise Refused(N_("Chọn vườn thứ nhất trước"), "area")
    if command.more_facilities and not command.facility:
        raise Refused(N_("Chọn cơ sở thứ nhất trước"), "facility")
    areas = [access_area(session, who, one).id for one in command.more_areas]
    houses = [access_facility(session, who, one).id for one in command.more_facilities]
    known = {(one.area_id, one.facility_id): one for one in row.further}
    wanted: list[tuple[int | None, int | None]] = [
        *((area, None) for area in areas if area != row.area_id),
        *((None, house) for house in houses if house != row.facility_id),
    ]
    row.further = [
        known.get(place) or CertificatePlace(area_id=place[0], facility_id=place[1])
        for place in dict.fromkeys(wanted)
    ]


def scope_of(row: Certificate) -> dict[str, Any]:
    """What its places and product say, to be kept; see `PaperScope`."""
    return plain_of(paper_scope(row))


def paper_scope(row: Certificate) -> PaperScope:
    """What a certificate names: first places and further ones alike."""
    gardens = [row.area, *(one.area for one in row.further)]
    facilities = [row.facility, *(one.facility for one in row.further)]
    return PaperScope(
        row.product_id,
        frozenset(one.product_id for one in gardens if one is not None),
        frozenset(one.kind for one in facilities if one is not None),
    )


def areas_of(row: Certificate) -> set[int]:
    """The gardens that it names; none means all of the holder's."""
    first = {row.area_id} if row.area_id is not None else set()
    return first | {one.area_id for one in row.further if one.area_id is not None}


def facilities_of(row: Certificate) -> set[int]:
    """The facilities that it names; none where it names none."""
    first = {row.facility_id} if row.facility_id is not None else set()
    more = {one.facility_id for one in row.further if one.facility_id is not None}
    return first | more
