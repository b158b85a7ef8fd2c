"""Everything a lot must be or hold, as bits of one number.

    bits 0-26   papers and codes, as `marketplace.domain.masks` numbers them
    bits 27-38  a thermometer of grades: bit 26 + r is "of rank r or better"
    bit 39      of a known variety
    bits 40-61  "is not the n-th variety of the product", in the order of ids

What a need asks, a lot must hold: `need & ~has == 0`. The sign stays free, for
databases that count with it. Also what two posts say, as one digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.words import Market as Destination
from marketplace.domain.words import PriceMode
from models.reference import Variety

GRADE_BIT, GRADES = 27, 12
KNOWN_BIT = 39
VARIETY_BIT, VARIETIES = 40, 22
PRICE_MODES = tuple(PriceMode)
DESTINATIONS = {market: number for number, market in enumerate(Destination)}

Varieties = Mapping[int, Mapping[int, int]]
"""Of each product: variety -> its bit."""


def variety_bits(session: Session, products: Collection[int]) -> Varieties:
    """The bit of each variety; those beyond the last bit have none."""
    found: dict[int, dict[int, int]] = {product: {} for product in products}
    rows = session.execute(
        select(Variety.product_id, Variety.id)
        .where(Variety.product_id.in_(products))
        .order_by(Variety.id)
    )
    for product, variety in rows:
        place = len(found[product])
        found[product][variety] = 1 << VARIETY_BIT + place if place < VARIETIES else 0
    return found


def held_bits(has: int, rank: int, variety: int, known: Mapping[int, int]) -> int:
    """What a lot with these papers, of this rank and variety, holds."""
    return has | held_of_rank(rank) | held_of_variety(variety, known)


def held_of_variety(variety: int, known: Mapping[int, int]) -> int:
    """That it is known, and which of the others it is not."""
    if not variety:
        return 0
    return 1 << KNOWN_BIT | (all_of(known) & ~known.get(variety, 0))


def held_of_rank(rank: int) -> int:
    """The thermometer of a rank; 0 is no rank at all."""
    if not 0 < rank <= GRADES:
        return 0
    return (1 << GRADE_BIT + GRADES) - (1 << GRADE_BIT + rank - 1)


def all_of(known: Mapping[int, int]) -> int:
    """The bits of all varieties of a product."""
    return sum(known.values())


def asked_bits(
    requires: int,
    least_grade: int,
    varieties: Collection[int],
    known: Mapping[int, int],
) -> int:
    """What a need with these papers, this grade and these varieties asks."""
    grade = 1 << GRADE_BIT + least_grade - 1 if 0 < least_grade <= GRADES else 0
    if not varieties:
        return requires | grade
    accepted = sum(known.get(one, 0) for one in varieties)
    return requires | grade | 1 << KNOWN_BIT | (all_of(known) & ~accepted)


def post_digest(said: Sequence[int]) -> bytes:
    """SHA-256 of the numbers that a post says."""
    return hashlib.sha256(np.array(said, dtype="<i8").tobytes()).digest()


def pair_digest(lot: bytes, offer: bytes, replaced: int) -> str:
    """SHA-256 of two posts and of how many of their proposals were replaced."""
    return hashlib.sha256(lot + offer + replaced.to_bytes(8, "little")).hexdigest()
