"""The rules of a list of pairs as a programme: what is open, and how far.

    maximise    sum over pairs e of  s_e x_e
    subject to  sum of x_e of a lot <= its kg,  of a need <= its kg
                least_e y_e <= x_e <= most_e y_e             y_e in {0, 1}
                sum of x_e of seller h at need j <= M_hj z_h,  y_e <= z_h
                sum of z_h over the sellers of an offer <= its limit, z_h in {0, 1}

M_hj is the least of what h has for j, its largest share and the need. There is a
y where a pair has a smallest lot, a z where an offer could have too many sellers;
other largest shares are plain sums. The rows with M_hj, one for each seller and
need instead of one for each pair, are what makes the relaxation tight (the strong
formulation of facility location: J. Krarup and P. M. Pruzan, 1983).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from marketplace.matching.program import Floats, Program
from marketplace.matching.rules import Rules
from marketplace.matching.side import Bools, Ints


class Opening(NamedTuple):
    """The programme: the kilograms of all pairs come first, then y, then z."""

    program: Program
    gain: Floats
    pairs: int
    switched: Ints  # the pairs that have a y
    doors: Ints  # the doors that have a z

    @property
    def integer(self) -> Bools:
        """Which variables are whole numbers."""
        return np.arange(self.program.columns) >= self.pairs

    def start(self, rules: Rules, kg: Ints) -> Floats:
        """Values of all variables for legal kilograms."""
        opened = np.bincount(rules.door, kg > 0, len(rules.door_offer)) > 0
        parts = (kg, kg[self.switched] > 0, opened[self.doors])
        return np.concatenate(parts).astype(np.float64)

    def kilograms(self, values: Floats) -> Ints:
        """Whole kilograms from the values of all variables."""
        kg: Ints = np.rint(values[: self.pairs]).astype(np.int64)
        switches = values[self.pairs : self.pairs + len(self.switched)]
        kg[self.switched[switches < 0.5]] = 0
        return kg


def opening(rules: Rules, *, switches: bool = True) -> Opening:
    """The programme of some pairs; without switches any amount may flow."""
    most = np.minimum(rules.lot_kg[rules.lot], rules.need_kg[rules.need])
    most = np.minimum(most, rules.most)
    most = np.where(rules.least <= most, most, 0)
    count = len(most)
    switched = np.flatnonzero((rules.least > 1) & switches)
    possible = np.bincount(rules.door_offer, minlength=len(rules.sellers))
    limited = (rules.sellers > 0) & (rules.sellers < possible)
    doors = np.flatnonzero(limited[rules.door_offer])
    z = np.full(len(rules.door_offer), -1)
    z[doors] = count + len(switched) + np.arange(len(doors))
    rows = _Rows()
    _quantities(rows, rules)
    _shares(rows, rules, most, z)
    _switches(rows, rules, most, switched, z)
    offer = np.cumsum(limited) - 1
    rows.add(
        [(offer[rules.door_offer[doors]], z[doors], np.ones(len(doors)))],
        upper=rules.sellers[limited],
    )
    ones = np.ones(len(switched) + len(doors), dtype=np.int64)
    gain = np.concatenate([rules.worth, 0 * ones]).astype(np.float64)
    program = rows.program(np.concatenate([most, ones]))
    return Opening(program, gain, count, switched, doors)


def _quantities(rows: _Rows, rules: Rules) -> None:
    """The lots, then the needs."""
    pair = np.arange(len(rules.lot))
    for end, kg in ((rules.lot, rules.lot_kg), (rules.need, rules.need_kg)):
        rows.add([(end, pair, np.ones(len(pair)))], upper=kg)


def _shares(rows: _Rows, rules: Rules, most: Ints, z: Ints) -> None:
    """What a seller brings a need: nothing if its door is closed."""
    count = len(rules.share_kg)
    need, door = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    need[rules.share], door[rules.share] = rules.need, rules.door
    could = np.bincount(rules.share, most, count).astype(np.int64)
    could = np.minimum(could, rules.need_kg[need])
    shut = z[door] >= 0
    kept = shut | (rules.share_kg < could)
    number = np.cumsum(kept) - 1
    could = np.minimum(could, rules.share_kg)
    pair, by_door = np.flatnonzero(kept[rules.share]), np.flatnonzero(shut)
    rows.add(
        [
            (number[rules.share[pair]], pair, np.ones(len(pair))),
            (number[by_door], z[door[by_door]], -could[by_door]),
        ],
        upper=np.where(shut, 0, could)[kept],
    )


def _switches(rows: _Rows, rules: Rules, most: Ints, switched: Ints, z: Ints) -> None:
    """Nothing, or the smallest lot at least; and only through an open door."""
    place = np.arange(len(switched))
    y, one = len(rules.lot) + place, np.ones(len(switched))
    for kg, lower in ((rules.least, True), (most, False)):
        sign = -1 if lower else 1
        rows.add(
            [(place, switched, sign * one), (place, y, -sign * kg[switched])],
            upper=np.zeros(len(switched)),
        )
    behind = z[rules.door[switched]] >= 0
    door, place = z[rules.door[switched[behind]]], np.arange(behind.sum())
    one = one[behind]
    rows.add([(place, y[behind], one), (place, door, -one)], upper=0 * one)


class _Rows:
    """Rows that grow: entries in three columns, and an upper bound of each."""

    def __init__(self) -> None:
        nothing = np.zeros(0, dtype=np.int64)
        self.entries, self.upper = [(nothing, nothing, nothing)], [np.zeros(0)]
        self.count = 0

    def add(
        self, entries: list[tuple[Ints, Ints, Ints | Floats]], *, upper: Ints | Floats
    ) -> None:
        """Rows below: (row, counted from 0 among the new; column; value)."""
        for row, column, value in entries:
            self.entries.append((self.count + row, column, value.astype(np.int64)))
        self.upper.append(upper.astype(np.float64))
        self.count += len(upper)

    def program(self, most: Ints) -> Program:
        """The rows as a programme."""
        row, column, value = (
            np.concatenate(part) for part in zip(*self.entries, strict=True)
        )
        lower = np.full(self.count, -np.inf)
        return Program(row, column, value, lower, np.concatenate(self.upper), most)
