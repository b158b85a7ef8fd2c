"""Arrays in; allocation, prices and proof out, for a whole nation.

    allocation = allocate(problem, threads=2)

Products never meet, so each is a shard of its own; the largest begin first and
`threads` of them are at work at a time. For each: the optimum of the quantities
with its proof (`generation`), ties settled (`preferences`), the rules that
quantities miss (`repair`, in small products `small`) and what they allow at most
(`choices`), prices (`equilibrium`). Nothing in the answer depends on threads, clocks
or the order in which rows were given.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from marketplace.matching.arrays import Int32, Int64, Problem
from marketplace.matching.choices import Proof, prove_choices
from marketplace.matching.days import delivery_days
from marketplace.matching.evens import fill_even, within_zones
from marketplace.matching.faults import Cancelled
from marketplace.matching.flow import Flow, limits_of
from marketplace.matching.generation import Generation
from marketplace.matching.market_prices import shard_prices
from marketplace.matching.nearness import near_pairs
from marketplace.matching.places import place_prices
from marketplace.matching.preferences import settle_ties
from marketplace.matching.quotes import Quotes
from marketplace.matching.repair import Legal, repair
from marketplace.matching.shard import Shard, shard_of, traded
from marketplace.matching.small import to_optimum

Progress = Callable[[int, int], None]
STAGES = ("optimum", "ties", "rules", "prices")


class Allocation(NamedTuple):
    """Who brings what to whom, one row a pair, by lot and need.

    `gain_lot` and `gain_need` are the prices of the proof for every lot and
    need, in đồng a kilogram above ask and below bid. They prove `relaxed_vnd`, the
    most that quantities alone allow; `choice_lot` and `choice_need` prove
    `priced_vnd`, the most with few sellers an offer (`choices`). `bound_vnd` is less
    where branch and bound has proven more (`small`).
    """

    lot: Int32
    need: Int32
    kg: Int64
    surplus_vnd: Int64
    day: Int64
    price_vnd: Int64
    gain_lot: Int64
    gain_need: Int64
    total_vnd: int
    bound_vnd: int
    priced_vnd: int
    relaxed_vnd: int
    choice_lot: Int64
    choice_need: Int64
    pairs_considered: int
    seconds: dict[str, float]

    @property
    def gap(self) -> float:
        """(bound - surplus) / bound; 0 is the proven optimum."""
        missing = self.bound_vnd - self.total_vnd
        return missing / self.bound_vnd if self.bound_vnd else 0.0


class Part(NamedTuple):
    """The allocation of one shard, by the positions of the problem."""

    shard: Shard
    legal: Legal
    u: Int64
    v: Int64
    price: Int64  # of each lot
    bound: int
    relaxed: int
    proof: Proof
    seconds: dict[str, float]


def allocate(
    problem: Problem,
    *,
    threads: int = 2,
    gap: float = 0.0,
    quotes: Quotes | None = None,
    even: bool = True,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Allocation:
    """Match all products; `gap` is the relative gap at which proving may end.

    With `even`, pairs that share nothing fill what is left.
    Prices are those of the dual, or with `quotes` those of the public rule.
    `progress` hears how many products of how many are done. Raises Cancelled
    soon after `cancelled()` turns true.
    """
    began = time.perf_counter()

    def stop() -> None:
        if cancelled is not None and cancelled():
            raise Cancelled

    rows = sorted(traded(problem), key=lambda sides: -len(sides[0]) * len(sides[1]))
    with ThreadPoolExecutor(threads) as pool, ThreadPoolExecutor(threads) as scans:
        help_ = scans if threads > 1 else None
        run = [
            pool.submit(_match, problem, sides, gap, quotes, stop, help_, even)
            for sides in rows
        ]
        try:
            parts = [
                _wait(part, number, len(run), progress)
                for number, part in enumerate(run)
            ]
        finally:
            pool.shutdown(cancel_futures=True)
    return _join(problem, parts, time.perf_counter() - began)


def _wait(
    part: Future[Part], number: int, count: int, progress: Progress | None
) -> Part:
    if progress is not None:
        progress(number, count)
    return part.result()


def _match(
    problem: Problem,
    sides: tuple[Int64, Int64],
    gap: float,
    quotes: Quotes | None,
    stop: Callable[[], None],
    pool: ThreadPoolExecutor | None,
    even: bool,
) -> Part:
    """One product from candidates to prices."""
    moments, shard = [time.perf_counter()], shard_of(problem, *sides)
    flow = Generation(shard, limits_of(gap), pool, stop).run()
    moments.append(time.perf_counter())
    if flow.network is not None and gap == 0:
        settle_ties(problem, shard, flow)
    moments.append(time.perf_counter())
    near = near_pairs(problem, shard, flow, pool)
    prices = None if near is None else place_prices(near.rules)
    proof = prove_choices(problem, shard, flow, prices, pool)
    legal, bound = repair(flow, near, proof, stop), proof.bound
    if gap == 0:
        legal, bound = to_optimum(problem, shard, flow, legal, bound, stop)
    if even:
        legal = fill_even(problem, shard, flow, legal, pool)
    moments.append(time.perf_counter())
    price = _prices(problem, shard, flow, legal, quotes, pool)
    moments.append(time.perf_counter())
    seconds = dict(zip(STAGES, np.diff(moments).tolist(), strict=True))
    columns = (shard, legal, flow.u, flow.v, price, bound, flow.bound, proof)
    return Part(*columns, seconds)


def _prices(
    problem: Problem,
    shard: Shard,
    flow: Flow,
    legal: Legal,
    quotes: Quotes | None,
    pool: ThreadPoolExecutor | None,
) -> Int64:
    ask = problem.lots.ask_vnd[shard.lot_of]
    if quotes is None:
        most = np.full(len(ask), 1 << 60, dtype=np.int64)
        np.minimum.at(most, legal.lot, legal.worth)
        return ask + np.minimum(flow.u, most)
    kg = np.zeros(len(flow.candidates.key), dtype=np.int64)
    key = legal.need.astype(np.int64) * len(ask) + legal.lot
    kg[np.searchsorted(flow.candidates.key, key)] = legal.kg
    price = shard_prices(problem, shard, flow.candidates, kg, quotes, pool)
    return within_zones(price, legal.lot, ask[legal.lot] + legal.worth)


def _join(problem: Problem, parts: list[Part], seconds: float) -> Allocation:
    """All products as one, rows in the order of lots and needs."""
    nothing = np.zeros(0, dtype=np.int64)
    found = zip(*(_columns(part) for part in parts), strict=True)
    columns = [np.concatenate(column) for column in found] or [nothing] * 4
    order = np.lexsort((columns[1], columns[0]))
    lot, need, kg, worth = (column[order] for column in columns)
    price, gain_lot, gain_need, choice_lot, choice_need = _told(problem, parts)
    return Allocation(
        lot.astype(np.int32),
        need.astype(np.int32),
        kg,
        worth,
        delivery_days(problem, lot, need),
        price[lot],
        gain_lot,
        gain_need,
        total_vnd=sum(part.legal.surplus for part in parts),
        bound_vnd=sum(part.bound for part in parts),
        priced_vnd=sum(part.proof.bound for part in parts),
        relaxed_vnd=sum(part.relaxed for part in parts),
        choice_lot=choice_lot,
        choice_need=choice_need,
        pairs_considered=sum(len(p.shard.lot_kg) * len(p.shard.need_kg) for p in parts),
        seconds={"all": seconds} | _spent(parts),
    )


def _told(problem: Problem, parts: list[Part]) -> tuple[Int64, ...]:
    """Prices of lots; what lots and needs gain; their prices in the proof of choices."""
    price = problem.lots.ask_vnd.copy()
    gain_lot, gain_need = price * 0, problem.needs.kg * 0
    choice_lot, choice_need = gain_lot.copy(), gain_need.copy()
    for part in parts:
        lot, need, proof = part.shard.lot_of, part.shard.need_of, part.proof
        price[lot], gain_lot[lot], gain_need[need] = part.price, part.u, part.v
        choice_lot[lot], choice_need[need] = proof.u, proof.v
    return price, gain_lot, gain_need, choice_lot, choice_need


def _columns(part: Part) -> tuple[Int64, Int64, Int64, Int64]:
    """Lots and needs of a part by their positions in the problem, kg and worth."""
    legal, shard = part.legal, part.shard
    return shard.lot_of[legal.lot], shard.need_of[legal.need], legal.kg, legal.worth


def _spent(parts: list[Part]) -> dict[str, float]:
    """Seconds of each stage, summed over products."""
    return {name: sum(part.seconds[name] for part in parts) for name in STAGES}
