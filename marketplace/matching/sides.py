"""Smallest lots and most suppliers: the rules that quantities alone miss.

A pair carries nothing or at least its smallest lot, and an offer with a limit
opens at most that many owners. With y_e in {0, 1} for a pair e that has a
least, and z_h for an owner h at an offer with a limit:

    least_e y_e <= x_e <= most_e y_e,   y_e <= z_h   (x_e <= most_e z_h without y_e),
    sum of x_e of an owner at a need <= the most of that need times z_h,
    sum of z_h over the owners at an offer <= its limit.

Once y and z are fixed there are only bounds on single x besides the laminar
rows of `program`, so the programme is totally unimodular again and kilograms
come out whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from marketplace.matching.grid import Bools
from marketplace.matching.pair import least_kg, share_kg
from marketplace.matching.pairs import Block, Indices
from marketplace.matching.program import Program, Row
from marketplace.matching.transport import Ints


@dataclass(frozen=True)
class Sides:
    """What the side rules ask of each pair of a block.

    `door` is the (offer, owner) of a pair as a number, -1 where the offer has
    no limit that could be broken; `limits` the doors and the limit of each
    offer that has one.
    """

    least_kg: Ints
    door: Indices
    limits: tuple[tuple[Indices, int], ...]

    @property
    def doors(self) -> int:
        """How many (offer, owner) there are with a limit."""
        return int(self.door.max(initial=-1)) + 1

    def allow(self, kilograms: Ints) -> bool:
        """Whether every rule of this module is kept."""
        carried = kilograms > 0
        if (carried & (kilograms < self.least_kg)).any():
            return False
        opened = self.opened(kilograms)
        return all(opened[doors].sum() <= most for doors, most in self.limits)

    def opened(self, kilograms: Ints) -> Bools:
        """Which doors anything goes through."""
        opened = np.zeros(self.doors + 1, dtype=np.bool_)
        opened[self.door[kilograms > 0]] = True
        return opened[: self.doors]


def sides_of(block: Block) -> Sides:
    """The side rules of a block, in the order of its pairs."""
    pairs = block.pairs
    ends = list(zip(pairs.lot.tolist(), pairs.need.tolist(), strict=True))
    least = [least_kg(block.lots[lot], block.needs[need]) for lot, need in ends]
    owners: dict[int, set[int]] = {}
    for lot, need in ends:
        owners.setdefault(block.needs[need].offer, set()).add(block.lots[lot].owner)
    limit = {
        need.offer: need.most_suppliers
        for need in block.needs
        if 0 < need.most_suppliers < len(owners.get(need.offer, ()))
    }
    number: dict[tuple[int, int], int] = {}
    for offer in sorted(limit):
        for owner in sorted(owners[offer]):
            number[offer, owner] = len(number)
    doors = [
        number.get((block.needs[need].offer, block.lots[lot].owner), -1)
        for lot, need in ends
    ]
    limits = tuple((_doors_of(number, offer), most) for offer, most in limit.items())
    return Sides(np.array(least), np.array(doors, dtype=np.intp), limits)


def _doors_of(number: dict[tuple[int, int], int], offer: int) -> Indices:
    doors = [place for (of_offer, _), place in number.items() if of_offer == offer]
    return np.array(doors, dtype=np.intp)


@dataclass(frozen=True)
class Switched:
    """A programme with its y and z: the pairs come first, then y, then z."""

    program: Program
    pairs: int
    switched: Indices
    doors: int

    @property
    def integer(self) -> Bools:
        """Which variables are whole."""
        return np.arange(self.program.columns) >= self.pairs

    def start(self, sides: Sides, kilograms: Ints) -> Ints:
        """Values of all variables for legal kilograms."""
        opened = kilograms[self.switched] > 0
        return np.concatenate([kilograms, opened, sides.opened(kilograms)])


def with_switches(program: Program, sides: Sides, block: Block) -> Switched:
    """The programme of a block with its y and z."""
    switched = np.flatnonzero(sides.least_kg > 1)
    switches = len(switched) + sides.doors
    most = np.concatenate([program.most, np.ones(switches, dtype=np.int64)])
    wide = Program(
        program.row, program.column, program.value, program.lower, program.upper, most
    )
    first_z = program.columns + len(switched)
    rows = [
        *_switch_rows(program, sides, switched),
        *_door_rows(program, sides, block, first_z),
    ]
    return Switched(wide.with_rows(rows), program.columns, switched, sides.doors)


def _switch_rows(program: Program, sides: Sides, switched: Indices) -> Iterable[Row]:
    for place, pair in enumerate(switched.tolist()):
        both = np.array([pair, program.columns + place])
        least, most = int(sides.least_kg[pair]), int(program.most[pair])
        yield Row(both, np.array([1, -least]), 0, np.inf)
        yield Row(both, np.array([1, -most]), -np.inf, 0)
        if sides.door[pair] >= 0:
            z = program.columns + len(switched) + int(sides.door[pair])
            both = np.array([program.columns + place, z])
            yield Row(both, np.array([1, -1]), -np.inf, 0)


def _door_rows(
    program: Program, sides: Sides, block: Block, first_z: int
) -> Iterable[Row]:
    """An owner brings nothing to a need of an offer whose door is closed."""
    through: dict[tuple[int, int], list[int]] = {}
    need = block.pairs.need
    for pair in np.flatnonzero(sides.door >= 0).tolist():
        through.setdefault((int(sides.door[pair]), int(need[pair])), []).append(pair)
    for (door, place), pairs in through.items():
        if len(pairs) > 1 or sides.least_kg[pairs[0]] <= 1:
            most = min(int(program.most[pairs].sum()), share_kg(block.needs[place]))
            columns = np.array([*pairs, first_z + door])
            values = np.append(np.ones(len(pairs), dtype=np.int64), -most)
            yield Row(columns, values, -np.inf, 0)
    for doors, limit in sides.limits:
        yield Row.total(first_z + doors, -np.inf, limit)


def with_open_pairs(program: Program, sides: Sides, opened: Bools) -> Program:
    """The programme with every switch set; closed pairs get no kilograms."""
    rows = [
        Row.total(np.array([pair]), float(sides.least_kg[pair]), np.inf)
        for pair in np.flatnonzero(opened & (sides.least_kg > 1)).tolist()
    ]
    return program.with_rows(rows).only(opened)
