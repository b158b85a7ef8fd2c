"""What a place at an offer with few suppliers is worth, charged by the kilogram.

A seller h who brings x of at most M_h kilograms takes at least x / M_h of one of
the k places of an offer. With a price l >= 0 of a place, a kilogram of h costs
l / M_h more, so that sellers of much are preferred (dynamic slope scaling:
D. Kim and P. M. Pardalos, 1999). The price rises while the flow takes more than k
places and falls while it takes fewer (subgradients: M. Held, P. Wolfe and
H. P. Crowder, 1974), each time by a part of what a place is worth on average.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from marketplace.matching.rules import Rules
from marketplace.matching.side import Floats, Ints

ROUNDS = 8
STEP = 0.05

Flow = Callable[[Ints, Ints], Ints]


def charged(rules: Rules, kg: Ints, flow: Flow) -> Ints:
    """What a kilogram of each pair is worth less its part of a place.

    `flow(worth, near)` finds the best kilograms, beginning `near` them; `kg` are
    the first.
    """
    worth, most = rules.worth, np.maximum(rules.most, 1)
    if not rules.sellers.any():
        return worth
    offer, price = rules.door_offer[rules.door], np.zeros(len(rules.sellers))
    for number in range(ROUNDS):
        if number:
            kg = flow(worth, kg)
        taken = _taken(rules, kg / most)
        value = np.bincount(offer, kg * rules.worth.astype(np.float64), len(price))
        above = np.where(rules.sellers > 0, taken / np.maximum(rules.sellers, 1) - 1, 0)
        step = STEP / (1 + number / 3)
        price = np.maximum(price + step * above * value / np.maximum(taken, 1), 0)
        worth = np.floor(rules.worth - price[offer] / most).astype(np.int64)
    return worth


def _taken(rules: Rules, part: Floats) -> Floats:
    """Places that are taken at each offer: of each door the fullest pair."""
    fullest = np.zeros(len(rules.door_offer))
    np.maximum.at(fullest, rules.door, part)
    taken: Floats = np.bincount(rules.door_offer, fullest, len(rules.sellers)).astype(
        np.float64
    )
    return taken
