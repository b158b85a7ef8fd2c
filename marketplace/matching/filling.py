"""A legal addition to a legal allocation, the most worth first."""

from __future__ import annotations

import numpy as np

from marketplace.matching.kernels import kernel
from marketplace.matching.rules import Rules
from marketplace.matching.side import Ints


def fill(rules: Rules, kg: Ints, order: Ints) -> None:
    """Let pairs grow, or open with at least their least, in the order given."""
    lot_left = rules.lot_kg - _sum(rules.lot, kg, len(rules.lot_kg))
    need_left = rules.need_kg - _sum(rules.need, kg, len(rules.need_kg))
    share_left = rules.share_kg - rules.shared(kg)
    carrying = _sum(rules.door, (kg > 0).astype(np.int64), len(rules.door_offer))
    sellers = _sum(
        rules.door_offer, (carrying > 0).astype(np.int64), len(rules.sellers)
    )
    _fill(
        order,
        kg,
        rules.lot,
        rules.need,
        rules.least,
        rules.door,
        rules.door_offer,
        rules.sellers,
        rules.share,
        lot_left,
        need_left,
        share_left,
        carrying,
        sellers,
    )


def _sum(keys: Ints, values: Ints, count: int) -> Ints:
    total: Ints = np.bincount(keys, values.astype(np.float64), count).astype(np.int64)
    return total


@kernel
def _fill(
    order: Ints,
    kg: Ints,
    lot: Ints,
    need: Ints,
    least: Ints,
    door: Ints,
    door_offer: Ints,
    limit: Ints,
    share: Ints,
    lot_left: Ints,
    need_left: Ints,
    share_left: Ints,
    carrying: Ints,
    sellers: Ints,
) -> None:
    for pair in order:
        more = min(lot_left[lot[pair]], need_left[need[pair]])
        more = min(more, share_left[share[pair]])
        if more <= 0:
            continue
        if kg[pair] == 0:
            offer = door_offer[door[pair]]
            new = carrying[door[pair]] == 0
            full = limit[offer] > 0 and sellers[offer] >= limit[offer]
            if more < least[pair] or (new and full):
                continue
            sellers[offer] += new
            carrying[door[pair]] += 1
        kg[pair] += more
        lot_left[lot[pair]] -= more
        need_left[need[pair]] -= more
        share_left[share[pair]] -= more
