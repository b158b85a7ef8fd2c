"""The linear programme of a block, and what it proves.

    maximise    sum over pairs e of  s_e x_e
    subject to  sum of x_e over the pairs of a lot              <= its kg
                ... over those that ask for grade g or better   <= its kg of that
                sum of x_e over the pairs of a need             <= its kg
                ... over those of one owner at a need           <= its largest share
                x_e >= 0

The rows of a lot form a nested family and so do those of a need;
the incidence matrix of two such (laminar) families is totally unimodular
(J. Edmonds 1970; A. Schrijver, Combinatorial Optimization, 2003, ch. 41), so
whole kilograms lose nothing, and whole đồng suffice for the dual prices y.
For *any* y the number

    sum of max(y, 0) upper + min(y, 0) lower + sum of max(s_e - (A'y)_e, 0) most_e

bounds every allocation from above (weak duality), however y was found. It is
computed in integers; if it equals the surplus reached, that is the proof.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.grid import Bools
from marketplace.matching.pair import most_kg
from marketplace.matching.pairs import Block, Indices
from marketplace.matching.transport import Ints

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Program:
    """lower <= A x <= upper, 0 <= x <= most; entries of A as three columns."""

    row: Indices
    column: Indices
    value: Ints
    lower: Floats
    upper: Floats
    most: Ints

    @property
    def columns(self) -> int:
        """How many variables."""
        return len(self.most)

    def only(self, kept: Bools) -> Program:
        """The same rows with some of the variables."""
        entries = kept[self.column]
        number = np.cumsum(kept) - 1
        return replace(
            self,
            row=self.row[entries],
            column=number[self.column[entries]],
            value=self.value[entries],
            most=self.most[kept],
        )

    def with_rows(self, rows: Iterable[Row]) -> Program:
        """More rows below."""
        new = list(rows)
        number = len(self.lower) + np.arange(len(new))
        sizes = [len(row.columns) for row in new]
        return replace(
            self,
            row=np.concatenate([self.row, np.repeat(number, sizes)]),
            column=np.concatenate([self.column, *(row.columns for row in new)]),
            value=np.concatenate([self.value, *(row.values for row in new)]),
            lower=np.concatenate([self.lower, [row.lower for row in new]]),
            upper=np.concatenate([self.upper, [row.upper for row in new]]),
        )

    def through(self, y: Ints) -> Ints:
        """A'y: what the row prices ask for a kilogram of each variable."""
        # Sums of a few whole numbers below 2**53 are exact in doubles.
        weights = (self.value * y[self.row]).astype(np.float64)
        total = np.bincount(self.column, weights, self.columns)
        return total.astype(np.int64)

    def bound(self, gain: Ints, y: Ints) -> int:
        """The dual bound of y, exact in whole đồng."""
        total = 0
        for price, low, high in zip(y.tolist(), self.lower, self.upper, strict=True):
            if price:
                total += price * int(high if price > 0 else low)
        rest = np.maximum(gain - self.through(y), 0)
        return total + sum(
            int(rest[e]) * int(self.most[e]) for e in np.flatnonzero(rest)
        )


@dataclass(frozen=True)
class Row:
    """One constraint over some variables."""

    columns: Indices
    values: Ints
    lower: float
    upper: float

    @staticmethod
    def total(columns: Indices, lower: float, upper: float) -> Row:
        """The plain sum of some variables."""
        return Row(columns, np.ones(len(columns), dtype=np.int64), lower, upper)


def program_of(block: Block, *, shares: bool = True) -> Program:
    """The quantities of a block as a linear programme.

    The rows of the lots come first, those of the needs last, so that the prices
    of rows tell what a kilogram of each is worth. Shares may be left out.
    """
    ends = zip(block.pairs.lot.tolist(), block.pairs.need.tolist(), strict=True)
    most = [most_kg(block.lots[lot], block.needs[need]) for lot, need in ends]
    nothing = np.zeros(0, dtype=np.int64)
    empty = Program(
        row=np.zeros(0, dtype=np.intp),
        column=np.zeros(0, dtype=np.intp),
        value=nothing,
        lower=np.zeros(0),
        upper=np.zeros(0),
        most=np.array(most, dtype=np.int64),
    )
    share_rows = _share_rows(block) if shares else ()
    lot_rows, grade_rows = _lot_rows(block), _grade_rows(block)
    return empty.with_rows([*lot_rows, *grade_rows, *share_rows, *_need_rows(block)])


def _lot_rows(block: Block) -> Iterable[Row]:
    of_lot = _split(block.pairs.lot, len(block.lots))
    for lot, columns in zip(block.lots, of_lot, strict=True):
        yield Row.total(columns, -np.inf, lot.kg)


def _grade_rows(block: Block) -> Iterable[Row]:
    grades = np.array([need.least_grade for need in block.needs], dtype=np.int64)
    asked = grades[block.pairs.need]
    of_lot = _split(block.pairs.lot, len(block.lots))
    for lot, columns in zip(block.lots, of_lot, strict=True):
        for least in sorted(set(asked[columns].tolist()) - {0}):
            if lot.fitting_kg(least) < lot.kg:
                strict = columns[(asked[columns] > 0) & (asked[columns] <= least)]
                yield Row.total(strict, -np.inf, lot.fitting_kg(least))


def _share_rows(block: Block) -> Iterable[Row]:
    """What one owner may bring to a need that limits shares."""
    together: dict[tuple[int, int], list[int]] = {}
    limited = [need.most_share_kg is not None for need in block.needs]
    for pair in np.flatnonzero(np.array(limited)[block.pairs.need]).tolist():
        owner = block.lots[block.pairs.lot[pair]].owner
        need = int(block.pairs.need[pair])
        together.setdefault((need, owner), []).append(pair)
    for (place, _), columns in together.items():
        need_row = block.needs[place]
        if need_row.most_share_kg is not None and need_row.most_share_kg < need_row.kg:
            yield Row.total(np.array(columns), -np.inf, need_row.most_share_kg)


def _need_rows(block: Block) -> Iterable[Row]:
    of_need = _split(block.pairs.need, len(block.needs))
    for need, columns in zip(block.needs, of_need, strict=True):
        yield Row.total(columns, -np.inf, need.kg)


def _split(keys: Indices, count: int) -> list[Indices]:
    """The positions of each key 0, 1, ..., count - 1, in order."""
    order = np.argsort(keys, kind="stable")
    return list(np.split(order, np.searchsorted(keys[order], np.arange(1, count))))
