"""Prices with which nobody would rather trade with somebody else.

A lot has one price for all who buy of it, `ask + u`; who buys keeps the rest of
the surplus, s - u. An allocation is *stable* at such prices if no lot k and
need j could both gain by trading a kilogram with each other that k now sells to
somebody else, or not at all, and that j now buys from somebody else, or not at
all. With U_k = 0 for a lot that is not sold out, else u_k, that says

    0 <= u_i <= s_ij                          for who trades, nobody at a loss,
    u_i - s_ij <= U_k - s_kj                  k another lot that j could buy of,
    u_k >= s_kj                               j not fully served, k sold to others.

The dual prices of the optimum keep all of this, so where there are no smallest
lots there always are such prices. These are differences of two variables and
bounds, so the solutions form a lattice (L. S. Shapley and M. Shubik, The
assignment game I, 1971): there is a lowest and a highest one, and below any
wish there is a highest one. The wish of a lot is the public rule of `prices`
applied to its own range, which asks for the market reference first and for a
round number next. So a price says of a limit only that it lies beyond.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from marketplace.matching.kernels import inner, kernel
from marketplace.matching.side import Bools, Ints

SWEEPS = 500


class Trade(NamedTuple):
    """The known pairs by need, and who trades.

    `full` marks pairs that carry as much as they may: their need would buy
    more of this lot than it may, which is no reason against its price.
    """

    start: Ints
    lot: Ints
    worth: Ints
    carries: Bools
    full: Bools
    left: Bools  # of each lot: whether some of it is not sold
    unmet: Bools  # of each need: whether it wants more
    only: Ints  # of each lot: its only customer, or -1


def trade_of(
    lot: Ints,
    need: Ints,
    worth: Ints,
    kg: Ints,
    full: Bools,
    lot_kg: Ints,
    need_kg: Ints,
) -> Trade:
    """The trade of an allocation on pairs ordered by need.

    `full` marks pairs whose seller brings the need as much as one may.
    """
    carrying = kg > 0
    sold = np.bincount(lot, kg, len(lot_kg))
    got = np.bincount(need, kg, len(need_kg))
    customers = np.bincount(lot, carrying, len(lot_kg))
    only = np.full(len(lot_kg), -1, dtype=np.int64)
    only[lot[carrying]] = need[carrying]
    only[customers != 1] = -1
    return Trade(
        np.searchsorted(need, np.arange(len(need_kg) + 1)),
        lot.astype(np.int64),
        worth,
        carrying,
        full,
        sold < lot_kg,
        got < need_kg,
        only,
    )


def highest_below(trade: Trade, wish: Ints) -> Ints:
    """The highest stable u that is nowhere above the wish, if there is any."""
    u = wish.copy()
    for _ in range(SWEEPS):
        if not _lower(*trade[:6], u):
            break
    return u


def lowest(trade: Trade) -> Ints:
    """The lowest stable u."""
    u = np.zeros(len(trade.left), dtype=np.int64)
    for _ in range(SWEEPS):
        if not _raise(*trade, u):
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
    lower, higher = u.copy(), u.copy()
    _lower(*trade[:6], lower)
    _raise(*trade, higher)
    unstable: Bools = (lower != u) | (higher != u) | (u > ceiling(trade)) | (u < 0)
    return unstable


@kernel
def _lower(
    start: Ints,
    lot: Ints,
    worth: Ints,
    carries: Bools,
    full: Bools,
    left: Bools,
    u: Ints,
) -> bool:
    """Lower prices that a need could escape from; whether any was."""
    changed = False
    for need in range(len(start) - 1):
        best, second, whose = _offers(start, lot, worth, full, left, need, u)
        for pair in range(start[need], start[need + 1]):
            i = lot[pair]
            if carries[pair]:
                other = second if whose == i else best
                most = (
                    min(worth[pair], worth[pair] + other)
                    if other < 1 << 59
                    else worth[pair]
                )
                if u[i] > most:
                    u[i], changed = most, True
    return changed


@kernel
def _raise(
    start: Ints,
    lot: Ints,
    worth: Ints,
    carries: Bools,
    full: Bools,
    left: Bools,
    unmet: Bools,
    only: Ints,
    u: Ints,
) -> bool:
    """Raise prices at which somebody else would pay more; whether any was."""
    changed = False
    for need in range(len(start) - 1):
        best, second, whose = _pays(start, lot, worth, carries, need, u)
        for pair in range(start[need], start[need + 1]):
            k = lot[pair]
            if left[k] or full[pair]:
                continue
            other = second if whose == k else best
            least = worth[pair] + other if other > -(1 << 59) else 0
            if unmet[need] and only[k] != need:
                least = max(least, worth[pair])
            if u[k] < least:
                u[k], changed = least, True
    return changed


@inner
def _offers(
    start: Ints, lot: Ints, worth: Ints, full: Bools, left: Bools, need: int, u: Ints
) -> tuple[int, int, int]:
    """(the least and second least of U_k - s_kj for a need, whose the least is)."""
    best, second, whose = 1 << 60, 1 << 60, -1
    for pair in range(start[need], start[need + 1]):
        k = lot[pair]
        offer = (0 if left[k] else u[k]) - worth[pair]
        if not full[pair] and offer < best:
            best, second, whose = offer, best, k
        elif not full[pair] and offer < second:
            second = offer
    return best, second, whose


@inner
def _pays(
    start: Ints, lot: Ints, worth: Ints, carries: Bools, need: int, u: Ints
) -> tuple[int, int, int]:
    """(the most and second most of u_i - s_ij for a need, whose the most is)."""
    best, second, whose = -(1 << 60), -(1 << 60), -1
    for pair in range(start[need], start[need + 1]):
        pays = u[lot[pair]] - worth[pair]
        if carries[pair] and pays > best:
            best, second, whose = pays, best, lot[pair]
        elif carries[pair] and pays > second:
            second = pays
    return best, second, whose
