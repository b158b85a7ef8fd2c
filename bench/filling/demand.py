"""Offers, their tranches, and what they accept and require."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from bench import world
from bench.filling.ground import (
    BEST_GRADE,
    MARKETS,
    SCHEMES,
    STARS,
    Ground,
    day,
    first_id,
    moment,
    write,
)
from marketplace.domain.words import CertificateScheme, Market, OfferState
from marketplace.matching.arrays import Int64, Problem
from models.offers import Offer, OfferRequirement, OfferVariety, Tranche

OFFER = (
    "id organisation_id state product_id least_grade market place latitude"
    " longitude smallest_lot_kg most_suppliers payment_term_days posted_at"
)
TRANCHE = "id offer_id number window_start window_end kg ceiling_price_vnd"


def fill_offers(session: Session, problem: Problem, ground: Ground) -> None:
    """Offers in the order of the instance, each with its tranches."""
    needs = problem.needs
    _, rows, offer = np.unique(needs.offer, return_index=True, return_inverse=True)
    first = first_id(session, Offer)
    write(session, Offer, _offers(problem, ground, rows, first), OFFER)
    accepted = _accepted(problem, ground, rows, first)
    write(session, OfferVariety, accepted, "offer_id variety_id")
    asked = _asked(problem, rows, first, first_id(session, OfferRequirement))
    write(session, OfferRequirement, asked, "id offer_id scheme least_stars")
    begin = first_id(session, Tranche)
    columns = (
        first + offer,
        np.arange(offer.size) - rows[offer] + 1,
        needs.first_day,
        needs.last_day,
        needs.kg,
        needs.bid_vnd,
    )
    tranches = (
        (begin + n, of, number, day(start), day(end), kg, bid)
        for n, (of, number, start, end, kg, bid) in enumerate(
            zip(*(column.tolist() for column in columns), strict=True)
        )
    )
    write(session, Tranche, tranches, TRANCHE)


def _offers(
    problem: Problem, ground: Ground, rows: Int64, first: int
) -> Iterator[Sequence[Any]]:
    needs = problem.needs
    for n, j in enumerate(rows.tolist()):
        asked = int(needs.requires[j])
        codes = [market for bit, market in MARKETS.items() if asked >> bit & 1]
        grades = asked >> world.GRADE_BIT & 15
        least = BEST_GRADE + 1 - grades.bit_length()
        whose = (first + n, ground.people + int(needs.buyer[j]), OfferState.OPEN)
        what = (ground.products + int(needs.product[j]), least)
        where = (float(needs.lat[j]), float(needs.lon[j]))
        rules = (int(needs.least_kg[j]), int(needs.most_suppliers[j]), 15)
        to = (codes or [Market.DOMESTIC])[0]
        yield (
            *whose,
            *what,
            to,
            "Kho đo",
            *where,
            *rules,
            moment(int(needs.posted[j])),
        )


def _accepted(
    problem: Problem, ground: Ground, rows: Int64, first: int
) -> Iterator[tuple[int, int]]:
    for n, j in enumerate(rows.tolist()):
        refused = int(problem.needs.requires[j]) % 2**world.VARIETY_BITS
        known = ground.varieties[int(problem.needs.product[j])] if refused else []
        for number, variety in enumerate(known):
            if not refused >> number & 1:
                yield first + n, variety


def _asked(
    problem: Problem, rows: Int64, first: int, id_: int
) -> Iterator[tuple[Any, ...]]:
    for n, j in enumerate(rows.tolist()):
        asked = int(problem.needs.requires[j])
        for bit, scheme in SCHEMES.items():
            if asked >> bit & 1:
                stars = STARS if scheme is CertificateScheme.OCOP else None
                yield id_, first + n, scheme, stars
                id_ += 1
