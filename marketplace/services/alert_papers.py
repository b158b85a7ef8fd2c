"""When the papers of a harvest under contract lapse, and whether they are renewed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.words import PaperState
from models.contracts import Contract
from models.papers import Certificate, GrowingAreaCode


def first_paper_end(session: Session, contract: Contract) -> date | None:
    """The first end among the papers of the harvest that nothing renews."""
    if contract.harvest is None:
        return None
    ends: list[date] = []
    for paper in contract.harvest.papers:
        if paper.certificate is not None:
            ends.append(_certificate_end(session, paper.certificate))
        elif paper.code is not None:
            ends.extend(_code_ends(session, paper.code))
    return min(ends, default=None)


def _certificate_end(session: Session, paper: Certificate) -> date:
    """Its own end, or that of a newer one of the same scheme for the same thing."""
    renewed = session.scalars(
        select(Certificate.expires_on).where(
            Certificate.organisation_id == paper.organisation_id,
            Certificate.scheme == paper.scheme,
            Certificate.product_id.is_not_distinct_from(paper.product_id),
            Certificate.area_id.is_not_distinct_from(paper.area_id),
            Certificate.facility_id.is_not_distinct_from(paper.facility_id),
            Certificate.state == PaperState.ACTIVE,
        )
    ).all()
    return max(renewed, default=_own_end(paper))


def _own_end(paper: Certificate) -> date:
    return min(paper.ended_on or paper.expires_on, paper.expires_on)


def _code_ends(session: Session, paper: GrowingAreaCode) -> Iterator[date]:
    """Nothing where a code of the area for the market has no end."""
    renewed = session.scalars(
        select(GrowingAreaCode).where(
            GrowingAreaCode.area_id == paper.area_id,
            GrowingAreaCode.product_id == paper.product_id,
            GrowingAreaCode.market == paper.market,
            GrowingAreaCode.state == PaperState.ACTIVE,
        )
    ).all()
    ends = [code.last_day for code in renewed if code.last_day is not None]
    if len(ends) < len(renewed):
        return
    own = paper.last_counting_day
    if ends or own:
        yield max(ends, default=own or date.max)
