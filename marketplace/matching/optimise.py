"""The best allocation of one part, with a bound that nothing can beat.

First the quantities alone, a linear programme that is whole by itself. If its
best answer happens to keep the smallest lots and the supplier limits, it is
the optimum and its dual the proof. Otherwise switches are added (see `sides`)
and branch and bound searches them within the time given; what it then leaves
open is stated by the bound.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

import numpy as np

from marketplace.matching.columns import whole_optimum
from marketplace.matching.faults import SolverFailed
from marketplace.matching.greedy import fill
from marketplace.matching.grid import Bools
from marketplace.matching.highs import maximise_whole
from marketplace.matching.pairs import Block
from marketplace.matching.program import Program, Row, program_of
from marketplace.matching.sides import (
    Sides,
    sides_of,
    with_open_pairs,
    with_switches,
)
from marketplace.matching.ties import settle, wishes
from marketplace.matching.transport import Ints

LEAST_SECONDS = 5.0
"""A linear programme gets at least this long, whatever is left of the run."""


@dataclass(frozen=True)
class Plan:
    """Kilograms for each pair of a block, the bound on the surplus, the prices.

    `lot_gain` and `need_gain` are the prices of the linear programme: what one
    more kilogram of each would be worth, so that a lot is worth its ask and
    that much more. `relaxed_vnd` bounds the surplus without any side rule.
    """

    kilograms: Ints
    surplus_vnd: int
    bound_vnd: int
    relaxed_vnd: int
    lot_gain: Ints
    need_gain: Ints


def optimise(block: Block, *, seconds: float, gap: float) -> Plan:
    """Allocate one part; `gap` is the relative gap at which searching may end."""
    program, sides = program_of(block), sides_of(block)
    gain = block.pairs.surplus_vnd
    gains = [gain, *wishes(block)]
    try:
        kilograms, y = settle(program, gains, seconds=max(seconds, LEAST_SECONDS))
    except SolverFailed:
        y = _easy_prices(block, program)
        return _plan(block, program, fill(program, sides, gain), y, None)
    bound = None
    if not sides.allow(kilograms):
        deadline = time.monotonic() + seconds
        search = _Search(block, program, sides, gains, deadline, gap)
        opened, bound = search.run()
        kilograms = _fill_open(program, sides, gains, opened, seconds)
    return _plan(block, program, kilograms, y, bound)


def _plan(
    block: Block, program: Program, kilograms: Ints, y: Ints, proven: int | None
) -> Plan:
    """The plan with the least of the bounds that are known."""
    gain = block.pairs.surplus_vnd
    surplus, bound = total(gain, kilograms), program.bound(gain, y)
    return Plan(
        kilograms,
        surplus_vnd=surplus,
        bound_vnd=max(bound if proven is None else min(bound, proven), surplus),
        relaxed_vnd=max(_without_shares(block, program, y, bound), surplus),
        lot_gain=y[: len(block.lots)],
        need_gain=y[-len(block.needs) :],
    )


def _without_shares(block: Block, program: Program, y: Ints, bound: int) -> int:
    """The bound if nobody limited shares, which costs a second programme."""
    whole = program_of(block, shares=False)
    new = len(program.lower) - len(whole.lower)
    shares = slice(len(y) - len(block.needs) - new, len(y) - len(block.needs))
    if not y[shares].any():
        return bound
    gain = block.pairs.surplus_vnd
    try:
        return whole.bound(gain, whole_optimum(whole, gain, LEAST_SECONDS)[1])
    except SolverFailed:
        return whole.bound(gain, _easy_prices(block, whole))


def _easy_prices(block: Block, program: Program) -> Ints:
    """Prices that bound the surplus where even the quantities take too long.

    Pricing each need at its best pair, and no lot at all, is a dual solution.
    """
    best = np.zeros(len(block.needs), dtype=np.int64)
    np.maximum.at(best, block.pairs.need, block.pairs.surplus_vnd)
    y = np.zeros(len(program.lower), dtype=np.int64)
    y[-len(best) :] = best
    return y


def total(gain: Ints, kilograms: Ints) -> int:
    """Sum of gain times kilograms, exact at any size."""
    used = np.flatnonzero(kilograms)
    return sum(
        int(g) * int(kg) for g, kg in zip(gain[used], kilograms[used], strict=True)
    )


def _fill_open(
    program: Program,
    sides: Sides,
    gains: Sequence[Ints],
    opened: Bools,
    seconds: float,
) -> Ints:
    """The best kilograms once it is known which pairs carry anything."""
    kilograms = np.zeros(program.columns, dtype=np.int64)
    if opened.any():
        narrow = with_open_pairs(program, sides, opened)
        chosen = [gain[opened] for gain in gains]
        least = max(seconds, LEAST_SECONDS)
        kilograms[opened], _ = settle(narrow, chosen, seconds=least)
    return kilograms


class _Search:
    """Branch and bound over the switches, for the surplus and then each wish."""

    def __init__(
        self,
        block: Block,
        program: Program,
        sides: Sides,
        gains: Sequence[Ints],
        deadline: float,
        gap: float,
    ) -> None:
        self.wide = with_switches(program, sides, block)
        self.sides = sides
        self.gains = gains
        self.deadline = deadline
        self.gap = gap
        self.kilograms = fill(program, sides, gains[0])

    def run(self) -> tuple[Bools, int]:
        """(which pairs to open, bound on the surplus)."""
        program, bound = self.wide.program, 0
        for number, gain in enumerate(self.gains):
            found, proven = self._once(program, gain)
            if number == 0:
                bound = floor(proven[0] + 0.5)
            if not proven[1] or self.deadline <= time.monotonic():
                break
            program = self._keep(program, gain, found)
        return self.kilograms > 0, bound

    def _once(self, program: Program, gain: Ints) -> tuple[int, tuple[float, bool]]:
        """One search from the best known; (value reached, (bound, proven))."""
        pairs = self.wide.pairs
        wide = np.zeros(program.columns)
        wide[:pairs] = gain
        answer = maximise_whole(
            program,
            wide,
            self.wide.integer,
            seconds=self.deadline - time.monotonic(),
            gap=self.gap,
            start=self.wide.start(self.sides, self.kilograms).astype(np.float64),
        )
        kilograms = np.rint(answer.x[:pairs]).astype(np.int64)
        switches = answer.x[pairs : pairs + len(self.wide.switched)]
        kilograms[self.wide.switched[switches < 0.5]] = 0
        if self.sides.allow(kilograms):
            self.kilograms = kilograms
        return total(gain, self.kilograms), (answer.bound, answer.proven)

    def _keep(self, program: Program, gain: Ints, value: int) -> Program:
        """The programme on which this gain may not fall any more."""
        used = np.flatnonzero(gain)
        if len(used) == 0:
            return program
        row = Row(used, gain[used], value, np.inf)
        return program.with_rows([row])
