"""What the fast solver works on: one row a lot, one row a need, in columns.

Positions are those of the rows in the order of their ids. Days are date
ordinals, masses whole kilograms, money whole đồng, places degrees. What a need
asks for (papers, codes, varieties, grades) and what a lot holds on a day are
bits of one mask, in a code of its own for each product.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Mask = NDArray[np.uint64]
Float = NDArray[np.float64]

LOT_KEY = 2**32
"""`apart` holds lot * LOT_KEY + offer."""


class Lots(NamedTuple):
    """Supply, one row a lot and grade.

    `least_kg` is the smallest lot, `promised_kg` what the seller has promised
    before, `posted` the moment of the post (any unit; older is smaller), `record`
    how badly the seller has kept its word, 0 being the best.
    """

    product: Int32
    seller: Int32
    kg: Int64
    least_kg: Int64
    ask_vnd: Int64
    promised_kg: Int64
    posted: Int64
    record: Int64
    lon: Float
    lat: Float
    shelf_days: Int32


class Pieces(NamedTuple):
    """Runs of days on which a lot can be delivered, shelf life included.

    Both ends are included; a lot is cut where its papers change, so that
    mostly it is one piece. `has` is what holds on every day of the piece.
    """

    lot: Int32
    first_day: Int32
    last_day: Int32
    has: Mask


class Needs(NamedTuple):
    """Demand, one row a tranche.

    `most_kg` is what one seller may bring at most, `most_suppliers` how many
    sellers the whole offer admits, 0 for any number. Carrying costs
    floor(fixed_vnd + rate_vnd * km + 0.5) đồng a kilogram.
    """

    product: Int32
    buyer: Int32
    offer: Int32
    first_day: Int32
    last_day: Int32
    requires: Mask
    kg: Int64
    least_kg: Int64
    most_kg: Int64
    most_suppliers: Int64
    bid_vnd: Int64
    posted: Int64
    record: Int64
    rate_vnd: Float
    fixed_vnd: Float
    lon: Float
    lat: Float


def needs_at(needs: Needs, rows: NDArray[np.signedinteger[Any]]) -> Needs:
    """The needs at these positions."""
    columns: tuple[Any, ...] = needs
    return Needs(*(column[rows] for column in columns))


class Problem(NamedTuple):
    """All that one run looks at.

    `apart` are the sorted keys lot * LOT_KEY + offer of who may not meet;
    `km_per_day` is how far a lorry comes, infinite if the way takes no time.
    """

    lots: Lots
    pieces: Pieces
    needs: Needs
    apart: Int64
    km_per_day: float
