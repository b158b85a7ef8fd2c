"""A legal allocation by taking the best first: a start, never the answer.

Pairs are opened in their order of worth, as far as lots, needs, shares,
smallest lots and most suppliers allow; an open pair takes all it can.
"""

from __future__ import annotations

import numpy as np

from marketplace.matching.program import Program
from marketplace.matching.sides import Sides
from marketplace.matching.transport import Ints


def fill(program: Program, sides: Sides, gain: Ints) -> Ints:
    """Kilograms of each pair; every rule is kept.

    The better of two orders: by what a kilogram is worth, which suits many
    small partners, and by what the whole pair could be worth, which suits few.
    """
    worth = gain.astype(np.float64)
    found = [
        _fill_by(order, program, sides, gain) for order in (worth, worth * program.most)
    ]
    return max(found, key=lambda kilograms: float(kilograms @ worth))


def _fill_by(
    order: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    program: Program,
    sides: Sides,
    gain: Ints,
) -> Ints:
    room = program.upper.astype(np.int64)
    rows = _rows_of(program)
    kilograms = np.zeros(program.columns, dtype=np.int64)
    doors = _Doors(sides)
    for pair in np.argsort(-order, kind="stable").tolist():
        if gain[pair] < 0 or not doors.may_open(pair):
            continue
        kg = min(int(room[rows[pair]].min()), int(program.most[pair]))
        if kg >= max(sides.least_kg[pair], 1):
            room[rows[pair]] -= kg
            kilograms[pair] = kg
            doors.open(pair)
    return kilograms


def _rows_of(program: Program) -> list[list[int]]:
    rows: list[list[int]] = [[] for _ in range(program.columns)]
    for row, column in zip(program.row.tolist(), program.column.tolist(), strict=True):
        rows[column].append(row)
    return rows


class _Doors:
    """Which owners already serve which limited offers."""

    def __init__(self, sides: Sides) -> None:
        self.door = sides.door
        self.open_doors: set[int] = set()
        self.limit_of: dict[int, int] = {}
        self.left: list[int] = []
        for number, (doors, most) in enumerate(sides.limits):
            self.left.append(most)
            self.limit_of |= dict.fromkeys(doors.tolist(), number)

    def may_open(self, pair: int) -> bool:
        door = int(self.door[pair])
        limit = self.limit_of.get(door)
        return limit is None or door in self.open_doors or self.left[limit] > 0

    def open(self, pair: int) -> None:
        door = int(self.door[pair])
        limit = self.limit_of.get(door)
        if limit is not None and door not in self.open_doors:
            self.left[limit] -= 1
        self.open_doors.add(door)
