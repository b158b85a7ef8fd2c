"""All pairs of a product that may meet, by numpy: what a good notebook does.

A pair is worth `worth - price - transport`. At the limits (bid and ask) that is
its surplus, and the pairs worth one đồng or more are the feasible ones; at the
prices of a solution nothing may be worth anything, which is the proof. Nothing
here is the engine's: `verify` and the peers stand on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from marketplace.matching.arrays import LOT_KEY, Float, Int64, Problem

EARTH_KM = 6371.0088
AT_ONCE = 2**19
"""Pairs looked at together: their masks stay in the cache of a core."""


class Pairs(NamedTuple):
    """Positions in the problem; surplus at the limits, đồng a kilogram."""

    lot: Int64
    need: Int64
    surplus_vnd: Int64


class Block(NamedTuple):
    """One product; `owner` is each piece's place among the lots."""

    lots: Int64
    needs: Int64
    pieces: Int64
    owner: Int64


def blocks(problem: Problem) -> list[Block]:
    """Products that have both lots and needs, the largest first."""
    of_piece = problem.lots.product[problem.pieces.lot]
    found = []
    for product in np.intersect1d(problem.lots.product, problem.needs.product):
        lots = np.flatnonzero(problem.lots.product == product)
        needs = np.flatnonzero(problem.needs.product == product)
        pieces = np.flatnonzero(of_piece == product)
        owner = np.searchsorted(lots, problem.pieces.lot[pieces])
        found.append(Block(lots, needs, pieces, owner))
    return sorted(found, key=lambda block: -block.lots.size * block.needs.size)


def feasible(problem: Problem, block: Block) -> Pairs:
    """Every pair of the product with a surplus of one đồng or more."""
    ask = problem.lots.ask_vnd[block.lots]
    bid = problem.needs.bid_vnd[block.needs]
    return join(list(worth_at_least(problem, block, ask, bid, 1)))


def worth_at_least(
    problem: Problem, block: Block, price: Int64, worth: Int64, least: int
) -> Iterator[Pairs]:
    """Pairs with `worth - price - transport >= least`, some needs at a time.

    `price` is one number a lot of the block, `worth` one a need, đồng a kg.
    """
    assert np.isinf(problem.km_per_day), "time under way is not counted here"
    price, worth = _narrow(price), _narrow(worth)
    pieces, needs = problem.pieces, problem.needs
    lacks = _mask(~pieces.has[block.pieces], problem)
    first, last = pieces.first_day[block.pieces], pieces.last_day[block.pieces]
    asked = price[block.owner]
    several = block.owner.size > block.lots.size
    step = max(AT_ONCE // max(block.pieces.size, 1), 1)
    for start in range(0, block.needs.size, step):
        rows = slice(start, start + step)
        part = block.needs[rows]
        fixed = np.floor(needs.fixed_vnd[part] + 0.5).astype(price.dtype)
        fits = asked <= (worth[rows] - fixed - least)[:, None]
        fits &= (_mask(needs.requires[part], problem)[:, None] & lacks) == 0
        fits &= first <= needs.last_day[part][:, None]
        fits &= last >= needs.first_day[part][:, None]
        row, piece = np.divmod(np.flatnonzero(fits), block.pieces.size)
        lot = block.owner[piece]
        if several:
            row, lot = _once(row, lot, block.lots.size)
        yield _kept(problem, block, price, worth, least, lot, row + start)


def _kept(
    problem: Problem,
    block: Block,
    price: Int64,
    worth: Int64,
    least: int,
    lot: Int64,
    need: Int64,
) -> Pairs:
    """Those that may meet and are worth enough once they are carried."""
    lots, needs = problem.lots, problem.needs
    i, j = block.lots[lot], block.needs[need]
    carry = transport_vnd(problem, i, j)
    keep = worth[need] - price[lot] - carry >= least
    keep &= lots.seller[i] != needs.buyer[j]
    if problem.apart.size:
        keep &= ~np.isin(i * LOT_KEY + needs.offer[j], problem.apart)
    i, j, carry = i[keep], j[keep], carry[keep]
    return Pairs(i, j, needs.bid_vnd[j] - lots.ask_vnd[i] - carry)


def transport_vnd(problem: Problem, lot: Int64, need: Int64) -> Int64:
    """Whole đồng a kilogram from each lot to each need, half a đồng up."""
    cost = _cost(problem, lot, need)
    return np.floor(cost + 0.5).astype(np.int64)


def on_the_edge(problem: Problem, lot: Int64, need: Int64) -> np.ndarray:
    """Where the last bit of a distance decides how transport is rounded."""
    cost = _cost(problem, lot, need) + 0.5
    return np.abs(cost - np.round(cost)) < 1e-7


def _cost(problem: Problem, lot: Int64, need: Int64) -> Float:
    lots, needs = problem.lots, problem.needs
    here, there = np.radians(lots.lat[lot]), np.radians(needs.lat[need])
    half_lat = (here - there) / 2
    half_lon = np.radians(lots.lon[lot] - needs.lon[need]) / 2
    chord = np.sin(half_lat) ** 2 + np.cos(here) * np.cos(there) * np.sin(half_lon) ** 2
    km = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(chord, 1)))
    return np.asarray(needs.fixed_vnd[need] + needs.rate_vnd[need] * km)


def join(parts: list[Pairs]) -> Pairs:
    """All parts as one."""
    if not parts:
        nothing = np.empty(0, np.int64)
        return Pairs(nothing, nothing, nothing)
    return Pairs(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _once(need: Int64, lot: Int64, lots: int) -> tuple[Int64, Int64]:
    """A lot in several pieces meets a need once."""
    return np.divmod(np.unique(need * lots + lot), lots)


def _narrow(numbers: Int64) -> np.ndarray:
    """In 32 bits if they fit with room to spare: half the traffic of memory."""
    small = numbers.size == 0 or np.abs(numbers).max() < 2**30
    return numbers.astype(np.int32) if small else numbers


def _mask(bits: np.ndarray, problem: Problem) -> np.ndarray:
    wide = problem.needs.requires.size and int(problem.needs.requires.max()) >= 2**32
    return bits if wide else bits.astype(np.uint32)
