"""A legal allocation by taking the best first: a start, never the answer.

Groups are opened in the order of their best pairs, as far as lots, needs,
smallest lots and most suppliers allow; an open group takes all it can.
"""

from __future__ import annotations

import numpy as np

from marketplace.matching.program import Program
from marketplace.matching.sides import Groups
from marketplace.matching.transport import Ints


def fill(program: Program, groups: Groups, gain: Ints) -> Ints:
    """Kilograms of each pair; every rule is kept.

    The better of two orders: by what a kilogram is worth, which suits many
    small partners, and by what the whole pair could be worth, which suits few.
    """
    found = [
        _fill_by(order, program, groups, gain) for order in (gain, gain * program.most)
    ]
    return max(found, key=lambda kilograms: int((kilograms * gain).sum()))


def _fill_by(order: Ints, program: Program, groups: Groups, gain: Ints) -> Ints:
    room = program.upper.astype(np.int64)
    rows = _rows_of(program)
    kilograms = np.zeros(program.columns, dtype=np.int64)
    doors = _Doors(groups)
    done: set[int] = set()
    for pair in np.argsort(-order, kind="stable").tolist():
        group = int(groups.of_pair[pair])
        if group in done or not doors.may_open(group):
            continue
        done.add(group)
        members = groups.members[group]
        best_first = members[np.argsort(-gain[members], kind="stable")]
        taken = _take(best_first.tolist(), rows, room)
        if sum(taken.values()) >= groups.least_kg[group]:
            doors.open(group)
            for member, kg in taken.items():
                kilograms[member] = kg
        else:
            _give_back(taken, rows, room)
    return kilograms


def _rows_of(program: Program) -> list[list[int]]:
    rows: list[list[int]] = [[] for _ in range(program.columns)]
    for row, column in zip(program.row.tolist(), program.column.tolist(), strict=True):
        rows[column].append(row)
    return rows


def _take(members: list[int], rows: list[list[int]], room: Ints) -> dict[int, int]:
    taken = {}
    for member in members:
        kg = int(room[rows[member]].min())
        if kg > 0:
            room[rows[member]] -= kg
            taken[member] = kg
    return taken


def _give_back(taken: dict[int, int], rows: list[list[int]], room: Ints) -> None:
    for member, kg in taken.items():
        room[rows[member]] += kg


class _Doors:
    """Which owners already serve which limited offers."""

    def __init__(self, groups: Groups) -> None:
        self.door = groups.door
        self.open_doors: set[int] = set()
        self.limit_of: dict[int, int] = {}
        self.left: list[int] = []
        for number, (doors, most) in enumerate(groups.limits):
            self.left.append(most)
            self.limit_of |= dict.fromkeys(doors.tolist(), number)

    def may_open(self, group: int) -> bool:
        door = int(self.door[group])
        limit = self.limit_of.get(door)
        return limit is None or door in self.open_doors or self.left[limit] > 0

    def open(self, group: int) -> None:
        door = int(self.door[group])
        limit = self.limit_of.get(door)
        if limit is not None and door not in self.open_doors:
            self.left[limit] -= 1
        self.open_doors.add(door)
