"""Which papers cover a harvest: those of its product, its garden and its seller."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.domain.words import HarvestState, PaperState
from marketplace.services.paper_places import areas_of
from models.harvests import Harvest, HarvestPaper
from models.papers import Certificate, GrowingArea, GrowingAreaCode

GONE = (PaperState.REVOKED, PaperState.EXPIRED)
Paper = Certificate | GrowingAreaCode


def papers_of(
    session: Session, organisation_id: int, *, today: date
) -> list[Certificate | GrowingAreaCode]:
    """Papers of an organisation that are neither over nor revoked."""
    certificates = session.scalars(
        select(Certificate)
        .where(
            Certificate.organisation_id == organisation_id,
            Certificate.state.not_in(GONE),
            Certificate.expires_on >= today,
        )
        .order_by(Certificate.expires_on, Certificate.id)
    ).all()
    codes = session.scalars(
        select(GrowingAreaCode)
        .join(GrowingArea, GrowingArea.id == GrowingAreaCode.area_id)
        .where(
            GrowingArea.organisation_id == organisation_id,
            GrowingAreaCode.state.not_in(GONE),
            or_(GrowingAreaCode.valid_to.is_(None), GrowingAreaCode.valid_to > today),
        )
        .order_by(GrowingAreaCode.market, GrowingAreaCode.id)
    ).all()
    return [*certificates, *codes]


def fits(paper: Paper, product_id: int, area_id: int | None) -> bool:
    """Whether a paper speaks of this product from this garden.

    A certificate without a product or a garden speaks of all of them, one with
    gardens of each of those; a code is always that of one garden.
    """
    if isinstance(paper, GrowingAreaCode):
        return paper.product_id == product_id and paper.area_id == area_id
    named = areas_of(paper)
    return paper.product_id in (None, product_id) and (not named or area_id in named)


def cover(
    session: Session,
    harvest: Harvest,
    chosen: Collection[str] | None,
    *,
    today: date,
) -> None:
    """Let the papers that fit cover the harvest, of those the seller chose.

    None takes all that fit. The harvest has an id.
    """
    wanted = [
        paper
        for paper in papers_of(session, harvest.organisation_id, today=today)
        if fits(paper, harvest.product_id, harvest.area_id)
        and (chosen is None or paper.public_id in chosen)
    ]
    kept = {_key(row): row for row in harvest.papers}
    harvest.papers = [
        kept.get(_key_of(paper)) or _row(paper) for paper in _distinct(wanted)
    ]
    session.flush()  # matching reads them


def cover_open_harvests(session: Session, paper: Paper, organisation_id: int) -> int:
    """A new paper covers what is on the market already; returns how many harvests."""
    harvests = session.scalars(
        select(Harvest).where(
            Harvest.organisation_id == organisation_id,
            Harvest.state.in_((HarvestState.DRAFT, HarvestState.OPEN)),
        )
    ).all()
    covered = 0
    for harvest in harvests:
        known = {_key(row) for row in harvest.papers}
        if fits(paper, harvest.product_id, harvest.area_id) and (
            _key_of(paper) not in known
        ):
            harvest.papers.append(_row(paper))
            covered += 1
    session.flush()  # matching reads them
    return covered


def _distinct(papers: Iterable[Paper]) -> list[Paper]:
    return list({_key_of(paper): paper for paper in papers}.values())


def _key(row: HarvestPaper) -> tuple[int | None, int | None]:
    return row.certificate_id, row.code_id


def _key_of(paper: Paper) -> tuple[int | None, int | None]:
    if isinstance(paper, Certificate):
        return paper.id, None
    return None, paper.id


def _row(paper: Paper) -> HarvestPaper:
    if isinstance(paper, Certificate):
        return HarvestPaper(certificate_id=paper.id)
    return HarvestPaper(code_id=paper.id)
