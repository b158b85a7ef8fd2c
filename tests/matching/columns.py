"""Small problems in columns that Hypothesis draws, and what is true of them.

The reading is slow and shares nothing with the engine but the columns: pair by
pair, day by day, with the haversine formula.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import ForwardRef, NamedTuple

import numpy as np
from hypothesis import strategies as st

from marketplace.matching.allocate import Allocation
from marketplace.matching.arrays import LOT_KEY, Lots, Needs, Pieces, Problem

PLACES = ((103.7, 21.0), (105.85, 21.03), (103.9, 21.3), (106.7, 10.8))
PAPERS = (3, 3, 3, 1, 2, 0, 3 + (1 << 63))
HUGE = (0, 1, 7, 10**9)


@dataclass(frozen=True)
class Kind:
    """What problems of a kind may have in them."""

    rules: bool = False
    shares: bool = False
    kg: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 7, 9, 9)
    vnd: tuple[int, ...] = tuple(range(0, 1300, 100))
    more_vnd: int = 1_200
    records: tuple[int, ...] = (0, 0, 0, 1, 2)
    speeds: tuple[float, ...] = (math.inf, math.inf, 500.0, 100.0)


@st.composite
def problems(draw, kind: Kind = Kind(), *, most: int = 7) -> Problem:
    """A few lots and needs with ties everywhere."""
    lots, needs = draw(st.integers(1, most)), draw(st.integers(1, most))
    return rolled(draw(st.integers(0, 10**6)), lots, needs, kind)


def rolled(seed: int, lots: int, needs: int, kind: Kind) -> Problem:
    """A problem of so many lots and needs, drawn at random."""
    dice, records = random.Random(seed), random.Random(seed)
    sold = [_lot(dice, kind, records) for _ in range(lots)]
    offers = [dice.randrange(needs) for _ in range(needs)]
    limits = [dice.choice([0, 1, 2]) if kind.rules else 0 for _ in range(needs)]
    asked = [_need(dice, kind, offer, limits[offer], records) for offer in offers]
    apart = {dice.randrange(lots) * LOT_KEY + dice.randrange(needs) for _ in range(2)}
    return Problem(
        Lots(*_columns(Lots, sold)),
        _pieces(dice, sold),
        Needs(*_columns(Needs, asked)),
        np.array(sorted(apart), dtype=np.int64),
        dice.choice(kind.speeds),
    )


def _lot(dice: random.Random, kind: Kind, records: random.Random) -> tuple[float, ...]:
    return (
        dice.choice((0, 0, 0, 1)),
        dice.randrange(4),  # seller
        dice.choice(kind.kg),
        dice.randrange(5) if kind.rules else 0,
        dice.choice(kind.vnd),
        dice.randrange(3),  # promised
        dice.randrange(3),  # posted
        records.choice(kind.records),
        *dice.choice(PLACES),
        dice.randrange(4),  # shelf life
    )


def _need(
    dice: random.Random, kind: Kind, offer: int, limit: int, records: random.Random
) -> tuple[float, ...]:
    first, kg = dice.randrange(4), dice.choice(kind.kg)
    tenths = dice.choice((10, 10, dice.randrange(11)))
    return (
        (0, 0, 0, 1)[offer % 4],
        dice.randrange(3, 7),  # buyer; 3 sells too
        offer,
        first,
        first + dice.randrange(7),
        dice.choice((0, 0, 0, 0, 1, 2, 3, 1 << 63)),
        kg,
        dice.randrange(5) if kind.rules else 0,
        kg * tenths // 10 if kind.rules or kind.shares else kg,
        limit,
        dice.choice(kind.vnd) + kind.more_vnd,
        dice.randrange(3),
        records.choice(kind.records),
        dice.choice((0.0, 0.0, 0.5, 2.5)),
        dice.choice((0.0, 150.0, 0.5)),
        *dice.choice(PLACES),
    )


def _pieces(dice: random.Random, lots) -> Pieces:
    """Runs of days one after the other, the last with the shelf life."""
    found = []
    for lot, row in enumerate(lots):
        first, runs = dice.randrange(3), dice.randrange(1, 4)
        for number in range(runs):
            last = first + dice.randrange(4) + (row[-1] if number == runs - 1 else 0)
            found.append((lot, first, last, dice.choice(PAPERS)))
            first = last + 1
    return Pieces(*_columns(Pieces, found))


def _columns(table, rows) -> list[np.ndarray]:
    """The rows as columns of the types that the table asks for."""
    types = {"Int32": np.int32, "Int64": np.int64, "Mask": np.uint64}
    kinds = [types.get(kind.__forward_arg__, np.float64) for kind in _kinds(table)]
    columns = zip(*rows, strict=True)
    return [np.array(c, dtype=k) for c, k in zip(columns, kinds, strict=True)]


def _kinds(table) -> list[ForwardRef]:
    return list(table.__annotations__.values())


# --- what is true of a problem ---------------------------------------------------


class Pair(NamedTuple):
    """A pair that may meet."""

    lot: int
    need: int
    worth: int
    day: int
    least: int
    km: float


def kilometres(problem: Problem, i: int, j: int) -> float:
    lots, needs = problem.lots, problem.needs
    y, to_y = math.radians(lots.lat[i]), math.radians(needs.lat[j])
    x = math.radians(needs.lon[j] - lots.lon[i])
    half = math.sin((to_y - y) / 2) ** 2
    half += math.cos(y) * math.cos(to_y) * math.sin(x / 2) ** 2
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(half)))


def first_day(problem: Problem, i: int, j: int, km: float) -> int | None:
    """The first day of the need on which the lot serves it."""
    pieces, needs = problem.pieces, problem.needs
    mine = range(*np.searchsorted(pieces.lot, [i, i + 1]).tolist())
    away = int(km / problem.km_per_day)
    requires = int(needs.requires[j])
    if away > problem.lots.shelf_days[i]:
        return None
    earliest = int(pieces.first_day[mine[0]]) + away
    latest = int(pieces.last_day[mine[-1]]) - away
    one, end = max(earliest, needs.first_day[j]), min(latest, needs.last_day[j])
    for day in range(one, end + 1):
        for p in mine:
            there = pieces.first_day[p] <= day <= pieces.last_day[p]
            if there and requires & ~int(pieces.has[p]) == 0:
                return day
    return None


def pair_of(problem: Problem, i: int, j: int, gain: int = 1) -> Pair | None:
    """What a pair is that may meet and gains so many đồng, None if it is not one."""
    lots, needs = problem.lots, problem.needs
    if lots.product[i] != needs.product[j] or lots.seller[i] == needs.buyer[j]:
        return None
    if i * LOT_KEY + int(needs.offer[j]) in problem.apart.tolist():
        return None
    km = kilometres(problem, i, j)
    transport = math.floor(needs.fixed_vnd[j] + needs.rate_vnd[j] * km + 0.5)
    worth = int(needs.bid_vnd[j]) - int(lots.ask_vnd[i]) - transport
    larger = max(lots.least_kg[i], needs.least_kg[j], 1)
    least = int(min(larger, lots.kg[i], needs.kg[j]))
    if worth < gain or not 1 <= least <= needs.most_kg[j]:
        return None
    day = first_day(problem, i, j, km)
    return None if day is None else Pair(i, j, worth, int(day), least, km)


def pairs_of(problem: Problem) -> list[Pair]:
    """All pairs that may meet, by need and lot."""
    found = [
        pair_of(problem, i, j)
        for j in range(len(problem.needs.kg))
        for i in range(len(problem.lots.kg))
    ]
    return [pair for pair in found if pair is not None]


def assert_legal(problem: Problem, found: Allocation) -> None:
    """Every rule, read again for every pair that carries something."""
    lots, needs = problem.lots, problem.needs
    brought: dict[tuple[int, int], int] = {}
    doors: dict[int, set[int]] = {}
    taken, given, total = {}, {}, 0
    columns = (found.lot, found.need, found.kg, found.surplus_vnd, found.day)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    for i, j, kg, worth, day in rows:
        pair = pair_of(problem, i, j, gain=0)
        assert pair is not None
        assert (pair.worth, pair.day) == (worth, day)
        assert kg >= pair.least
        seller, offer = int(lots.seller[i]), int(needs.offer[j])
        brought[j, seller] = brought.get((j, seller), 0) + kg
        doors.setdefault(offer, set()).add(seller)
        taken[i], given[j] = taken.get(i, 0) + kg, given.get(j, 0) + kg
        total += kg * worth
        limit = int(needs.most_suppliers[j])
        assert not 0 < limit < len(doors[offer])
    assert len({row[:2] for row in rows}) == len(rows)
    assert rows == sorted(rows)
    assert all(kg <= lots.kg[i] for i, kg in taken.items())
    assert all(kg <= needs.kg[j] for j, kg in given.items())
    assert all(kg <= needs.most_kg[j] for (j, _), kg in brought.items())
    assert total == found.total_vnd <= found.bound_vnd


def shuffled(problem: Problem, seed: int) -> Problem:
    """The same rows in another order."""
    dice = np.random.default_rng(seed)
    lots, needs = (dice.permutation(len(side.kg)) for side in (problem[0], problem[2]))
    new_lot = np.argsort(lots)
    piece = np.lexsort((problem.pieces.first_day, new_lot[problem.pieces.lot]))
    pieces = type(problem.pieces)(*(column[piece] for column in problem.pieces))
    apart = problem.apart // LOT_KEY
    known = apart < len(lots)
    keys = new_lot[apart[known]] * LOT_KEY + problem.apart[known] % LOT_KEY
    return problem._replace(
        lots=type(problem.lots)(*(column[lots] for column in problem.lots)),
        pieces=pieces._replace(lot=new_lot[pieces.lot].astype(np.int32)),
        needs=type(problem.needs)(*(column[needs] for column in problem.needs)),
        apart=np.sort(keys),
    )
