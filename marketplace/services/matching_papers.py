"""The papers that cover a harvest, as bits on days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.masks import requirement_bits
from marketplace.domain.papers import Paper, counting_days
from marketplace.services.papers import paper_of
from models.bulk import among
from models.harvests import HarvestPaper
from models.papers import Certificate, GrowingAreaCode

PAPERS = (
    select(HarvestPaper.harvest_id, Certificate, GrowingAreaCode)
    .outerjoin(Certificate, Certificate.id == HarvestPaper.certificate_id)
    .outerjoin(GrowingAreaCode, GrowingAreaCode.id == HarvestPaper.code_id)
    .order_by(HarvestPaper.id)
)


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
    codes = []
    whose = among(session, HarvestPaper.harvest_id, product)
    for harvest, certificate, code in session.execute(PAPERS.where(whose)):
        if code:
            codes.append((harvest, code))
        elif certificate.product_id in (None, product[harvest]):
            found[harvest].append(_held(certificate, certificate.number))
    for harvest, code in codes:
        if code.product_id == product[harvest]:
            found[harvest].append(_held(code, code.code))
    return found


def _held(row: Certificate | GrowingAreaCode, number: str) -> HeldPaper:
    paper = paper_of(row)
    return HeldPaper(number, requirement_bits(paper), paper)
