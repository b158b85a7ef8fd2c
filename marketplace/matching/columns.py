"""Linear programmes with many variables, solved on the few that matter.

Column generation (P. C. Gilmore and R. E. Gomory, 1961): solve with the best
variables of every row, then ask of *all* variables whether the row prices
leave them a gain; those join, until none has one. The prices then prove the
optimum of the whole programme, the variables never looked into included.
Variables that the prices rule out clearly leave again, but only when the value
has risen, which it can do only so often: the rounds come to an end.
"""

from __future__ import annotations

import time

import numpy as np

from marketplace.matching.grid import Bools
from marketplace.matching.highs import maximise
from marketplace.matching.program import Program
from marketplace.matching.transport import Ints

FEW = 10_000
"""Up to so many variables a programme is solved at once."""
BEST = 3
"""How many variables of each row begin, and may join in one round."""


def whole_optimum(program: Program, gain: Ints, seconds: float) -> tuple[Ints, Ints]:
    """(values of the variables, prices of the rows), rounded to whole numbers.

    Raises SolverFailed if there is no answer in time.
    """
    deadline = time.monotonic() + seconds
    active = np.ones(program.columns, dtype=np.bool_)
    if program.columns > FEW:
        active = _best_of_rows(program, gain, active)
    keep = int(np.median(gain)) // 100 + 1
    value = -1.0
    while True:
        x, y = _solve(program.only(active), gain[active], deadline - time.monotonic())
        rest = gain - program.through(y)
        missed = ~active & (rest > 0)
        if not missed.any():
            values = np.zeros(program.columns, dtype=np.int64)
            values[active] = x
            return values, y
        risen = float(x @ gain[active])
        if risen > value:
            active &= rest >= -keep
        active |= _best_of_rows(program, rest, missed)
        keep, value = keep * 3 // 2, risen


def _solve(program: Program, gain: Ints, seconds: float) -> tuple[Ints, Ints]:
    answer = maximise(program, gain.astype(np.float64), seconds=seconds)
    return np.rint(answer.x).astype(np.int64), np.rint(answer.y).astype(np.int64)


def _best_of_rows(program: Program, value: Ints, among: Bools) -> Bools:
    """The most valuable variables of each row, among some."""
    entries = np.flatnonzero(among[program.column])
    row, column = program.row[entries], program.column[entries]
    order = np.lexsort((column, -value[column], row))
    row, column = row[order], column[order]
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    place = np.arange(len(row)) - np.repeat(starts, np.diff(starts, append=len(row)))
    best = np.zeros(program.columns, dtype=np.bool_)
    best[column[place < BEST]] = True
    return best
