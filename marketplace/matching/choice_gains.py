"""What each offer can gain at most at prices of lots: the search for prices of needs.

See `choices` for what is searched and why it is a bound.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from marketplace.matching.kernels import inner, kernel
from marketplace.matching.side import Ints

SWEEPS = 3
LARGEST = 2.0**62


class Choices(NamedTuple):
    """Partners of the needs of limited offers, in columns.

    Those of offer o are the rows from `start[o]`, its needs those from `first[o]`;
    rows of one seller lie together, in them those of one need, the best first.
    """

    start: Ints
    seller: Ints
    need: Ints  # counted from `first`
    worth: Ints
    kg: Ints  # of the lot
    brings: Ints  # the most that the seller can bring the need
    first: Ints
    need_kg: Ints
    most: Ints
    rest: Ints
    limit: Ints  # of each offer


def too_large(choices: Choices) -> bool:
    """Whether a sum could exceed 64 bits."""
    worth = max(choices.worth.max(initial=0), choices.rest.max(initial=0))
    kg = choices.need_kg.sum(dtype=float) + choices.kg.sum(dtype=float)
    kg += choices.most.sum(dtype=float) * (2 + choices.limit.max(initial=0))
    kg += choices.brings.sum(dtype=float)
    return bool(float(worth) * kg > LARGEST)


@kernel
def search(choices: Choices, v: Ints) -> Ints:
    """What each offer can gain at most, by the best v found from that given."""
    gains = np.zeros(len(choices.limit), np.int64)
    for offer in range(len(gains)):
        first, after = choices.first[offer], choices.first[offer + 1]
        if choices.limit[offer] == 0:
            for place in range(first, after):
                v[place] = max(v[place], choices.rest[place])
        gains[offer] = _gain(choices, offer, v)
        for _ in range(SWEEPS if after - first > 1 else 1):
            before = gains[offer]
            for place in range(first, after):
                gains[offer] = _lower(choices, offer, v, place, gains[offer])
            if gains[offer] == before:
                break
    return gains


@kernel
def _lower(choices: Choices, offer: int, v: Ints, place: int, known: int) -> int:
    """Search one v; the gain with it, no more than that already known."""
    kept, low, high = v[place], 0, v[place]
    if choices.limit[offer] == 0:
        low = choices.rest[place]
    for row in range(choices.start[offer], choices.start[offer + 1]):
        if choices.need[row] == place - choices.first[offer]:
            high = max(high, choices.worth[row])
    while low < high:
        middle = (low + high) // 2
        v[place] = middle
        one = _gain(choices, offer, v)
        v[place] = middle + 1
        other = _gain(choices, offer, v)
        if one <= other:
            high = middle
        else:
            low = middle + 1
    v[place] = low
    gain = _gain(choices, offer, v)
    if gain >= known:
        v[place], gain = kept, known
    return gain


@kernel
def _gain(choices: Choices, offer: int, v: Ints) -> int:
    """The bound of an offer at prices v."""
    first, after = choices.first[offer], choices.first[offer + 1]
    limit, gain, anybody = choices.limit[offer], 0, 0  # anybody: of the rest
    for place in range(first, after):
        gain += choices.need_kg[place] * v[place]
        anybody += choices.most[place] * max(choices.rest[place] - v[place], 0)
    best = np.full(limit, anybody, np.int64)
    row, stop = choices.start[offer], choices.start[offer + 1]
    while row < stop:
        brings, row = _brings(choices, first, row, stop, v)
        if limit == 0:
            gain += brings
        else:
            _keep(best, anybody + brings)
    return int(gain + best.sum())


@inner
def _brings(
    choices: Choices, first: int, row: int, stop: int, v: Ints
) -> tuple[int, int]:
    """(what the seller of a row brings more than anybody, the row after its last)."""
    seller, brings = choices.seller[row], 0
    while row < stop and choices.seller[row] == seller:
        need, room = choices.need[row], choices.brings[row]
        price = v[first + need]
        rest = max(choices.rest[first + need] - price, 0)
        brings -= choices.most[first + need] * rest
        while (
            row < stop and choices.seller[row] == seller and choices.need[row] == need
        ):
            kg = min(room, choices.kg[row])
            brings += kg * max(choices.worth[row] - price, 0)
            room -= kg
            row += 1
        brings += room * rest
    return brings, row


@inner
def _keep(best: Ints, value: int) -> None:
    """Put a value among the largest, in descending order, if it belongs there."""
    place = len(best) - 1
    if value > best[place]:
        while place > 0 and best[place - 1] < value:
            best[place] = best[place - 1]
            place -= 1
        best[place] = value
