"""What all tables of a filled instance share: first ids, days, words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench import world
from marketplace.domain.words import CertificateScheme, Market
from marketplace.matching.arrays import Int64
from models.bulk import insert_rows

POSTED = datetime(2026, 11, 1, tzinfo=UTC)
BEFORE, AFTER = date(2026, 6, 1), date(2028, 6, 1)
BEST_GRADE = 4  # rank 1; the instance counts upwards
SCHEMES = {
    12: CertificateScheme.VIETGAP,
    13: CertificateScheme.GLOBALGAP,
    14: CertificateScheme.ORGANIC_TCVN,
    15: CertificateScheme.HACCP,
    20: CertificateScheme.ISO22000,
    21: CertificateScheme.FOOD_SAFETY,
    22: CertificateScheme.SAFETY_COMMITMENT,
    23: CertificateScheme.OCOP,
}
MARKETS = {16: Market.US, 17: Market.CN, 18: Market.AU, 19: Market.NZ}
STARS = 3


class Ground(NamedTuple):
    """The unit everything lies in, who verified it, and first ids.

    `varieties` are the ids of the varieties of each product of the instance.
    """

    unit: int
    user: int
    people: int
    products: int
    varieties: list[list[int]]


def first_id(session: Session, model: Any) -> int:
    """An id from which on nothing is taken."""
    return (session.scalar(sa.select(sa.func.max(model.id))) or 0) + 1


def write(session: Session, model: Any, rows: Any, names: str) -> None:
    """Insert tuples in the order of the names."""
    insert_rows(session, model, names.split(), rows)


def variety_of(has: np.ndarray) -> Int64:
    """The variety of each lot: the one bit that it does not hold."""
    lacks = ~has & np.uint64(2**world.VARIETY_BITS - 1)
    return np.log2(lacks.astype(float)).astype(np.int64)


def grade_of(has: np.ndarray) -> Int64:
    """The highest bit of the thermometer."""
    return world.count_bits(has, world.GRADE_BIT, world.PAPER_BIT - 1) - 1


def day(ordinal: int) -> date:
    """The date of an ordinal."""
    return date.fromordinal(ordinal)


def moment(posted: int) -> datetime:
    """When a row was posted, from a number of the instance."""
    return POSTED + timedelta(seconds=posted % 1_000_000)
