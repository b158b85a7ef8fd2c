"""An auction: needs bid for kilograms of lots until nobody wants to bid more.

Each need goes for the lot that is worth most to it and offers just enough to
make it no better than the second best, plus epsilon; who is outbid bids again
(D. P. Bertsekas, The auction algorithm for the transportation problem, Annals
of Operations Research 20, 1989). What it ends with is optimal on the pairs it
was given to within epsilon đồng a kilogram. It is not the last word but a quick
one: its prices tell which pairs the exact solver needs to see.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from marketplace.matching.kernels import inner, kernel
from marketplace.matching.side import Bools, Ints, Records

PAIR = np.dtype([("lot", np.int32), ("need", np.int32), ("surplus", np.int64)])
BID = np.dtype(
    [("price", np.int64), ("kg", np.int64), ("pair", np.int64), ("after", np.int64)]
)
"""An accepted bid; `after` is the next higher one of its lot, -1 for none."""


class Columns(NamedTuple):
    """Pairs by need: those of need j lie at `start[j]` to `start[j + 1]`."""

    start: Ints
    pairs: Records


def auction(
    columns: Columns, lot_kg: Ints, need_kg: Ints, epsilon: int
) -> tuple[Ints, Ints]:
    """(kilograms of each pair, price of each lot above its ask)."""
    room = 4 * (len(lot_kg) + len(need_kg)) + 1_000
    while True:
        bids = np.zeros(room, dtype=BID)
        price, free_kg = np.zeros(len(lot_kg), dtype=np.int64), lot_kg.copy()
        lowest = np.full(len(lot_kg), -1, dtype=np.int64)
        if _run(*columns, bids, lowest, free_kg, price, need_kg.copy(), epsilon):
            return _accepted(len(columns.pairs), bids, lowest), price
        room *= 2


@kernel
def _run(
    start: Ints,
    pairs: Records,
    bids: Records,
    lowest: Ints,
    free_kg: Ints,
    price: Ints,
    unmet: Ints,
    epsilon: int,
) -> bool:
    """Let everybody bid; False if there is no room for more bids."""
    size, spare, used = len(unmet) + 1, -1, 0
    queue, waiting = np.arange(size), np.ones(size, np.bool_)
    begin, length = 0, size - 1
    while length > 0:
        need = queue[begin]
        begin, length = (begin + 1) % size, length - 1
        waiting[need] = False
        while unmet[need] > 0:
            chosen, offered = _wish(start, pairs, price, need, epsilon)
            if chosen < 0:
                break
            if spare < 0 and used == len(bids):
                return False
            lot = pairs[chosen].lot
            kg = min(free_kg[lot], unmet[need])
            free_kg[lot] -= kg
            kg, length, spare = _outbid(
                pairs, bids, lowest, unmet, queue, waiting,
                begin, length, spare, lot, need, offered, kg,
            )  # fmt: skip
            unmet[need] -= kg
            bid, spare, used = _paper(bids, spare, used)
            bids[bid].price, bids[bid].pair, bids[bid].kg = offered, chosen, kg
            price[lot] = _enter(bids, lowest, lot, bid, free_kg[lot])
    return True


@inner
def _paper(bids: Records, spare: int, used: int) -> tuple[int, int, int]:
    """(a bid to write on, the next spare one, bids ever used)."""
    bid = used
    if spare >= 0:
        bid, spare = spare, bids[spare].after
    else:
        used += 1
    return bid, spare, used


@inner
def _outbid(
    pairs: Records,
    bids: Records,
    lowest: Ints,
    unmet: Ints,
    queue: Ints,
    waiting: Bools,
    begin: int,
    length: int,
    spare: int,
    lot: int,
    need: int,
    offered: int,
    taken: int,
) -> tuple[int, int, int]:
    """Take kilograms of lower bids; (kilograms, length of the queue, spare bid).

    Its own lower bid a need raises as a whole, not by the little that it still wants.
    """
    bid = lowest[lot]
    while taken < unmet[need] and bid >= 0 and bids[bid].price < offered:
        other = pairs[bids[bid].pair].need
        kg = bids[bid].kg
        if other != need:
            kg = min(kg, unmet[need] - taken)
        taken += kg
        bids[bid].kg -= kg
        unmet[other] += kg
        if not waiting[other] and other != need:
            queue[(begin + length) % len(queue)] = other
            length, waiting[other] = length + 1, True
        if bids[bid].kg == 0:
            lowest[lot] = bids[bid].after
            bids[bid].after, spare = spare, bid
        bid = lowest[lot]
    return taken, length, spare


@inner
def _wish(
    start: Ints, pairs: Records, price: Ints, need: int, epsilon: int
) -> tuple[int, int]:
    """(best pair of a need or -1, price to offer for it)."""
    best, second, wished = epsilon, 0, -1
    for place in range(start[need], start[need + 1]):
        value = pairs[place].surplus - price[pairs[place].lot]
        if value > best:
            second = 0 if wished < 0 else best
            best, wished = value, place
        elif value > second:
            second = value
    offered = 0
    if wished >= 0:
        offered = price[pairs[wished].lot] + best - second + epsilon
        offered = min(offered, pairs[wished].surplus)
    return wished, offered


@inner
def _enter(bids: Records, lowest: Ints, lot: int, bid: int, free_kg: int) -> int:
    """Put a bid where it belongs in the list of its lot; the price of the lot."""
    before, after = -1, lowest[lot]
    while after >= 0 and bids[after].price < bids[bid].price:
        before, after = after, bids[after].after
    bids[bid].after = after
    if before < 0:
        lowest[lot] = bid
    else:
        bids[before].after = bid
    return 0 if free_kg else int(bids[lowest[lot]].price)


@kernel
def _accepted(pairs: int, bids: Records, lowest: Ints) -> Ints:
    kilograms = np.zeros(pairs, dtype=np.int64)
    for first in lowest:
        bid = first
        while bid >= 0:
            kilograms[bids[bid].pair] += bids[bid].kg
            bid = bids[bid].after
    return kilograms
