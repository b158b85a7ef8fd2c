"""The first day on which a pair can meet."""

from __future__ import annotations

import numpy as np

from marketplace.matching.arrays import Int64, Problem
from marketplace.matching.side import EARTH_KM, Floats, places

NEVER = 1 << 40


def kilometres(problem: Problem, lot: Int64, need: Int64) -> Floats:
    """Great-circle distances, the formula of `side` for whole columns."""
    lots, needs = problem.lots, problem.needs
    one = places(lots.lon[lot], lots.lat[lot])
    other = places(needs.lon[need], needs.lat[need])
    square = sum((one[axis] - other[axis]) ** 2 for axis in "xyz")
    chord: Floats = np.sqrt(square)
    km: Floats = 2 * EARTH_KM * np.arcsin(np.minimum(1.0, chord / (2 * EARTH_KM)))
    return km


def delivery_days(problem: Problem, lot: Int64, need: Int64) -> Int64:
    """The earliest day on which everything holds, NEVER if there is none."""
    pieces, needs = problem.pieces, problem.needs
    first_piece = np.searchsorted(pieces.lot, np.arange(len(problem.lots.kg) + 1))
    counts = np.diff(first_piece)[lot]
    pair = np.repeat(np.arange(len(lot)), counts)
    offset = np.arange(len(pair)) - np.repeat(np.cumsum(counts) - counts, counts)
    piece = first_piece[lot][pair] + offset
    under_way = (kilometres(problem, lot, need) / problem.km_per_day).astype(np.int64)
    start = pieces.first_day[first_piece[lot]] + under_way
    stop = pieces.last_day[first_piece[lot + 1] - 1] - under_way
    first = np.maximum(needs.first_day[need], start)[pair]
    last = np.minimum(needs.last_day[need], stop)[pair]
    first = np.maximum(first, pieces.first_day[piece])
    last = np.minimum(last, pieces.last_day[piece])
    held = needs.requires[need][pair] & ~pieces.has[piece] == 0
    days = np.full(len(lot), NEVER, dtype=np.int64)
    np.minimum.at(days, pair, np.where(held & (first <= last), first, NEVER))
    return days
