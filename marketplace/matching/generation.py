"""The best allocation of a product, proven over all pairs, looking at few.

    maximise  sum of s_ij x_ij,   sum over j of x_ij <= kg_i,
              sum over i of x_ij <= kg_j,   0 <= x_ij <= most_j

Prices u_i of lots and v_j of needs, none negative, with u_i + v_j >= s_ij for
every feasible pair, prove that nothing exceeds  sum kg_i u_i + sum kg_j v_j
(weak duality). For any u the smallest such v_j is the best of s_ij - u_i, which
one scan over *all* pairs finds. So every stop has an honest bound, and when no
pair is worth more than its prices the solution on the few is that of the whole
(column generation: P. C. Gilmore and R. E. Gomory, 1961).

The way there, each step only to make the next one short: prices of a sample of
a quarter, found the same way; the best pairs at these prices; rounds of auction
and scan until the gap is small, in steps that become finer with it; the network
simplex on the pairs that are nearly worth their prices, beginning with the tree
that the auction has grown (`planting`), then on all that are known; scans until
none is left. Who is content with a gap leaves out what is far from its prices,
and lets the simplex leave half of the gap.
A pair whose need limits the share of one seller has a capacity; if it is full
its surplus above the prices is added to the bound.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor

import numpy as np

from marketplace.matching.auction import auction
from marketplace.matching.candidates import (
    Candidates,
    best_of_needs,
    columns_of,
    found_for_lots,
    found_for_needs,
    merged,
    without,
)
from marketplace.matching.flow import Flow, Limits, total
from marketplace.matching.network import Network
from marketplace.matching.ordered import middle
from marketplace.matching.shard import Shard
from marketplace.matching.side import Ints
from marketplace.matching.simplex import FREE

SMALL = 3_000
"""Up to so many lots and needs the prices of a sample are not worth their time."""
PART = 4
FEW = 0.002
"""New pairs, as a part of all needs, that are too few for another round."""
LONGEST_WAR = 100_000
"""Bids by which the price of a lot rises from nothing to the highest surplus."""
FAR = 8  # times the gap at which the auction ends: so near its steps are finest
NEAR, NEAR_ROUGHLY = 2.0, 0.3
"""Steps of the auction within which a pair is nearly worth its prices, for whoever
wants the optimum and for whoever leaves a gap; few pairs make a quick simplex, and
what is then missed joins in the scan that proves the gap."""
FIRST_LOTS, FIRST_NEEDS = 10, 6
"""Pairs that each need and each lot begin with."""


class Generation:
    """One product on its way to the optimum."""

    def __init__(
        self,
        shard: Shard,
        limits: Limits,
        pool: Executor | None = None,
        stop: Callable[[], None] = lambda: None,
    ) -> None:
        """`stop` is called between steps and may raise."""
        self.shard, self.limits, self.pool, self.stop = shard, limits, pool, stop
        self.lots, self.needs = len(shard.lot_kg), len(shard.need_kg)
        self.nothing = np.zeros(self.needs, dtype=np.int64)

    def run(self) -> Flow:
        """Find and prove.

        An auction knows neither shares nor wishes, so that even one that ends
        with the optimum is not the end where prices must be exact.
        """
        flow = self._bid(self._begin())
        if self.limits.exact and len(flow.candidates.key):
            flow = self._finish(flow)
        return flow

    # --- the first pairs -------------------------------------------------------

    def _begin(self) -> Candidates:
        free, v, reach = np.zeros(self.lots, dtype=np.int64), self.nothing, 0
        sampled = self.lots + self.needs > SMALL
        sampled &= min(self.lots, self.needs) >= 4 * PART
        if sampled:
            v = np.maximum(self._best_lots(self._sampled()), 0)
            reach = int(middle(-self.shard.lots["net"]) * 0.03)
        needs = self.shard.needs_for_lots(
            free, v, width=FIRST_NEEDS, above=-reach, pool=self.pool
        )
        rows, u = self.shard.lots["node"], free
        if sampled:
            u = free.copy()
            np.maximum.at(u, rows, needs.best)
        lots = self.shard.lots_for_needs(
            u, v, width=FIRST_LOTS, above=-reach, pool=self.pool
        )
        needs.node[needs.value <= (u[rows] - reach)[:, None]] = -1
        return merged(found_for_needs(lots, u, v), found_for_lots(needs, rows, free, v))

    def _sampled(self) -> Ints:
        """Prices of all lots from the best prices of a part of the market."""
        self.stop()
        chance = np.random.default_rng(7)
        lots = np.sort(chance.choice(self.lots, self.lots // PART, replace=False))
        needs = np.sort(chance.choice(self.needs, self.needs // PART, replace=False))
        part = self.shard.sample(lots, needs)
        limits = Limits(gap=5e-3, exact=False, enough=5e-3)
        found = Generation(part, limits, self.pool, self.stop).run()
        u = np.full(self.lots, 1 << 40, dtype=np.int64)
        u[lots] = found.u
        return u

    def _best_lots(self, u: Ints) -> Ints:
        known = u < 1 << 40
        shard = self.shard
        if not known.all():
            shard = shard.sample(np.flatnonzero(known), np.arange(self.needs))
        return shard.lots_for_needs(
            u[known], self.nothing, width=0, above=0, pool=self.pool
        ).best

    # --- auction and scan -------------------------------------------------------

    def _bid(self, candidates: Candidates) -> Flow:
        free = np.zeros(self.lots, dtype=np.int64)
        flow = Flow(candidates, candidates.key * 0, free, self.nothing, 0, 1 << 100)
        if len(candidates.key) == 0:
            flow.bound = 0
            return flow
        epsilon = self._step(candidates)
        for number in range(self.limits.rounds):
            self.stop()
            new = self._round(flow, self._rough(epsilon, flow.gap))
            near = flow.gap <= max(self.limits.gap, self.limits.enough)
            if near or len(new.key) < FEW * self.needs:
                break
            if number + 1 < self.limits.rounds:
                flow.grow(merged(flow.candidates, new))
        flow.grow(merged(flow.candidates, new))
        return flow

    def _step(self, candidates: Candidates) -> int:
        """Đồng by which bids rise: nearly exact, and no endless war of bids.

        Needs that are after one lot raise its price step by step, up to the highest
        surplus, which may lie far above the median.
        """
        nearly = int(middle(candidates.surplus) * self.limits.nearly)
        return max(1, nearly, int(candidates.surplus.max()) // LONGEST_WAR)

    def _rough(self, epsilon: int, gap: float) -> int:
        """A larger step while prices are far off: what it leaves does not show yet."""
        return max(epsilon, int(epsilon * gap / (FAR * self.limits.enough)))

    def _round(self, flow: Flow, epsilon: int) -> Candidates:
        """One auction and what it missed: pairs better than the best known."""
        shard, known = self.shard, flow.candidates
        columns = columns_of(known, self.lots, self.needs)
        flow.kg, u = auction(columns, shard.lot_kg, shard.need_kg, epsilon)
        flow.surplus = total(flow.kg, known.surplus)
        best = best_of_needs(columns, u)
        more = self.limits.more
        found = shard.lots_for_needs(u, best, width=more, above=0, pool=self.pool)
        v = best + np.maximum(found.best, 0)
        flow.prove(u, v, total(shard.lot_kg, u) + total(shard.need_kg, v))
        return without(found_for_needs(found, u, best), known.key)

    # --- the exact end ----------------------------------------------------------

    def _finish(self, flow: Flow) -> Flow:
        network = Network(self.shard.lot_kg, self.shard.need_kg)
        flow.network = network
        slack = self._slack(flow)
        self._start(flow, network, slack)
        missed = self._missed(flow, network)
        while (missed or slack) and flow.gap > self.limits.gap:
            self.stop()
            slack = slack if missed else slack // 4
            network.solve(slack)
            missed = self._missed(flow, network)
        pairs = network.pairs
        flow.candidates, flow.kg = Candidates(network.keys, -pairs.cost), pairs.flow
        return flow

    def _slack(self, flow: Flow) -> int:
        """Đồng a kilogram that the simplex may leave: half the gap, on what flows."""
        return int(flow.surplus * self.limits.gap / 2) // max(int(flow.kg.sum()), 1)

    def _missed(self, flow: Flow, network: Network) -> bool:
        """Let pairs join that are worth their prices; whether one is worth more."""
        u, v = np.maximum(network.gain_lot, 0), np.maximum(network.gain_need, 0)
        over, over_full, most_full = self._known(network, u, v)
        found = self.shard.lots_for_needs(
            u, v, width=self.limits.more + most_full, above=-1, pool=self.pool
        )
        new = without(found_for_needs(found, u, v), network.keys)
        need, lot = np.divmod(new.key, self.lots)
        rest = new.surplus - u[lot] - v[need]
        np.maximum.at(over, need, rest)
        bound = total(self.shard.lot_kg, u) + total(self.shard.need_kg, v + over)
        flow.prove(u, v + over, bound + over_full)
        flow.surplus = -total(network.pairs.flow, network.pairs.cost)
        self._extend(network, new)
        return bool((rest > 0).any())

    def _start(self, flow: Flow, network: Network, slack: int) -> None:
        """First the pairs that are nearly worth their prices, then all."""
        need, lot = np.divmod(flow.candidates.key, self.lots)
        reduced = flow.u[lot] + flow.v[need] - flow.candidates.surplus
        reach = self._step(flow.candidates) * (NEAR_ROUGHLY if slack else NEAR)
        near = (reduced <= reach) | (flow.kg > 0)
        self._extend(network, Candidates(*(c[near] for c in flow.candidates)))
        network.plant(flow.kg[near])
        network.solve(slack)
        if not slack:
            self._extend(network, Candidates(*(c[~near] for c in flow.candidates)))
            network.solve()

    def _extend(self, network: Network, new: Candidates) -> None:
        most = self.shard.need_most[new.key // self.lots]
        kg = self.shard.need_kg[new.key // self.lots]
        network.extend(new.key, new.surplus, np.where(most < kg, most, FREE))

    def _known(self, network: Network, u: Ints, v: Ints) -> tuple[Ints, int, int]:
        """What known pairs are worth above the prices: the most at each need, then
        (what the full ones add, most of their rows at a need)."""
        pairs = network.pairs
        need, most = pairs.head - self.lots, np.zeros(self.needs, dtype=np.int64)
        over = np.maximum(-pairs.cost - u[pairs.tail] - v[need], 0)
        above = np.flatnonzero(over)
        full = above[pairs.most[above] < FREE]
        loose = above[pairs.most[above] == FREE]
        np.maximum.at(most, need[loose], over[loose])
        if len(full) == 0:
            return most, 0, 0
        rows = np.bincount(self.shard.lots["node"], minlength=self.lots)
        at_needs = np.bincount(need[full], rows[pairs.tail[full]])
        return most, total(over[full], pairs.most[full]), int(at_needs.max())
