"""The best partners of every row, out of all there are, without trying them all.

For prices u of lots and v of needs a pair is worth s - u - v. Whoever asks for
the best pairs at prices zero wants candidates; whoever asks at the prices of a
solution whether any pair is still worth something wants the proof that it is
optimal. It is the same question: a search for nearest neighbours with weights,
answered tile by tile (see `tiles`), the promising ones first. What is left out
is left out because a bound says so, so the answer is exact.
"""

from __future__ import annotations

from concurrent.futures import Executor
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from marketplace.matching.kernels import inner, kernel
from marketplace.matching.side import (
    NEVER,
    Floats,
    Ints,
    Nodes,
    Record,
    Records,
    chord_km,
    meets,
    worth,
)
from marketplace.matching.tiles import GROUP, LEAF, order_near, tiles_of

FEW = 2_000
"""Fewer rows than that are not worth a second thread."""
PARTS = 16


class Found(NamedTuple):
    """For each asking row: the best value (NEVER if none), the partners' nodes
    (-1 where there are fewer) and their values, best first."""

    best: Ints
    node: Nodes
    value: Ints


def scan(
    asking: Records,
    items: Records,
    points: Floats,
    *,
    width: int,
    above: int,
    apart: Ints,
    km_per_day: float,
    pool: Executor | None = None,
) -> Found:
    """The `width` best items worth more than `above` for each asking row.

    `points` say where the items lie, for tiling; `apart` are the sorted keys
    `asking node << 32 | item node` of those that may not meet.
    """
    items = items.take(order_near(points, LEAF))
    leaves, groups = tiles_of(items, LEAF), tiles_of(items, GROUP)
    rows, columns = len(asking), max(width, 1)
    found = Found(
        np.full(rows, NEVER, dtype=np.int64),
        np.full((rows, columns), -1, dtype=np.int32),
        np.zeros((rows, columns), dtype=np.int64),
    )
    ask = (asking, items, leaves, groups, above, apart, km_per_day, *found)
    if pool is None or rows < FEW:
        _scan_rows(0, rows, *ask)
        return found
    edges = np.linspace(0, rows, PARTS + 1).astype(np.int64).tolist()
    parts = [
        pool.submit(_scan_rows, start, stop, *ask) for start, stop in pairwise(edges)
    ]
    for part in parts:
        part.result()
    return found


@kernel
def _scan_rows(
    start: int,
    stop: int,
    asking: Records,
    items: Records,
    leaves: Records,
    groups: Records,
    above: int,
    apart: Ints,
    km_per_day: float,
    best: Ints,
    nodes: Nodes,
    values: Ints,
) -> None:
    bounds, numbers = np.zeros(len(groups)), np.zeros(len(groups), np.int64)
    for place in range(start, stop):
        row, least, held = asking[place], above, 0
        count = _rank_groups(row, groups, above, bounds, numbers)
        for rank in range(count):
            if bounds[rank] < least + 0.999:
                break
            begin = numbers[rank] * (GROUP // LEAF)
            for leaf in range(begin, min(len(leaves), begin + GROUP // LEAF)):
                if _bound(row, leaves[leaf], least) >= least + 0.999:
                    first, end = leaf * LEAF, min(len(items), leaf * LEAF + LEAF)
                    for item in range(first, end):
                        value = worth(row, items[item], least, km_per_day)
                        if value > least and _may_meet(apart, row, items[item]):
                            node = items[item].node
                            held = _insert(
                                nodes[place], values[place], held, value, node
                            )
                            if held == values.shape[1]:
                                least = max(least, values[place, held - 1])
        best[place] = values[place, 0] if held else NEVER


@kernel
def _rank_groups(
    row: Record, groups: Records, above: int, bounds: Floats, numbers: Ints
) -> int:
    """Fill in the groups that may hold something, best bound first; how many."""
    count = 0
    for group in range(len(groups)):
        most = _bound(row, groups[group], above)
        if most >= above + 0.999:
            place = count
            count += 1
            while place > 0 and bounds[place - 1] < most:
                bounds[place], numbers[place] = bounds[place - 1], numbers[place - 1]
                place -= 1
            bounds[place], numbers[place] = most, group
    return count


@inner
def _bound(row: Record, tile: Record, above: int) -> float:
    """What no row of the tile can exceed; low if none of them fits."""
    most = -1e18
    net = row.net + tile.net - row.fixed + 0.5
    if net >= above + 0.999 and meets(row, tile):
        away = chord_km(row, tile) - tile.radius
        most = net - (row.rate + tile.rate) * max(away, 0.0)
    return most


@inner
def _insert(nodes: Nodes, values: Ints, held: int, value: int, node: int) -> int:
    """Put a partner into the ordered list of a row; how many it then holds."""
    place = min(held, len(values) - 1)
    while place > 0 and values[place - 1] < value:
        values[place], nodes[place] = values[place - 1], nodes[place - 1]
        place -= 1
    values[place], nodes[place] = value, node
    return min(held + 1, len(values))


@kernel
def _may_meet(apart: Ints, row: Record, item: Record) -> bool:
    if len(apart) == 0:
        return True
    key = (np.int64(row.node) << 32) | np.int64(item.node)
    place = np.searchsorted(apart, key)
    return bool(place == len(apart) or apart[place] != key)
