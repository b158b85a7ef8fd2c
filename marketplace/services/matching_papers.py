"""The papers that cover a harvest, as bits on days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Label, func, select
from sqlalchemy.orm import Session

from marketplace.domain.masks import requirement_bits
from marketplace.domain.papers import Paper, counting_days
from marketplace.services.days import day_of
from models.bulk import among
from models.harvests import HarvestPaper
from models.papers import Certificate, GrowingAreaCode


def _either(name: str) -> Label[Any]:
    """A column that certificates and codes have both; a row is one of them."""
    both = (getattr(one, name) for one in (Certificate, GrowingAreaCode))
    return func.coalesce(*both).label(name)


PAPERS = (
    select(
        HarvestPaper.harvest_id,
        HarvestPaper.code_id,
        func.coalesce(Certificate.number, GrowingAreaCode.code).label("number"),
        _either("product_id"),
        _either("state"),
        _either("verified_at"),
        _either("ended_on"),
        func.coalesce(Certificate.issued_on, GrowingAreaCode.valid_from).label("first"),
        Certificate.expires_on,
        Certificate.scheme,
        Certificate.stars,
        GrowingAreaCode.valid_to,
        GrowingAreaCode.market,
    )
    .select_from(HarvestPaper)
    .outerjoin(Certificate, Certificate.id == HarvestPaper.certificate_id)
    .outerjoin(GrowingAreaCode, GrowingAreaCode.id == HarvestPaper.code_id)
    .order_by(HarvestPaper.id)
)
"""What each paper says, without an object for each: there are several a harvest."""


@dataclass(frozen=True)
class HeldPaper:
    """A paper that covers a harvest, with what a reason says about it."""

    number: str
    bits: int
    paper: Paper

    def last_day_within(self, first: date, last: date) -> date | None:
        """The last day on which it counts, None if it counts on none."""
        days = counting_days(self.paper, first, last)
        return days[0][1] if days else None


def read_papers(
    session: Session, product: Mapping[int, int]
) -> defaultdict[int, list[HeldPaper]]:
    """Certificates and codes of harvests that speak of their product.

    `product` gives the product of each harvest.
    """
    found: defaultdict[int, list[HeldPaper]] = defaultdict(list)
    whose = among(session, HarvestPaper.harvest_id, product)
    rows = session.execute(PAPERS.where(whose)).all()
    for row in sorted(rows, key=_is_code):
        general = row.product_id is None and not _is_code(row)
        if general or row.product_id == product[row.harvest_id]:
            found[row.harvest_id].append(_held(row))
    return found


def _is_code(row: Any) -> bool:
    return row.code_id is not None


def _held(row: Any) -> HeldPaper:
    """As `papers.paper_of` reads a certificate or a code, from plain columns."""
    paper = Paper(
        row.state,
        row.first,
        # The day a code is valid to is the first on which it is not.
        row.valid_to - timedelta(days=1) if row.valid_to else row.expires_on,
        day_of(row.verified_at) if row.verified_at else None,
        row.ended_on,
        scheme=row.scheme,
        market=row.market,
        stars=row.stars,
    )
    return HeldPaper(row.number, requirement_bits(paper), paper)
