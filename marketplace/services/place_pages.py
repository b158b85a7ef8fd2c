"""What anybody may read of a place by its GLN: its codes and papers that count today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.domain.papers import counts_on
from marketplace.services.paper_rows import paper_of
from models.gs1_numbers import PlaceNumber
from models.paper_records import PackingHouseCode
from models.papers import Certificate


@dataclass(frozen=True)
class PlacePapers:
    """Codes of the packing house, and certificates that speak of the place."""

    codes: Sequence[PackingHouseCode]
    certificates: Sequence[Certificate]


def papers_of_place(
    session: Session, place: PlaceNumber, *, today: date
) -> PlacePapers:
    """Codes and certificates of a place that officers verified and that count today.

    A certificate that names places speaks of those alone, others of the whole holder.
    """
    codes = select(PackingHouseCode).where(
        PackingHouseCode.facility_id == place.facility_id
    )
    papers = (
        select(Certificate)
        .where(Certificate.organisation_id == place.organisation_id)
        .options(selectinload(Certificate.further))
    )
    return PlacePapers(
        [
            one
            for one in session.scalars(codes.order_by(PackingHouseCode.id))
            if counts_on(paper_of(one), today)
        ],
        [
            one
            for one in session.scalars(papers.order_by(Certificate.id))
            if _speaks_of(one, place.facility_id) and counts_on(paper_of(one), today)
        ],
    )


def _speaks_of(paper: Certificate, facility_id: int | None) -> bool:
    gardens = [paper.area_id, *(one.area_id for one in paper.further)]
    houses = [paper.facility_id, *(one.facility_id for one in paper.further)]
    named = [one for one in houses if one is not None]
    if not named and not any(gardens):
        return True
    return facility_id in named
