"""One sweep over all needs: prices that must yield to somebody else's.

The kernels of `equilibrium`, which states what they restore.
"""

from __future__ import annotations

from typing import NamedTuple

from marketplace.matching.kernels import inner, kernel
from marketplace.matching.side import Bools, Ints

NONE = 1 << 59
"""Beyond it nobody has made an offer."""


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
    seller: Ints  # of each lot
    only: Ints  # of each lot: its only customer, or -1
    buyer: Ints  # of each need
    ask: Ints  # of each lot
    give: int
    unmet: Bools  # of each need: whether it wants more


@kernel
def lower(trade: Trade, u: Ints) -> bool:
    """Lower prices that a need could escape from; whether any was."""
    changed = False
    for need in range(len(trade.start) - 1):
        best, second, whose = _offers(trade, need, u)
        for pair in range(trade.start[need], trade.start[need + 1]):
            i = trade.lot[pair]
            if trade.carries[pair]:
                other = second if whose == trade.seller[i] else best
                most = trade.worth[pair]
                if other < NONE:
                    most = min(most, most + other + trade.give)
                if u[i] > most:
                    u[i], changed = _yielded(most, trade.ask[i], trade.give), True
    return changed


@kernel
def raise_(trade: Trade, u: Ints) -> bool:
    """Raise prices at which somebody else would pay more; whether any was."""
    changed = False
    for need in range(len(trade.start) - 1):
        best, second, whose = _pays(trade, need, u)
        for pair in range(trade.start[need], trade.start[need + 1]):
            k = trade.lot[pair]
            if trade.left[k] or trade.full[pair]:
                continue
            other = second if whose == trade.seller[k] else best
            least = trade.worth[pair] + other if other > -NONE else 0
            if trade.unmet[need] and trade.only[k] != trade.buyer[need]:
                least = max(least, trade.worth[pair])
            if u[k] < least - trade.give:
                u[k], changed = least - trade.give, True
    return changed


@inner
def _yielded(most: int, ask: int, give: int) -> int:
    """What a price becomes that may be no more: round by the give, if it can be."""
    if give == 0:
        return most
    round_ = (ask + most) // give * give - ask
    return round_ if round_ >= 0 else most


@inner
def _offers(trade: Trade, need: int, u: Ints) -> tuple[int, int, int]:
    """(the least of U_k - s_kj for a need, the least of other sellers, whose is it)."""
    best, second, whose = 1 << 60, 1 << 60, -1
    for pair in range(trade.start[need], trade.start[need + 1]):
        k = trade.lot[pair]
        if trade.full[pair]:
            continue
        offer = (0 if trade.left[k] else u[k]) - trade.worth[pair]
        if trade.seller[k] == whose:
            best = min(best, offer)
        elif offer < best:
            best, second, whose = offer, best, trade.seller[k]
        else:
            second = min(second, offer)
    return best, second, whose


@inner
def _pays(trade: Trade, need: int, u: Ints) -> tuple[int, int, int]:
    """(the most of u_i - s_ij for a need, the most of other sellers, whose is it)."""
    best, second, whose = -(1 << 60), -(1 << 60), -1
    for pair in range(trade.start[need], trade.start[need + 1]):
        i = trade.lot[pair]
        pays = u[i] - trade.worth[pair]
        if not trade.carries[pair]:
            continue
        if trade.seller[i] == whose:
            best = max(best, pays)
        elif pays > best:
            best, second, whose = pays, best, trade.seller[i]
        else:
            second = max(second, pays)
    return best, second, whose
