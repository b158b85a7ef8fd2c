"""Harvests, what they hold, and the papers that say so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from bench.filling.ground import (
    AFTER,
    BEFORE,
    BEST_GRADE,
    MARKETS,
    POSTED,
    SCHEMES,
    STARS,
    Ground,
    day,
    first_id,
    grade_of,
    moment,
    variety_of,
    write,
)
from marketplace.domain.words import (
    CertificateScheme,
    HarvestState,
    PaperState,
    SeasonClass,
)
from marketplace.matching.arrays import Problem
from models.harvests import Harvest, HarvestGrade, HarvestPaper
from models.papers import Certificate, GrowingArea, GrowingAreaCode

HARVEST = (
    "id organisation_id state product_id variety_id unit_id latitude longitude"
    " season season_class window_start window_end low_kg likely_kg high_kg"
    " limit_kg floor_price_vnd smallest_lot_kg posted_at"
)
CERTIFICATE = (
    "id organisation_id scheme number issuer stars issued_on expires_on state"
    " verified_at verified_by_id register_key"
)
CODE = (
    "id area_id product_id market code area_ha state valid_from verified_at"
    " verified_by_id register_key"
)


def fill_harvests(session: Session, problem: Problem, ground: Ground) -> None:
    """One harvest a lot, all of one grade."""
    first = first_id(session, Harvest)
    write(session, Harvest, _harvests(problem, ground, first), HARVEST)
    ranks = (BEST_GRADE - grade_of(problem.pieces.has)).tolist()
    grades = ((first + n, rank, 1000) for n, rank in enumerate(ranks))
    write(session, HarvestGrade, grades, "harvest_id rank share_permille")


def _harvests(problem: Problem, ground: Ground, first: int) -> Iterator[Sequence[Any]]:
    lots, pieces = problem.lots, problem.pieces
    columns = (
        lots.seller,
        lots.product,
        variety_of(pieces.has),
        lots.lat,
        lots.lon,
        pieces.first_day,
        pieces.last_day - lots.shelf_days,
        lots.kg,
        lots.ask_vnd,
        lots.least_kg,
        lots.posted,
    )
    state, season = HarvestState.OPEN, SeasonClass.MAIN
    for n, lot in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
        seller, product, variety, lat, lon, begin, end, kg, ask, least, posted = lot
        whose = (first + n, ground.people + seller, state)
        what = (ground.products + product, ground.varieties[product][variety])
        where = (ground.unit, lat, lon, "2027", season, day(begin), day(end))
        yield (*whose, *what, *where, kg, kg, kg, kg, ask, least, moment(posted))


def fill_papers(session: Session, problem: Problem, ground: Ground) -> None:
    """Certificates and codes, and which lot is under which."""
    parts = [
        *_certificates(session, problem, ground),
        *_codes(session, problem, ground),
    ]
    lots, certificates, codes = np.concatenate(parts, axis=1).tolist()
    harvest = first_id(session, Harvest) - problem.lots.kg.size
    paper = first_id(session, HarvestPaper)
    links = (
        (paper + n, harvest + lot, certificate or None, code or None)
        for n, (lot, certificate, code) in enumerate(
            zip(lots, certificates, codes, strict=True)
        )
    )
    write(session, HarvestPaper, links, "id harvest_id certificate_id code_id")


def _certificates(
    session: Session, problem: Problem, ground: Ground
) -> Iterator[np.ndarray]:
    """One a cooperative and scheme; lots, their certificates, zeros."""
    seller, has = problem.lots.seller.astype(np.int64), problem.pieces.has
    first = first_id(session, Certificate)
    for bit, scheme in SCHEMES.items():
        lot = np.flatnonzero(has & np.uint64(1 << bit))
        owners, which = np.unique(seller[lot], return_inverse=True)
        stars = STARS if scheme is CertificateScheme.OCOP else None
        rest = (stars, BEFORE, AFTER, PaperState.ACTIVE, POSTED, ground.user)
        rows = (
            (
                first + n,
                ground.people + owner,
                scheme,
                f"{owner}",
                "Kiểm đo",
                *rest,
                f"{owner}",
            )
            for n, owner in enumerate(owners.tolist())
        )
        write(session, Certificate, rows, CERTIFICATE)
        yield np.stack([lot, first + which, np.zeros_like(lot)])
        first += owners.size


def _codes(session: Session, problem: Problem, ground: Ground) -> Iterator[np.ndarray]:
    """One a growing area and market; lots, zeros, their codes."""
    of_lot, grown = _areas(session, problem, ground)
    area = first_id(session, GrowingArea) - grown.size
    first = first_id(session, GrowingAreaCode)
    rest = (10, PaperState.ACTIVE, BEFORE, POSTED, ground.user)
    for bit, market in MARKETS.items():
        lot = np.flatnonzero(problem.pieces.has & np.uint64(1 << bit))
        where, which = np.unique(of_lot[lot], return_inverse=True)
        products = (ground.products + grown[where] % 1000).tolist()
        rows = (
            (first + n, area + place, product, market, f"VN-{place}", *rest, f"{place}")
            for n, (place, product) in enumerate(
                zip(where.tolist(), products, strict=True)
            )
        )
        write(session, GrowingAreaCode, rows, CODE)
        yield np.stack([lot, np.zeros_like(lot), first + which])
        first += where.size


def _areas(
    session: Session, problem: Problem, ground: Ground
) -> tuple[np.ndarray, np.ndarray]:
    """One a cooperative and product; the area of each lot, and what grows there."""
    key = problem.lots.seller.astype(np.int64) * 1000 + problem.lots.product
    grown, of_lot = np.unique(key, return_inverse=True)
    first = first_id(session, GrowingArea)
    rows = (
        (
            first + n,
            ground.people + k // 1000,
            f"Vùng {k}",
            ground.products + k % 1000,
            10,
            ground.unit,
        )
        for n, k in enumerate(grown.tolist())
    )
    names = "id organisation_id name product_id area_ha unit_id"
    write(session, GrowingArea, rows, names)
    return of_lot, grown
