"""Better legal allocations by solving one neighbourhood after another anew.

Neighbouring offers form a window; what its needs take is given back, all else
stays, and branch and bound searches it again (large neighbourhood search: P. Shaw,
1998; with a solver: M. Fischetti and A. Lodi, Local branching, 2003). The
better answer stays. Neighbours are those whose needs lie side by side, then those
whose largest deliveries come from lots side by side, and again in larger windows as
long as that pays.

At the prices u of the bound of `choices` a window cannot gain more than it *lacks*:
what is left of its lots, at these prices, and what its offers could gain at most
less what they gain. A window that lacks little is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from marketplace.matching.branching import branch
from marketplace.matching.choices import Proof
from marketplace.matching.flow import total
from marketplace.matching.rules import Rules
from marketplace.matching.side import Ints

NEARER = 0.5
"""Of all pairs those nearest to being worth their prices are open in a window."""
WORTHWHILE = 5e-3
"""What a window must lack, as a part of what it could be worth."""
GAP = 1e-3
"""What it may lack after, in the eyes of the search."""
NODES = 1
"""A window is searched at the root: cuts, fixing and rounding are most of it."""


def improve(
    rules: Rules, kg: Ints, slack: Ints, proof: Proof, stop: Callable[[], None]
) -> Ints:
    """A legal allocation that is no worse; `slack` is what pairs fall short."""
    kg, left, worth = kg.copy(), _left(rules, kg), total(kg, rules.worth)
    near = slack <= np.quantile(slack, NEARER) if len(slack) else slack > 0
    chance = np.random.default_rng(11)
    for number, (order, needs) in enumerate(PASSES):
        offset = int(chance.integers(needs))
        for rows in _windows(rules, order(rules, kg), needs, offset):
            stop()
            some = rows[near[rows] | (kg[rows] > 0)]
            if _lack(rules, some, kg, left, proof) > WORTHWHILE:
                lots, part = _part(rules, some, kg, left)
                kg[some] = branch(part, kg[some], gap=GAP, nodes=NODES).kg
                left[lots] = _left(part, kg[some])
        before, worth = worth, total(kg, rules.worth)
        if number + 1 >= ALWAYS and worth < before * (1 + AGAIN):
            break
    return kg


def _left(rules: Rules, kg: Ints) -> Ints:
    """What is left of each lot."""
    sold = np.bincount(rules.lot, kg, len(rules.lot_kg)).astype(np.int64)
    left: Ints = rules.lot_kg - sold
    return left


def _lack(rules: Rules, rows: Ints, kg: Ints, left: Ints, proof: Proof) -> float:
    """What a window lacks, as a part of what it is worth at most."""
    lot, sold = rules.lot[rows], kg[rows]
    lots, needs = np.unique(lot), np.unique(rules.need[rows])
    gained = sold * (rules.worth[rows] - proof.u[lot]).astype(np.float64)
    lack = proof.gain[needs].sum() - gained.sum() + left[lots] @ proof.u[lots]
    return float(lack / max(lack + sold @ rules.worth[rows].astype(np.float64), 1))


def _by_need(rules: Rules, _: Ints) -> Ints:
    """Offers by the first of their needs."""
    first = np.full(len(rules.sellers), len(rules.need_kg))
    np.minimum.at(first, rules.door_offer[rules.door], rules.need)
    return first


def _by_lot(rules: Rules, kg: Ints) -> Ints:
    """Offers by the lot that brings most worth."""
    key = np.zeros(len(rules.sellers), dtype=np.int64)
    order = np.argsort(kg.astype(np.float64) * rules.worth, kind="stable")
    key[rules.door_offer[rules.door[order]]] = rules.lot[order]
    return key


PASSES = (
    *((_by_need, 20), (_by_lot, 30), (_by_need, 30)),
    *((_by_lot, 40), (_by_need, 40), (_by_lot, 60), (_by_need, 60)),
)
"""Who are neighbours, and about how many needs make a window."""
ALWAYS, AGAIN = 3, 5e-4
"""So many passes in any case, and further ones as long as the last gained so much."""


def _windows(rules: Rules, key: Ints, needs: int, offset: int) -> Iterator[Ints]:
    """The pairs of each run of offers that are neighbours by their keys."""
    offer = rules.door_offer[rules.door]
    _, one = np.unique(rules.need, return_index=True)
    tranches = np.bincount(offer[one], minlength=len(key))
    order = np.lexsort((_by_need(rules, key), key))
    window = np.empty(len(key), dtype=np.int64)
    window[order] = (np.cumsum(tranches[order]) + offset) // needs
    of_pair = window[offer]
    pairs = np.argsort(of_pair, kind="stable")
    edges = np.flatnonzero(np.diff(of_pair[pairs])) + 1
    yield from np.split(pairs, edges)


def _part(rules: Rules, rows: Ints, kg: Ints, left: Ints) -> tuple[Ints, Rules]:
    """The lots and the rules of some pairs; the others keep what they carry."""
    lots, lot = np.unique(rules.lot[rows], return_inverse=True)
    needs, need = np.unique(rules.need[rows], return_inverse=True)
    doors, door = np.unique(rules.door[rows], return_inverse=True)
    shares, share = np.unique(rules.share[rows], return_inverse=True)
    offers, offer = np.unique(rules.door_offer[doors], return_inverse=True)
    own = np.bincount(lot, kg[rows], len(lots)).astype(np.int64)
    return lots, Rules(
        lot=lot,
        need=need,
        worth=rules.worth[rows],
        least=rules.least[rows],
        most=rules.most[rows],
        lot_kg=left[lots] + own,
        need_kg=rules.need_kg[needs],
        door=door,
        door_offer=offer,
        sellers=rules.sellers[offers],
        share=share,
        share_kg=rules.share_kg[shares],
    )
