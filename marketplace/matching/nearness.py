"""The pairs among which a legal allocation is looked for: those nearly worth their
prices at the optimum of the quantities.
"""

from __future__ import annotations

from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np

from marketplace.matching.arrays import Problem
from marketplace.matching.candidates import found_for_needs, merged, without
from marketplace.matching.flow import Flow
from marketplace.matching.rules import Rules, has_rules, rules_of
from marketplace.matching.shard import Shard
from marketplace.matching.side import Ints

NEAR = 0.25
"""Pairs further from being worth their prices than this part of the middle ask
are left out."""
WIDTH = 24
"""Pairs of each need that are looked for within that."""


class Near(NamedTuple):
    """Rules of the pairs nearly worth their prices, and what flows on them."""

    rules: Rules
    kg: Ints


def near_pairs(
    problem: Problem, shard: Shard, flow: Flow, pool: Executor | None = None
) -> Near | None:
    """Among which to look for a legal allocation; None if the flow keeps the rules.

    They join the candidates of the flow.
    """
    if not has_rules(problem, shard):
        return None
    used = flow.kg > 0
    need, lot = np.divmod(flow.candidates.key[used], len(shard.lot_kg))
    rules = rules_of(problem, shard, lot, need, flow.candidates.surplus[used])
    if rules.legal(flow.kg[used]):
        return None
    return _near(problem, shard, flow, pool)


def _near(problem: Problem, shard: Shard, flow: Flow, pool: Executor | None) -> Near:
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
    return Near(rules, flow.kg[near])
