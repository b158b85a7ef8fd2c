"""Better legal allocations by solving one neighbourhood after another anew.

Offers whose needs are neighbours form a window; what its needs take is given
back, all else stays, and the window is searched again, with another threshold
for raising what is too little and with or without charges for places. The better
answer stays (large neighbourhood search: P. Shaw, 1998). Windows are cut elsewhere in every pass, by numbers that
are the same in every run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from marketplace.matching.flow import total
from marketplace.matching.rules import Rules
from marketplace.matching.side import Ints

WINDOW = 60
"""Needs in a window, about."""
PASSES = ((0.5, False), (0.3, True), (0.7, True), (0.4, False))
"""Which part of its least a pair must carry to be raised to it; charges or not."""

Solve = Callable[[Rules, Ints, float, bool], Ints]


def improve(rules: Rules, kg: Ints, solve: Solve) -> Ints:
    """A legal allocation that is no worse.

    `solve` answers for some of the pairs, given by their rules and positions,
    with a legal allocation of their own.
    """
    chance = np.random.default_rng(11)
    for half, charge in PASSES:
        for rows in _windows(rules, int(chance.integers(WINDOW))):
            part = _part(rules, rows, kg)
            found = solve(part, rows, half, charge)
            if total(found, part.worth) > total(kg[rows], part.worth):
                kg[rows] = found
    return kg


def _windows(rules: Rules, offset: int) -> Iterator[Ints]:
    """The pairs of each run of neighbouring offers."""
    offer = rules.door_offer[rules.door]
    first = np.full(len(rules.sellers), len(rules.need_kg))
    np.minimum.at(first, offer, rules.need)
    _, one = np.unique(rules.need, return_index=True)
    tranches = np.bincount(offer[one], minlength=len(first))
    order = np.argsort(first, kind="stable")
    window = np.empty(len(first), dtype=np.int64)
    window[order] = (np.cumsum(tranches[order]) + offset) // WINDOW
    of_pair = window[offer]
    pairs = np.argsort(of_pair, kind="stable")
    edges = np.flatnonzero(np.diff(of_pair[pairs])) + 1
    yield from np.split(pairs, edges)


def _part(rules: Rules, rows: Ints, kg: Ints) -> Rules:
    """The rules of some pairs; the others keep what they carry."""
    lots, lot = np.unique(rules.lot[rows], return_inverse=True)
    needs, need = np.unique(rules.need[rows], return_inverse=True)
    doors, door = np.unique(rules.door[rows], return_inverse=True)
    shares, share = np.unique(rules.share[rows], return_inverse=True)
    offers, offer = np.unique(rules.door_offer[doors], return_inverse=True)
    sold = np.bincount(rules.lot, kg, len(rules.lot_kg)).astype(np.int64)[lots]
    own = np.bincount(lot, kg[rows], len(lots)).astype(np.int64)
    return Rules(
        lot=lot,
        need=need,
        worth=rules.worth[rows],
        least=rules.least[rows],
        most=rules.most[rows],
        lot_kg=rules.lot_kg[lots] - sold + own,
        need_kg=rules.need_kg[needs],
        door=door,
        door_offer=offer,
        sellers=rules.sellers[offers],
        share=share,
        share_kg=rules.share_kg[shares],
    )
