"""One price a lot, by the public rule within what is stable.

For each lot the stable prices form a range (`equilibrium`), wider by the give on
either side as far as nobody is at a loss; the rule of `prices` picks the market
reference if it lies inside, else a round number, and the highest stable prices
not above these wishes are quoted. Where rules that
quantities miss leave no stable price, the rule picks from the zone common to
the lot and all who buy of it, and nobody is at a loss.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from marketplace.matching.equilibrium import (
    broken,
    ceiling,
    highest_below,
    lowest,
)
from marketplace.matching.instance import Reference
from marketplace.matching.prices import price_vnd
from marketplace.matching.side import Ints
from marketplace.matching.yielding import Trade


class Quotes(NamedTuple):
    """What prices are anchored at: references by product, the step, and for how
    little, in thousandths of the price, nobody is held to go elsewhere."""

    references: Mapping[int, Reference]
    step_vnd: int = 100
    give_per_mille: int = 0


def quote(
    trade: Trade, ask_vnd: Ints, reference: Reference | None, step_vnd: int
) -> Ints:
    """Đồng a kilogram at the gate for each lot; the ask where nobody buys.

    Nothing is sold for nothing: one đồng is within every zone, since a pair is
    worth at least that.
    """
    exact, most = trade._replace(give=0), ceiling(trade)
    least = np.maximum(lowest(exact) - trade.give, 0)
    high = np.minimum(highest_below(exact, most) + trade.give, most)
    sold = np.zeros(len(ask_vnd), dtype=np.bool_)
    sold[trade.lot[trade.carries]] = True
    wish = np.zeros(len(ask_vnd), dtype=np.int64)
    for lot in np.flatnonzero(sold).tolist():
        ask, low, top = int(ask_vnd[lot]), int(least[lot]), int(high[lot])
        if low > top:
            low, top = 0, int(most[lot])
        wish[lot] = _within(ask, low, top, reference, step_vnd)
    u = highest_below(trade, wish)
    for lot in np.flatnonzero(broken(trade, u) & sold).tolist():
        u[lot] = _within(int(ask_vnd[lot]), 0, int(most[lot]), reference, step_vnd)
    prices: Ints = np.where(sold, np.maximum(ask_vnd + u, 1), ask_vnd)
    return prices


def _within(
    ask: int, low: int, top: int, reference: Reference | None, step_vnd: int
) -> int:
    """What the rule puts above the ask, from `low` to `top`."""
    if ask + top < 1:
        return top
    return price_vnd(ask + low, ask + top, reference, step_vnd) - ask
