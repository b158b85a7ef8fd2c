"""From the optimum of the quantities to an allocation that keeps every rule.

Smallest lots and supplier limits make the problem hard (a fixed-charge
transportation problem), so this is a search, and what it may have missed is
told by the bound. Each need is shown the best pairs at the prices of the flow,
and pairs pay for their place where few sellers may come (`charges`). It starts
where the rules are broken: pairs that carry too little are raised to their least
if they carry half of it, else closed; sellers beyond the limit of an offer are
closed, the least worth first; the flow finds the best answer anew, from the last
one (`planting`). When nothing is broken, or after enough rounds, what is
still illegal is dropped, gaps are filled with legal pieces, and the quantities
are optimised once more on the pairs that carry something. Then the search goes
on from there with all pairs open again, as long as that pays, and goes through
the market window by window (`windows`).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np

from marketplace.matching.arrays import Problem
from marketplace.matching.candidates import found_for_needs, merged, without
from marketplace.matching.charges import charged
from marketplace.matching.filling import fill
from marketplace.matching.flow import Flow, total
from marketplace.matching.network import Network
from marketplace.matching.rules import Rules, has_rules, rules_of
from marketplace.matching.shard import Shard
from marketplace.matching.side import Bools, Ints
from marketplace.matching.windows import improve

ROUNDS = 12
RESTARTS = 3
WORTHWHILE = 5e-4
"""The relative gain for which it is worth to start again."""
NEAR = 0.25
"""Pairs further from being worth their prices than this part of the middle ask
are left out."""
WIDTH = 24
"""Pairs of each need that are looked for within that."""


class Legal(NamedTuple):
    """Pairs that carry something, by node, and their surplus."""

    lot: Ints
    need: Ints
    kg: Ints
    worth: Ints
    surplus: int


def repair(
    problem: Problem,
    shard: Shard,
    flow: Flow,
    stop: Callable[[], None],
    pool: Executor | None = None,
) -> Legal:
    """The flow itself if it keeps the rules, else a legal one near it.

    The pairs that it was looked for among join the candidates of the flow.
    """
    lots, used = len(shard.lot_kg), flow.kg > 0
    need, lot = np.divmod(flow.candidates.key[used], lots)
    kg, worth = flow.kg[used], flow.candidates.surplus[used]
    if has_rules(problem, shard):
        rules = rules_of(problem, shard, lot, need, worth)
        if not rules.legal(kg):
            return _legal(*_near(problem, shard, flow, pool), stop)
    return Legal(lot, need, kg, worth, total(kg, worth))


def _near(
    problem: Problem, shard: Shard, flow: Flow, pool: Executor | None
) -> tuple[Rules, Ints, Ints]:
    """Pairs nearly worth their prices: rules, what they lack, what flows."""
    u, v = flow.u, flow.v
    reach = int(np.median(-shard.lots["net"]) * NEAR)
    found = shard.lots_for_needs(u, v, width=WIDTH, above=-reach, pool=pool)
    new = without(found_for_needs(found, u, v), flow.candidates.key)
    flow.grow(merged(flow.candidates, new))
    need, lot = np.divmod(flow.candidates.key, len(shard.lot_kg))
    slack = u[lot] + v[need] - flow.candidates.surplus
    near = (flow.kg > 0) | (slack <= reach)
    worth = flow.candidates.surplus[near]
    rules = rules_of(problem, shard, lot[near], need[near], worth)
    return rules, slack[near], flow.kg[near]


def _legal(rules: Rules, slack: Ints, kg: Ints, stop: Callable[[], None]) -> Legal:
    """The whole at once, then window by window."""
    whole = _Search(rules, slack, kg, stop)
    worth = whole.charge()

    def solve(part: Rules, rows: Ints, half: float, charge: bool) -> Ints:
        search = _Search(part, slack[rows], kg[rows], stop, half)
        search.worth = worth[rows] if charge else part.worth
        return search.once()

    found = improve(rules, whole.run(), solve)
    rows = np.flatnonzero(found)
    columns = (rules.lot[rows], rules.need[rows], found[rows], rules.worth[rows])
    return Legal(*columns, total(found, rules.worth))


class _Search:
    def __init__(
        self,
        rules: Rules,
        slack: Ints,
        wish: Ints,
        stop: Callable[[], None],
        half: float = 0.5,
    ) -> None:
        """`wish` are the kilograms of the flow; `worth` is what pairs are chosen by."""
        self.rules, self.slack, self.wish, self.stop = rules, slack, wish, stop
        self.half, self.worth, self.nothing = half, rules.worth, wish * 0
        self.key = rules.need * len(rules.lot_kg) + rules.lot
        self.order = np.argsort(-rules.worth, kind="stable")
        self.possible = rules.least <= rules.most

    def charge(self) -> Ints:
        """Choose pairs by what they are worth less their part of a place."""
        most = self.rules.most

        def flow(worth: Ints, near: Ints) -> Ints:
            self.stop()
            open_ = self.possible & (worth > 0)
            return self._flow(open_, self.nothing, most, near, worth)

        self.worth = charged(self.rules, self.wish, flow)
        return self.worth

    def once(self) -> Ints:
        """One search from nothing."""
        return self._polish(self._legalise(self.nothing))

    def run(self) -> Ints:
        """The best of several searches, each from where the last one ended."""
        best = self.nothing
        for _ in range(RESTARTS):
            found = self._polish(self._legalise(best))
            before, after = (
                total(best, self.rules.worth),
                total(found, self.rules.worth),
            )
            if after > before:
                best = found
            if after <= before * (1 + WORTHWHILE):
                break
        return best

    def _legalise(self, start: Ints) -> Ints:
        """Rounds of flow and correction, from a legal start that stays as it is."""
        rules = self.rules
        alive, forced = self.possible.copy(), start > 0
        most, kg = rules.most.copy(), np.maximum(self.wish, start)
        for number in range(ROUNDS):
            self.stop()
            least = np.where(forced, rules.least, 0)
            kg = self._flow(alive, least, most, kg, self.worth)
            crumbs, doors = rules.crumbs(kg), rules.surplus_doors(kg)
            shares = rules.shared(kg) > rules.share_kg
            if not (crumbs.any() or doors.any() or shares.any()):
                break
            if shares.any():
                most = np.minimum(most, rules.cut_to_share(kg))
                alive &= (most >= rules.least) | ~shares[rules.share]
            raised = crumbs & (kg >= self.half * rules.least) & (2 * number < ROUNDS)
            alive &= ~crumbs | raised
            alive &= ~doors[rules.door]
            forced &= alive
            self._raise(forced, raised & alive, alive)
        return self._drop(kg)

    def _raise(self, forced: Bools, raised: Bools, alive: Bools) -> None:
        """Force pairs up to their least while lots and needs have room for it."""
        rules = self.rules
        held = np.where(forced, rules.least, 0)
        lot_left = rules.lot_kg - np.bincount(rules.lot, held, len(rules.lot_kg))
        need_left = rules.need_kg - np.bincount(rules.need, held, len(rules.need_kg))
        share_left = rules.share_kg - rules.shared(held)
        for pair in np.flatnonzero(raised & ~forced).tolist():
            least = rules.least[pair]
            i, j, s = rules.lot[pair], rules.need[pair], rules.share[pair]
            if least <= min(lot_left[i], need_left[j], share_left[s]):
                forced[pair] = True
                lot_left[i] -= least
                need_left[j] -= least
                share_left[s] -= least
            else:
                alive[pair] = False

    def _drop(self, kg: Ints) -> Ints:
        """Take out whatever still breaks a rule."""
        rules = self.rules
        kg = np.where(rules.surplus_doors(kg)[rules.door], 0, kg)
        kg = np.minimum(kg, rules.cut_to_share(kg))
        return np.where(rules.crumbs(kg), 0, kg)

    def _polish(self, kg: Ints) -> Ints:
        """Fill what is open and optimise the quantities, as long as it pays."""
        rules, before = self.rules, -1
        while total(kg, rules.worth) > before * 1.0001 + 1:
            before = total(kg, rules.worth)
            fill(rules, kg, self.order)
            alone = np.bincount(rules.share, kg > 0)[rules.share] == 1
            bounded = rules.share_kg[rules.share] < rules.need_kg[rules.need]
            most = np.where(bounded & ~alone, kg, rules.most)
            least = np.minimum(rules.least, kg)
            kg = self._flow(kg > 0, least, most, kg, rules.worth)
        return kg

    def _flow(
        self, chosen: Bools, least: Ints, most: Ints, near: Ints, worth: Ints
    ) -> Ints:
        """The best kilograms on the chosen pairs between these bounds.

        The search begins near some kilograms.
        """
        rules = self.rules
        least = np.where(chosen, least, 0)
        lot_kg = rules.lot_kg - np.bincount(rules.lot, least, len(rules.lot_kg))
        need_kg = rules.need_kg - np.bincount(rules.need, least, len(rules.need_kg))
        network = Network(lot_kg.astype(np.int64), need_kg.astype(np.int64))
        room, wish = np.maximum(most - least, 0), np.maximum(near - least, 0)
        middle = np.median(self.slack[chosen]) if chosen.any() else 0
        first = chosen & ((self.slack <= middle) | (wish > 0))
        network.extend(self.key[first], worth[first], room[first])
        network.plant(wish[first])
        network.solve()
        rest = chosen & ~first
        if rest.any():
            network.extend(self.key[rest], worth[rest], room[rest])
            network.solve()
        kg = least.copy()
        kg[chosen] += network.pairs.flow
        return kg
