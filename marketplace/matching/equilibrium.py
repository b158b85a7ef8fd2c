"""Prices with which nobody would rather trade with somebody else.

A lot has one price for all who buy of it, `ask + u`; who buys keeps the rest of
the surplus, s - u. An allocation is *stable* at such prices if no lot k and
need j could both gain by trading a kilogram with each other that k now sells to
somebody else, or not at all, and that j now buys from somebody else, or not at
all. Somebody else is another party: what a seller has left does not compete with
what it has sold, nor a buyer's one need with the other. With U_k = 0 for a lot
that is not sold out, else u_k, that says

    0 <= u_i <= s_ij                          for who trades, nobody at a loss,
    u_i - s_ij <= U_k - s_kj                  k another's lot that j could buy of,
    u_k >= s_kj                               j not fully served, k sold to others

(the second line also where k is sold out to the buyer of j alone: what one buyer
pays for the same is the same).

The dual prices of the optimum keep all of this, so where there are no smallest
lots there always are such prices. These are differences of two variables and
bounds, so the solutions form a lattice (L. S. Shapley and M. Shubik, The
assignment game I, 1971): there is a lowest and a highest one, and below any
wish there is a highest one. The wish of a lot is the public rule of `prices`
applied to its own range, which asks for the market reference first and for a
round number next. So a price says of a limit only that it lies beyond.

With some `give`, đồng a kilogram, pairs need a reason of more than that: each
line holds but for the give, nobody is at a loss, and where a price must yield to
somebody else's it goes to the next multiple of the give. A range that is a
single number, as where two sellers have goods left, then tells no limit exactly.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from marketplace.matching.side import Bools, Ints
from marketplace.matching.yielding import Trade, lower, raise_

SWEEPS = 500


class Sides(NamedTuple):
    """Of each lot its kilograms, seller and ask, of each need kilograms and buyer."""

    lot_kg: Ints
    seller: Ints
    ask: Ints
    need_kg: Ints
    buyer: Ints


def trade_of(
    lot: Ints,
    need: Ints,
    worth: Ints,
    kg: Ints,
    full: Bools,
    sides: Sides,
    give: int = 0,
) -> Trade:
    """The trade of an allocation on pairs ordered by need.

    `full` marks pairs whose seller brings the need as much as one may.
    """
    carrying = kg > 0
    lots, needs = len(sides.lot_kg), len(sides.need_kg)
    sold, got = np.bincount(lot, kg, lots), np.bincount(need, kg, needs)
    return Trade(
        np.searchsorted(need, np.arange(needs + 1)),
        lot.astype(np.int64),
        worth,
        carrying,
        full,
        sold < sides.lot_kg,
        sides.seller,
        _only(lot[carrying], sides.buyer[need[carrying]], lots),
        sides.buyer,
        sides.ask,
        give,
        got < sides.need_kg,
    )


def _only(lot: Ints, buyer: Ints, lots: int) -> Ints:
    """The one who buys all that is sold of a lot, or -1."""
    least, most = np.full(lots, 1 << 60, dtype=np.int64), np.full(lots, -1)
    np.minimum.at(least, lot, buyer)
    np.maximum.at(most, lot, buyer)
    return np.where(least == most, most, -1)


def highest_below(trade: Trade, wish: Ints) -> Ints:
    """The highest stable u that is nowhere above the wish, if there is any."""
    u = wish.copy()
    for _ in range(SWEEPS):
        if not lower(trade, u):
            break
    return u


def lowest(trade: Trade) -> Ints:
    """The lowest stable u."""
    u = np.zeros(len(trade.left), dtype=np.int64)
    for _ in range(SWEEPS):
        if not raise_(trade, u):
            break
    return u


def ceiling(trade: Trade) -> Ints:
    """What no u can exceed: what a lot's worst customer gains; 0 without one."""
    most = np.full(len(trade.left), 1 << 60, dtype=np.int64)
    np.minimum.at(most, trade.lot[trade.carries], trade.worth[trade.carries])
    most[most == 1 << 60] = 0
    return most


def broken(trade: Trade, u: Ints) -> Bools:
    """Lots whose price is not stable, as a mask."""
    below, above = u.copy(), u.copy()
    lower(trade, below)
    raise_(trade, above)
    unstable: Bools = (below != u) | (above != u) | (u > ceiling(trade)) | (u < 0)
    return unstable
