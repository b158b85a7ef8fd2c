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

from marketplace.matching.faults import SolverFailed
from marketplace.matching.greedy import fill
from marketplace.matching.grid import Bools
from marketplace.matching.highs import maximise_whole
from marketplace.matching.pairs import Block
from marketplace.matching.program import Program, Row, program_of
from marketplace.matching.sides import (
    Groups,
    groups_of,
    with_open_groups,
    with_switches,
)
from marketplace.matching.ties import settle, wishes
from marketplace.matching.transport import Ints

LEAST_SECONDS = 5.0
"""A linear programme gets at least this long, whatever is left of the run."""


@dataclass(frozen=True)
class Plan:
    """Kilograms for each pair of a block, and the bound on the surplus."""

    kilograms: Ints
    surplus_vnd: int
    bound_vnd: int


def optimise(block: Block, *, seconds: float, gap: float) -> Plan:
    """Allocate one part; `gap` is the relative gap at which searching may end."""
    program, groups = program_of(block), groups_of(block)
    gain = block.pairs.surplus_vnd
    gains = [gain, *wishes(block)]
    try:
        kilograms, y = settle(program, gains, seconds=max(seconds, LEAST_SECONDS))
    except SolverFailed:
        return _stopgap(block, program, groups)
    bound = program.bound(gain, y)
    if not groups.allow(kilograms):
        search = _Search(program, groups, gains, time.monotonic() + seconds, gap)
        opened, proven = search.run()
        bound = min(bound, proven)
        kilograms = _fill_open(program, groups, gains, opened, seconds)
    surplus = total(gain, kilograms)
    return Plan(kilograms, surplus, max(bound, surplus))


def _stopgap(block: Block, program: Program, groups: Groups) -> Plan:
    """A legal plan and an easy bound where even the quantities take too long.

    Pricing each need at its best pair, and no lot at all, is a dual solution.
    """
    gain = block.pairs.surplus_vnd
    kilograms = fill(program, groups, gain)
    best = np.zeros(len(block.needs), dtype=np.int64)
    np.maximum.at(best, block.pairs.need, gain)
    y = np.zeros(len(program.lower), dtype=np.int64)
    y[-len(best) :] = best
    return Plan(kilograms, total(gain, kilograms), program.bound(gain, y))


def total(gain: Ints, kilograms: Ints) -> int:
    """Sum of gain times kilograms, exact at any size."""
    used = np.flatnonzero(kilograms)
    return sum(
        int(g) * int(kg) for g, kg in zip(gain[used], kilograms[used], strict=True)
    )


def _fill_open(
    program: Program,
    groups: Groups,
    gains: Sequence[Ints],
    opened: Bools,
    seconds: float,
) -> Ints:
    """The best kilograms once it is known which groups carry anything."""
    kilograms = np.zeros(program.columns, dtype=np.int64)
    kept = opened[groups.of_pair]
    if kept.any():
        narrow = with_open_groups(program, groups, opened)
        chosen = [gain[kept] for gain in gains]
        least = max(seconds, LEAST_SECONDS)
        kilograms[kept], _ = settle(narrow, chosen, seconds=least)
    return kilograms


class _Search:
    """Branch and bound over the switches, for the surplus and then each wish."""

    def __init__(
        self,
        program: Program,
        groups: Groups,
        gains: Sequence[Ints],
        deadline: float,
        gap: float,
    ) -> None:
        self.program, self.integer = with_switches(program, groups)
        self.groups = groups
        self.pairs = program.columns
        self.gains = gains
        self.deadline = deadline
        self.gap = gap
        self.kilograms = fill(program, groups, gains[0])

    def run(self) -> tuple[Bools, int]:
        """(which groups to open, bound on the surplus)."""
        program, bound = self.program, 0
        for number, gain in enumerate(self.gains):
            found, proven = self._once(program, gain)
            if number == 0:
                bound = floor(proven[0] + 0.5)
            if not proven[1] or self.deadline <= time.monotonic():
                break
            program = self._keep(program, gain, found)
        return self.groups.opened(self.kilograms), bound

    def _once(self, program: Program, gain: Ints) -> tuple[int, tuple[float, bool]]:
        """One search from the best known; (value reached, (bound, proven))."""
        wide = np.zeros(program.columns)
        wide[: self.pairs] = gain
        answer = maximise_whole(
            program,
            wide,
            self.integer,
            seconds=self.deadline - time.monotonic(),
            gap=self.gap,
            start=self._start(),
        )
        kilograms = np.rint(answer.x[: self.pairs]).astype(np.int64)
        switches = answer.x[self.pairs : self.pairs + len(self.groups.least_kg)]
        kilograms[switches[self.groups.of_pair] < 0.5] = 0
        if self.groups.allow(kilograms):
            self.kilograms = kilograms
        return total(gain, self.kilograms), (answer.bound, answer.proven)

    def _start(self) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        opened = self.groups.opened(self.kilograms)
        doors = np.zeros(self.groups.doors + 1)
        doors[self.groups.door[opened]] = 1
        return np.concatenate([self.kilograms, opened, doors[:-1]]).astype(np.float64)

    def _keep(self, program: Program, gain: Ints, value: int) -> Program:
        """The programme on which this gain may not fall any more."""
        used = np.flatnonzero(gain)
        if len(used) == 0:
            return program
        row = Row(used, gain[used], value, np.inf)
        return program.with_rows([row])
