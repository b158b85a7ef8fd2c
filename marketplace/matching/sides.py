"""Smallest lots and most suppliers: the rules that quantities alone miss.

All pairs of one lot with one offer are a *group*: what they carry together is
zero or at least the smallest lot of both sides. An offer with a limit opens
at most that many owners. With y_g in {0, 1} for a group and z_h for an owner
at such an offer:

    least_g y_g <= sum of x_e over g <= most_g y_g,   x_e <= most_e y_g,
    y_g <= z_h,   sum of z_h over the owners at an offer <= its limit.

Once the y are fixed, groups nest between a lot and its pairs, so the programme
is totally unimodular again and kilograms come out whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from marketplace.matching.grid import Bools
from marketplace.matching.instance import Lot, Need
from marketplace.matching.pairs import Block, Indices
from marketplace.matching.program import Program, Row
from marketplace.matching.transport import Ints


@dataclass(frozen=True)
class Groups:
    """The groups of a block, and the owners at offers with a limit.

    `of_pair` gives the group of each pair, `members` the pairs of each group;
    `door` is the (owner, offer) of each group as a number, -1 without a limit;
    `limits` holds the doors and the limit of each offer with too many of them.
    """

    of_pair: Indices
    least_kg: Ints
    most_kg: Ints
    door: Indices
    limits: tuple[tuple[Indices, int], ...]
    members: tuple[Indices, ...]

    @property
    def doors(self) -> int:
        """How many (owner, offer) there are with a limit."""
        return int(self.door.max(initial=-1)) + 1

    def opened(self, kilograms: Ints) -> Bools:
        """Which groups carry anything."""
        carried = np.zeros(len(self.least_kg), dtype=np.int64)
        np.add.at(carried, self.of_pair, kilograms)
        return carried > 0

    def allow(self, kilograms: Ints) -> bool:
        """Whether every rule of this module is kept."""
        carried = np.zeros(len(self.least_kg), dtype=np.int64)
        np.add.at(carried, self.of_pair, kilograms)
        if ((carried > 0) & (carried < self.least_kg)).any():
            return False
        open_doors = np.zeros(self.doors + 1, dtype=np.bool_)
        open_doors[self.door[carried > 0]] = True
        return all(open_doors[doors].sum() <= most for doors, most in self.limits)


def groups_of(block: Block) -> Groups:
    """Find the groups of a block, in the order of lots and offers."""
    pairs = block.pairs
    offers = np.array([need.offer for need in block.needs], dtype=np.int64)[pairs.need]
    keys = np.column_stack([pairs.lot.astype(np.int64), offers])
    found, of_pair = np.unique(keys, axis=0, return_inverse=True)
    of_pair = of_pair.reshape(-1).astype(np.intp)
    order = np.argsort(of_pair, kind="stable")
    ends = np.searchsorted(of_pair[order], np.arange(1, len(found)))
    members = tuple(np.split(order, ends))
    needs = [block.needs[pairs.need[group[0]]] for group in members]
    lots = [block.lots[lot] for lot, _ in found.tolist()]
    least = [
        max(lot.smallest_kg, need.smallest_kg, 1)
        for lot, need in zip(lots, needs, strict=True)
    ]
    most = [
        min(lot.fitting_kg(need.least_grade), _kg(block, group))
        for lot, need, group in zip(lots, needs, members, strict=True)
    ]
    door, limits = _doors([_door(*row) for row in zip(lots, needs, strict=True)])
    return Groups(of_pair, np.array(least), np.array(most), door, limits, members)


def _door(lot: Lot, need: Need) -> tuple[int, int, int] | None:
    """(offer, owner, limit) where the offer has a limit."""
    if need.most_suppliers == 0:
        return None
    return need.offer, lot.owner, need.most_suppliers


def _kg(block: Block, group: Indices) -> int:
    """What the tranches of a group ask for."""
    return sum(block.needs[need].kg for need in block.pairs.need[group])


def _doors(
    limited: list[tuple[int, int, int] | None],
) -> tuple[Indices, tuple[tuple[Indices, int], ...]]:
    """Number the (offer, owner) pairs at limited offers."""
    known = sorted({door for door in limited if door is not None})
    number = {door: position for position, door in enumerate(known)}
    by_offer: dict[tuple[int, int], list[int]] = {}
    for (offer, _owner, most), position in number.items():
        by_offer.setdefault((offer, most), []).append(position)
    door = [-1 if door is None else number[door] for door in limited]
    limits = tuple(
        (np.array(doors, dtype=np.intp), most)
        for (_, most), doors in by_offer.items()
        if len(doors) > most
    )
    return np.array(door, dtype=np.intp), limits


def with_switches(program: Program, groups: Groups) -> tuple[Program, Bools]:
    """The programme with its y and z; also which variables are whole."""
    pairs, switches = program.columns, len(groups.least_kg) + groups.doors
    wide = Program(
        program.row,
        program.column,
        program.value,
        program.lower,
        program.upper,
        np.concatenate([program.most, np.ones(switches, dtype=np.int64)]),
    )
    integer = np.arange(wide.columns) >= pairs
    return wide.with_rows(_switch_rows(program, groups)), integer


def _switch_rows(program: Program, groups: Groups) -> Iterable[Row]:
    first_y = program.columns
    first_z = first_y + len(groups.least_kg)
    for number, members in enumerate(groups.members):
        y = first_y + number
        columns = np.append(members, y)
        ones = np.ones(len(members), dtype=np.int64)
        least, most = int(groups.least_kg[number]), int(groups.most_kg[number])
        yield Row(columns, np.append(ones, -least), 0, np.inf)
        yield Row(columns, np.append(ones, -most), -np.inf, 0)
        for member in members if len(members) > 1 else ():
            cap = np.array([1, -int(program.most[member])])
            yield Row(np.array([member, y]), cap, -np.inf, 0)
        if groups.door[number] >= 0:
            z = first_z + int(groups.door[number])
            yield Row(np.array([y, z]), np.array([1, -1]), -np.inf, 0)
    for doors, limit in groups.limits:
        yield Row.total(first_z + doors, -np.inf, limit)


def with_open_groups(program: Program, groups: Groups, opened: Bools) -> Program:
    """The programme with every switch set; closed pairs get no kilograms."""
    rows: list[Row] = []
    for number, members in enumerate(groups.members):
        if opened[number] and groups.least_kg[number] > 1:
            least = float(groups.least_kg[number])
            rows.append(Row.total(members, least, np.inf))
    return program.with_rows(rows).only(opened[groups.of_pair])
