"""A market with processors: raw goods, made goods, and what ties them together.

`inner_prices` bounds the whole and plans kilograms. The plan is then carried
out: with the kilograms of every processor fixed, the ordinary solver finds the
best partners; a price within that leaves every pair a surplus makes ordinary
rows of it, whose run gives allocation, prices and reasons as always. Where
rules that kilograms miss leave a balance open, the plan is cut and run again,
so that nothing is made of nothing and nothing bought that nobody makes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from marketplace.matching.inner_prices import inner_prices
from marketplace.matching.instance import Market
from marketplace.matching.processors import (
    Processed,
    Processor,
    flows,
    part_of,
    products_of,
)
from marketplace.matching.result import Result
from marketplace.matching.solve import solve

SURE_VND = 50_000_000
"""A bid beyond all others: what is fixed comes first."""
MOST_TRIES = 24
LEAST_SECONDS = 1.0
"""So long may a search within take even when the time is over."""

Solve = Callable[[Market], Result]
Row = tuple[int, int, int, int]
"""Kilograms in and out, bid for raw and ask for made goods."""
Plan = Mapping[int, Row]
"""By processor."""


@dataclass(frozen=True)
class Layered:
    """A result whose allocations also name intakes and outputs of processors."""

    result: Result
    market: Market
    processed: tuple[Processed, ...]


def solve_layers(
    market: Market,
    processors: Sequence[Processor],
    *,
    seconds: float = 20,
    cancelled: Callable[[], bool] | None = None,
) -> Layered:
    """Match a market with processors; errors as `solve`.

    The plan is made of pairs that gain something, so that a balance cannot turn on
    pairs that share nothing; these fill what is left if the balance allows it.
    The surplus counts what processors work for as a cost, and is never less than
    with all of them idle. `bound_vnd` holds for every allocation with balanced
    mass. After `seconds` prices and plan are what has been found by then.
    """
    ends = time.monotonic() + seconds
    every, market = market, replace(market, least_surplus_vnd=1)

    def quick(part: Market) -> Result:
        left = max(ends - time.monotonic(), LEAST_SECONDS)
        return solve(part, seconds=left, cancelled=cancelled, advice=False)

    tied = products_of(processors)
    near, far = part_of(market, tied), part_of(market, tied, inside=False)
    inner = inner_prices(near, processors, quick, ends)
    out = dict(zip((one.id for one in processors), inner.out_kg.tolist(), strict=True))
    rest, idle = quick(far), quick(near)
    bound = max(inner.bound_vnd, idle.surplus_vnd) + rest.bound_vnd

    def told(rows: Market, plan: Plan) -> Layered:
        whole = with_rows(rows, processors, plan)
        result = solve(whole, seconds=seconds, cancelled=cancelled)
        return _told(whole, processors, result, bound)

    plan = _planned(near, processors, out, quick)
    found = told(every, plan)
    if not _balanced(processors, found):
        found = told(market, plan)
    worse = found.result.surplus_vnd < idle.surplus_vnd + rest.surplus_vnd
    return told(every, {}) if worse or not _balanced(processors, found) else found


def _balanced(processors: Sequence[Processor], found: Layered) -> bool:
    moved = zip(processors, found.processed, strict=True)
    return all(went.in_kg == one.raw_kg(went.out_kg) for one, went in moved)


def with_rows(market: Market, processors: Sequence[Processor], plan: Plan) -> Market:
    """The market with a lot and a need for each processor at work."""
    rows = [one.rows(*plan[one.id]) for one in processors if one.id in plan]
    return replace(
        market,
        lots=(*market.lots, *(lot for lot, _ in rows)),
        needs=(*market.needs, *(need for _, need in rows)),
    )


def _planned(
    market: Market,
    processors: Sequence[Processor],
    out: Mapping[int, int],
    quick: Solve,
) -> Plan:
    """Kilograms and prices at which a run comes out balanced.

    Who is never balanced within MOST_TRIES runs stays idle.
    """
    work = [_Work(one, out[one.id]) for one in processors if out[one.id]]
    sure = with_rows(market, processors, {one.id: one.sure for one in work})
    run = quick(sure)
    work = [one for one in work if one.bounded(sure, run)]
    while work:
        for _ in range(MOST_TRIES):
            plan = {one.id: one.plan for one in work}
            run = quick(with_rows(market, processors, plan))
            open_ = [one for one in work if not one.learn(run)]
            if not open_:
                return plan
            work = [one for one in work if one.out_kg]
        work = [one for one in work if one not in open_]
    return {}


class _Work:
    """What one processor is to do: kilograms, and a price between two bounds."""

    def __init__(self, processor: Processor, out_kg: int) -> None:
        self.processor = processor
        self.id = processor.id
        self.out_kg = out_kg
        self.least = self.most = self.price = 0
        self.limits = (0, 0)

    @property
    def sure(self) -> Row:
        """Fixed: it comes before everybody."""
        return self.processor.raw_kg(self.out_kg), self.out_kg, SURE_VND, 0

    @property
    def plan(self) -> Row:
        """As an ordinary need and lot."""
        one, out_kg = self.processor, self.out_kg
        return one.raw_kg(out_kg), out_kg, self.price, one.ask_vnd(self.price, out_kg)

    def bounded(self, market: Market, run: Result) -> bool:
        """Find the prices at which each of its pairs gains, if there are any.

        Begins between what the last kilogram in costs the market and what it
        brings, by the gains that prove the run.
        """
        one = self.processor
        self._cut(flows(one, run.allocations))
        if not self.out_kg:
            return False
        costs, pays = _paid(one, market, run)
        worth = (pays - 1) * self.out_kg // one.raw_kg(self.out_kg)
        self.limits = costs + 1, worth - one.fee_vnd
        self.least, self.most = self.limits
        low = float(SURE_VND - run.need_gain[one.intake.id])
        high = float(run.lot_gain[one.output.id] / one.ratio) - one.fee_vnd
        middle = math.floor((low + max(high, low)) / 2)
        self.price = min(max(middle, self.least), self.most)
        return self.least <= self.most

    def learn(self, run: Result) -> bool:
        """Whether it came out balanced; if not, another price or less to do."""
        moved = flows(self.processor, run.allocations)
        bought = moved.in_kg == self.processor.raw_kg(self.out_kg)
        sold = moved.out_kg == self.out_kg
        if bought and sold:
            return True
        if bought:
            self.most = self.price - 1
        elif sold:
            self.least = self.price + 1
        if not (bought or sold) or self.least > self.most:
            self._cut(moved)
            self.least, self.most = self.limits
        self.price = (self.least + self.most) // 2
        return False

    def _cut(self, moved: Processed) -> None:
        made = math.floor(moved.in_kg / self.processor.ratio)
        self.out_kg = min(made, moved.out_kg, self.out_kg)


def _paid(processor: Processor, market: Market, run: Result) -> tuple[int, int]:
    """The dearest that comes in, and the cheapest that goes out, at the gate."""
    return (
        max(
            market.lot[row.lot].ask_vnd + row.transport_vnd
            for row in run.allocations
            if row.need == processor.intake.id
        ),
        min(
            market.need[row.need].bid_vnd - row.transport_vnd
            for row in run.allocations
            if row.lot == processor.output.id
        ),
    )


def _told(
    market: Market, processors: Sequence[Processor], result: Result, bound: int
) -> Layered:
    """The result without what is left over of processors themselves."""
    moved = tuple(flows(one, result.allocations) for one in processors)
    worked = zip(processors, moved, strict=True)
    surplus = result.surplus_vnd - sum(_within(market, *both) for both in worked)
    sold = {one.output.id for one in processors}
    asked = {one.intake.id for one in processors}
    told = replace(
        result,
        surplus_vnd=surplus,
        bound_vnd=max(bound, surplus),
        relaxed_vnd=max(bound, surplus),
        unmatched_lots=tuple(r for r in result.unmatched_lots if r.id not in sold),
        unmatched_needs=tuple(r for r in result.unmatched_needs if r.id not in asked),
    )
    return Layered(told, market, moved)


def _within(market: Market, processor: Processor, moved: Processed) -> int:
    """Đồng that a processor only passes on to itself, and its fee, which costs."""
    if not moved.in_kg:
        return 0
    bid = market.need[processor.intake.id].bid_vnd
    ask = market.lot[processor.output.id].ask_vnd
    return moved.in_kg * (bid + processor.fee_vnd) - moved.out_kg * ask
