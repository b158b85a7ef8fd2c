"""One run: a market in, the best allocation with proof, prices and advice out.

The result depends on nothing but the market: not on the order of rows, not on
the clock (unless `seconds` run out, which the gap then tells).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from marketplace.matching.codec import digest_of
from marketplace.matching.components import parts_of
from marketplace.matching.evens import within_zones
from marketplace.matching.faults import Cancelled, validate
from marketplace.matching.instance import Market
from marketplace.matching.large import Outcome, allocate_rows
from marketplace.matching.market_prices import block_prices
from marketplace.matching.optimise import Plan, optimise
from marketplace.matching.pairs import (
    MOST_CELLS,
    Block,
    Stages,
    block_of,
    products,
)
from marketplace.matching.result import Allocation, Result, Unmatched
from marketplace.matching.unmatched import advise

Progress = Callable[[str, int, int], None]


MOST_PAIRS = 20_000
"""A part with more feasible pairs is solved in columns."""


class Solver(Protocol):
    """Whatever finds the allocation of one small part."""

    def __call__(self, block: Block, *, seconds: float, gap: float) -> Plan:
        """Allocate within `seconds`, or until the relative `gap` is proven."""


def solve(
    market: Market,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    seconds: float = 20,
    gap: float = 0.0,
    solver: Solver = optimise,
    advice: bool = True,
    advice_seconds: float = math.inf,
) -> Result:
    """Match a market.

    `progress` hears (stage, done, total) for the stages "pairs", "allocation"
    and "advice"; `seconds` bounds the search where smallest lots or supplier
    limits make one necessary; without `advice` nothing is said of what is left,
    after `advice_seconds` only which rule binds.
    Raises MalformedInstance for a market that makes
    no sense, Cancelled when `cancelled()` turns true, SolverFailed if there is
    no answer.
    """
    market = market.in_order()
    validate(market)
    run = _Run(market, progress, cancelled, time.monotonic() + seconds, gap, solver)
    run.advice_seconds = advice_seconds if advice else None
    return run.result()


@dataclass
class _Sum:
    """What the parts come to."""

    allocations: list[Allocation] = field(default_factory=list)
    surplus_vnd: int = 0
    bound_vnd: int = 0
    relaxed_vnd: int = 0
    lot_gain: dict[int, int] = field(default_factory=dict)
    need_gain: dict[int, int] = field(default_factory=dict)

    def add(self, part: Block, plan: Plan, market: Market) -> None:
        """Add the plan of one part."""
        self.allocations += _allocations(part, plan, market)
        self.surplus_vnd += plan.surplus_vnd
        self.bound_vnd += plan.bound_vnd
        self.relaxed_vnd += plan.relaxed_vnd
        lots, needs = [lot.id for lot in part.lots], [need.id for need in part.needs]
        self.lot_gain |= dict(zip(lots, plan.lot_gain.tolist(), strict=True))
        self.need_gain |= dict(zip(needs, plan.need_gain.tolist(), strict=True))

    def join(self, found: Outcome) -> None:
        """Add what was allocated in columns."""
        self.allocations += found.rows
        self.surplus_vnd += found.surplus_vnd
        self.bound_vnd += found.bound_vnd
        self.relaxed_vnd += found.relaxed_vnd
        self.lot_gain |= found.lot_gain
        self.need_gain |= found.need_gain


class _Run:
    def __init__(
        self,
        market: Market,
        progress: Progress | None,
        cancelled: Callable[[], bool] | None,
        deadline: float,
        gap: float,
        solver: Solver,
    ) -> None:
        self.market = market
        self.progress = progress
        self.cancelled = cancelled
        self.deadline = deadline
        self.gap = gap
        self.solver = solver
        self.stages = Stages()
        self.seconds: dict[str, float] = {}
        self.began = time.monotonic()
        self.advice_seconds: float | None = math.inf

    def result(self) -> Result:
        parts = self._parts()
        found = _Sum()
        for number, part in enumerate(parts):
            self._step("allocation", number, len(parts))
            self._allocate(part, found, len(parts) - number)
        self._step("allocation", len(parts), len(parts))
        return self._finish(found)

    def _allocate(self, part: Block | Market, found: _Sum, to_do: int) -> None:
        """Add one part to the sum: exactly if it is small, else in columns."""
        if isinstance(part, Block) and len(part.pairs) <= MOST_PAIRS:
            seconds = max(self.deadline - time.monotonic(), 0) / to_do
            plan = self.solver(part, seconds=seconds, gap=self.gap)
            found.add(part, plan, self.market)
            return
        rows = replace(self.market, lots=part.lots, needs=part.needs)
        found.join(allocate_rows(rows, gap=self.gap, cancelled=self.cancelled))

    def _finish(self, found: _Sum) -> Result:
        stages = self.stages
        allocations = tuple(sorted(found.allocations))
        self._step("advice", 0, 1)
        lots, needs = self._advise(allocations)
        self._step("advice", 1, 1)
        return Result(
            digest=digest_of(self.market),
            allocations=allocations,
            surplus_vnd=found.surplus_vnd,
            bound_vnd=found.bound_vnd,
            pairs_considered=len(self.market.lots) * len(self.market.needs),
            stages=dict(stages.pairs),
            lot_stages=stages.of_lot,
            offer_stages={offer: dict(left) for offer, left in stages.of_offer.items()},
            unmatched_lots=lots,
            unmatched_needs=needs,
            lot_gain=found.lot_gain,
            need_gain=found.need_gain,
            relaxed_vnd=found.relaxed_vnd,
            seconds=self.seconds,
        )

    def _advise(
        self, allocations: tuple[Allocation, ...]
    ) -> tuple[tuple[Unmatched, ...], tuple[Unmatched, ...]]:
        if self.advice_seconds is None:
            return (), ()
        of_lot, of_offer = self.stages.of_lot, self.stages.of_offer
        until = self.advice_seconds
        return advise(self.market, allocations, of_lot, of_offer, self._stop, until)

    def _parts(self) -> list[Block | Market]:
        """Blocks by product, cut into their components; large products whole."""
        parts: list[Block | Market] = []
        traded = products(self.market)
        for number, product in enumerate(traded):
            self._step("pairs", number, len(traded))
            lots = tuple(row for row in self.market.lots if row.product == product)
            needs = tuple(row for row in self.market.needs if row.product == product)
            if len(lots) * len(needs) > MOST_CELLS:
                parts.append(replace(self.market, lots=lots, needs=needs))
            else:
                parts += parts_of(block_of(self.market, product, self.stages))
        self._step("pairs", len(traded), len(traded))
        return parts

    def _step(self, stage: str, done: int, total: int) -> None:
        """Tell how far the run is; note how long a stage took when it is over."""
        self._stop()
        if done == total:
            now = time.monotonic()
            self.seconds[stage] = round(now - self.began, 6)
            self.began = now
        if self.progress is not None:
            self.progress(stage, done, total)

    def _stop(self) -> None:
        if self.cancelled is not None and self.cancelled():
            raise Cancelled


def _allocations(block: Block, plan: Plan, market: Market) -> list[Allocation]:
    pairs = block.pairs
    carries = np.flatnonzero(plan.kilograms)
    ask = np.array([lot.ask_vnd for lot in block.lots], dtype=np.int64)
    lot = pairs.lot[carries]
    most = ask[lot] + pairs.surplus_vnd[carries]
    price = within_zones(block_prices(block, plan.kilograms, market), lot, most)
    return [
        Allocation(
            lot=block.lots[pairs.lot[pair]].id,
            need=block.needs[pairs.need[pair]].id,
            kg=int(plan.kilograms[pair]),
            price_vnd=int(price[pairs.lot[pair]]),
            transport_vnd=int(pairs.transport_vnd[pair]),
            day=int(pairs.day[pair]),
        )
        for pair in carries.tolist()
    ]
