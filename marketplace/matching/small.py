"""Small products to the optimum: all pairs, branch and bound, proven.

Of all feasible pairs those are left out that no better allocation can use
(reduced cost fixing: G. L. Nemhauser and L. A. Wolsey, Integer and Combinatorial
Optimization, 1988, ch. II.5): at the prices u, v of the flow, whose bound is B, a
pair that carries anything carries its smallest lot at least and costs
    least_ij (u_i + v_j - s_ij),
so that if this exceeds B less what is reached already, the pair stays empty. What
remains is searched from the legal allocation that `repair` has found.

The bound of a search that has come to its end is what it found, as far as HiGHS
can tell by its tolerances; one that was cut off states how far it came.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from marketplace.matching.arrays import Problem
from marketplace.matching.branching import branch
from marketplace.matching.candidates import Candidates, found_for_needs, merged
from marketplace.matching.flow import Flow
from marketplace.matching.repair import Legal, legal_of, polished
from marketplace.matching.rules import Rules, rules_of
from marketplace.matching.shard import Shard
from marketplace.matching.side import Ints

MOST_CELLS = 12_000
"""Lots times needs of a product that is small."""
MOST_PAIRS = 1_500
"""Pairs left that are not too many to be searched."""
WORK = 150_000
"""Nodes of the search times pairs: several times what districts need. What is then
left open is told by the bound."""


def to_optimum(
    problem: Problem,
    shard: Shard,
    flow: Flow,
    legal: Legal,
    bound: int,
    stop: Callable[[], None],
) -> tuple[Legal, int]:
    """(The best allocation of a small product, a bound no worse than that given).

    Its pairs join the candidates of the flow.
    """
    cells = len(shard.lots) * len(shard.needs)
    if legal.surplus >= bound or cells > MOST_CELLS:
        return legal, bound
    rules = _rules(problem, shard, flow, legal)
    if not 0 < len(rules.lot) <= MOST_PAIRS:
        return legal, bound
    stop()
    nodes = WORK // len(rules.lot)
    found = branch(rules, _kilograms(rules, legal), gap=0.0, nodes=nodes, stop=stop)
    better = legal_of(rules, polished(rules, found.kg, stop))
    if better.surplus > legal.surplus:
        legal = better
        key = legal.need * len(shard.lot_kg) + legal.lot
        flow.grow(merged(flow.candidates, Candidates(key, legal.worth)))
    proven = bound if found.bound is None else min(bound, found.bound)
    return legal, max(proven, legal.surplus)


def _rules(problem: Problem, shard: Shard, flow: Flow, legal: Legal) -> Rules:
    """The rules of all pairs that a better allocation could use."""
    lot, need, worth = _all_pairs(shard)
    rules = rules_of(problem, shard, lot, need, worth)
    short = np.maximum(flow.u[lot] + flow.v[need] - worth, 0)
    loss = rules.least.astype(np.float64) * short
    kept = loss <= flow.bound - legal.surplus
    return rules_of(problem, shard, lot[kept], need[kept], worth[kept])


def _all_pairs(shard: Shard) -> tuple[Ints, Ints, Ints]:
    """Lot, need and surplus of every feasible pair that is worth something."""
    u, v = np.zeros_like(shard.lot_kg), np.zeros_like(shard.need_kg)
    found = shard.lots_for_needs(u, v, width=len(shard.lots), above=0, pool=None)
    pairs: Candidates = found_for_needs(found, u, v)
    need, lot = np.divmod(pairs.key, len(u))
    return lot, need, pairs.surplus


def _kilograms(rules: Rules, legal: Legal) -> Ints:
    """What a legal allocation carries on these pairs, by need and lot."""
    lots = len(rules.lot_kg)
    kg = np.zeros(len(rules.lot), dtype=np.int64)
    place = np.searchsorted(
        rules.need * lots + rules.lot, legal.need * lots + legal.lot
    )
    kg[place] = legal.kg
    return kg
