"""A flow problem that grows: pairs join, the basis stays, ties are settled.

Arcs lie in the order of their keys `need * lots + lot`, so that the search for
an entering arc walks through memory. An arc that joins rests at zero; a tree
that was optimal before is a good start after.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from marketplace.matching.faults import SolverFailed
from marketplace.matching.planting import plant
from marketplace.matching.side import Ints
from marketplace.matching.simplex import (
    BASIC,
    FREE,
    LOWER,
    UPPER,
    Arcs,
    improve,
    reprice,
)
from marketplace.matching.tree import star
from marketplace.matching.weaving import woven


class Network:
    """Lots, needs and the pairs known so far."""

    def __init__(self, lot_kg: Ints, need_kg: Ints) -> None:
        """Nothing flows: all supply is left, no demand is met."""
        self.lots, self.needs = len(lot_kg), len(need_kg)
        self.nodes = self.lots + self.needs
        node = np.arange(self.nodes, dtype=np.int32)
        root = np.full(self.nodes, self.nodes, dtype=np.int32)
        is_lot = node < self.lots
        self.keys = np.zeros(0, dtype=np.int64)
        self.tree = star(self.lots, self.needs)
        self.arcs = Arcs(
            tail=np.where(is_lot, node, root),
            head=np.where(is_lot, root, node),
            cost=np.zeros(self.nodes, dtype=np.int64),
            most=np.full(self.nodes, FREE, dtype=np.int64),
            flow=np.concatenate([lot_kg, need_kg]).astype(np.int64),
            state=np.full(self.nodes, BASIC, dtype=np.int8),
        )

    def extend(self, keys: Ints, surplus: Ints, most: Ints) -> None:
        """Let pairs join, by ascending keys that are not known yet."""
        moved = np.full(len(self.keys) + 1, self.lots, dtype=np.int32)
        self.keys, self.arcs = woven(self.keys, self.arcs, keys, surplus, most, moved)
        basic = self.tree.arc[:-1]
        real = basic >= self.nodes
        basic[real] += moved[basic[real] - self.nodes]

    def plant(self, kg: Ints) -> None:
        """Begin, before anything flows, with about these kilograms of each pair."""
        plant(self.arcs, self.tree, np.concatenate([np.zeros(self.nodes, int), kg]))

    def solve(self, slack: int = 0) -> None:
        """To the optimum, or so near that no kilogram gains more than `slack`.

        Raise SolverFailed if no capacity bounds the flow (never, by design).
        """
        if improve(self.arcs, self.tree, slack) < 0:
            raise SolverFailed("the flow is unbounded")

    @property
    def gain_lot(self) -> Ints:
        """What a kilogram more of each lot would add to the surplus."""
        return self.tree.price[: self.lots].copy()

    @property
    def gain_need(self) -> Ints:
        """What a kilogram more asked by each need would add to the surplus."""
        return -self.tree.price[self.lots : self.nodes]

    @property
    def pairs(self) -> Arcs:
        """The arcs of the pairs alone."""
        columns: tuple[Any, ...] = self.arcs
        return Arcs(*(column[self.nodes :] for column in columns))

    def reduced(self) -> Ints:
        """The reduced cost of every arc at the prices of the tree."""
        arcs, price = self.arcs, self.tree.price
        reduced: Ints = arcs.cost + price[arcs.tail] - price[arcs.head]
        return reduced

    def settle(self, wishes: Iterable[Ints]) -> None:
        """Among the optima keep the best for the first wish, then the next.

        What every optimum has in common is told by the reduced costs: an arc
        with one other than zero stays where it is (complementary slackness).
        Such arcs are taken out of the search, and the flow goes on from the
        same tree with the wish as its gain. No wish can cost a đồng. When none is
        left in the search there is one optimum, and no wish is asked for any more.
        """
        asked = iter(wishes)
        while True:
            resting = self.arcs.state != BASIC
            fixed = (self.reduced() != 0) & resting
            if (fixed == resting).all() or (wish := next(asked, None)) is None:
                break
            self.arcs.state[fixed] = BASIC  # not in the tree, yet never entering
            self.arcs.cost[:] = 0
            self.arcs.cost[self.nodes :] = -wish
            reprice(self.arcs, self.tree)
            self.solve()


__all__ = ["BASIC", "LOWER", "UPPER", "Network"]
