"""What raw kilograms are worth within processors: a proven bound and a plan.

Let π hold a price for each processor. With mass balanced, in = ratio x out, the
surplus of the whole market does not depend on π, and with the balance left to π
it falls apart into ordinary markets. So L(π), the sum of their optima, is a
bound for every π (A. M. Geoffrion, Lagrangean relaxation for integer
programming, 1974); it is convex and piecewise linear, and in - ratio x out at
an optimum is a subgradient. The least of it is found by cutting planes (J. E.
Kelley, The cutting-plane method for solving convex programs, 1960): the master
programme over the cuts so far gives the next π, and its weights, a mixture of
the allocations so far in which every balance holds: the plan.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from marketplace.matching.faults import MOST_VND
from marketplace.matching.highs import maximise
from marketplace.matching.instance import Market
from marketplace.matching.processors import Processor, flows
from marketplace.matching.program import Floats, Program
from marketplace.matching.result import Result
from marketplace.matching.side import Ints

MOST_CUTS = 200
NEAR = 1e-7
"""Relative distance of bound and master at which no cut helps any more."""
SECONDS = 20.0
Solve = Callable[[Market], Result]


@dataclass(frozen=True)
class Inner:
    """The least bound, its prices, and kilograms out that the cuts mix to."""

    bound_vnd: int
    price_vnd: Ints
    out_kg: Ints


@dataclass(frozen=True)
class _Cut:
    price_vnd: Ints
    bound_vnd: int
    in_kg: Floats
    out_kg: Floats


def inner_prices(
    market: Market, processors: Sequence[Processor], solve: Solve, ends: float
) -> Inner:
    """Minimise the bound over the prices within `processors`.

    At the moment `ends` of the monotonic clock no more cuts are made; the bound
    is one all the same.
    """
    top = _tops(market, processors)
    ratio = np.array([float(one.ratio) for one in processors])
    cuts = [_cut(market, processors, top * share // 4, solve) for share in (0, 4, 2)]
    while True:
        value, price, weight = _master(cuts, ratio, top)
        best = min(cuts, key=lambda cut: cut.bound_vnd)
        over = len(cuts) >= MOST_CUTS or time.monotonic() > ends
        if over or _near(best.bound_vnd, value) or _known(cuts, price):
            return _mixed(best, cuts, ratio, weight)
        cuts.append(_cut(market, processors, price, solve))


def _near(bound_vnd: int, value: float) -> bool:
    return bound_vnd - value <= max(NEAR * bound_vnd, 0.5)


def _known(cuts: Sequence[_Cut], price: Ints) -> bool:
    return any(np.array_equal(cut.price_vnd, price) for cut in cuts)


def _tops(market: Market, processors: Sequence[Processor]) -> Ints:
    """Prices above which nobody buys what is made."""
    bids: dict[int, int] = {}
    for need in market.needs:
        bids[need.product] = max(bids.get(need.product, 0), need.bid_vnd)
    worth = [bids.get(one.output.product, 0) / one.ratio for one in processors]
    return np.array([min(int(vnd) + 1, MOST_VND) for vnd in worth])


def _cut(
    market: Market, processors: Sequence[Processor], price: Ints, solve: Solve
) -> _Cut:
    """Solve the ordinary markets at these prices, asks rounded down."""
    rows = [
        one.rows(one.kg, one.most_out_kg, int(vnd), one.least_ask_vnd(int(vnd)))
        for one, vnd in zip(processors, price, strict=True)
    ]
    found = solve(
        replace(
            market,
            lots=(*market.lots, *(lot for lot, _ in rows)),
            needs=(*market.needs, *(need for _, need in rows)),
        )
    )
    moved = [flows(one, found.allocations) for one in processors]
    return _Cut(
        price,
        found.bound_vnd,
        np.array([float(one.in_kg) for one in moved]),
        np.array([float(one.out_kg) for one in moved]),
    )


def _master(
    cuts: Sequence[_Cut], ratio: Floats, top: Ints
) -> tuple[float, Ints, Floats]:
    """(least of the cuts, prices there, weights) by the dual of the master.

    One column a cut, its weight, and one a processor, the kilograms out that the
    mixture sells without having made them, at the top price.
    """
    slope = np.array([cut.in_kg - ratio * cut.out_kg for cut in cuts])
    worth = [cut.bound_vnd - slope[at] @ cut.price_vnd for at, cut in enumerate(cuts)]
    many, few = slope.shape
    at_cut, at_one = (grid.ravel() for grid in np.indices(slope.shape))
    free, whole = np.arange(few), np.arange(many)
    program = Program(
        row=np.concatenate([at_one + 1, free + 1, np.zeros(many, dtype=np.intp)]),
        column=np.concatenate([at_cut, many + free, whole]),
        value=np.concatenate([-slope.ravel(), -np.ones(few), np.ones(many)]),
        lower=np.concatenate([[1.0], np.full(few, -np.inf)]),
        upper=np.concatenate([[1.0], np.zeros(few)]),
        most=np.full(many + few, 1 << 60),
    )
    gain = np.concatenate([worth, -top.astype(np.float64)])
    answer = maximise(program, gain, seconds=SECONDS)
    price = np.clip(np.rint(answer.y[1:]), 0, top).astype(np.int64)
    return answer.bound, price, answer.x[:many]


def _mixed(best: _Cut, cuts: Sequence[_Cut], ratio: Floats, weight: Floats) -> Inner:
    """Kilograms out of the mixture, no more than its kilograms in make."""
    came = weight @ np.array([cut.in_kg for cut in cuts])
    made = np.minimum(weight @ np.array([cut.out_kg for cut in cuts]), came / ratio)
    return Inner(best.bound_vnd, best.price_vnd, np.floor(made + 1e-6).astype(np.int64))
