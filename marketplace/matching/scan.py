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
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.kernels import inner, kernel
from marketplace.matching.side import (
    NEVER,
    Floats,
    Ints,
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
    node: NDArray[np.int32]
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
    `asking node << 32 | item node` of those that may not meet. With `width` 0
    only the best value is found, which is faster.
    """
    items = items[order_near(points, LEAF)]
    leaves, groups = tiles_of(items, LEAF), tiles_of(items, GROUP)
    rows, columns = len(asking), max(width, 1)
    found = Found(
        np.full(rows, NEVER, dtype=np.int64),
        np.full((rows, columns), -1, dtype=np.int32),
        np.zeros((rows, columns), dtype=np.int64),
    )
    ask = (asking, items, leaves, groups, width, above, apart, km_per_day, *found)
    if pool is None or rows < FEW:
        _scan_rows(0, rows, *ask)
        return found
    edges = np.linspace(0, rows, PARTS + 1).astype(np.int64).tolist()
    parts = [
        pool.submit(_scan_rows, start, stop, *ask)
        for start, stop in zip(edges[:-1], edges[1:], strict=True)
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
    width: int,
    above: int,
    apart: Ints,
    km_per_day: float,
    best: Ints,
    nodes: NDArray[np.int32],
    values: Ints,
) -> None:
    bounds, numbers = np.zeros(len(groups)), np.zeros(len(groups), np.int64)
    for place in range(start, stop):
        row = asking[place]
        count = _rank_groups(row, groups, above, bounds, numbers)
        least, held, most = above, 0, NEVER
        for rank in range(count):
            if bounds[rank] < least + 0.999:
                break
            begin = numbers[rank] * (GROUP // LEAF)
            for leaf in range(begin, min(len(leaves), begin + GROUP // LEAF)):
                if _bound(row, leaves[leaf], least) < least + 0.999:
                    continue
                for item in range(leaf * LEAF, min(len(items), leaf * LEAF + LEAF)):
                    value = worth(row, items[item], least, km_per_day)
                    if value == NEVER:
                        continue
                    if len(apart) and _kept_apart(apart, row.node, items[item].node):
                        continue
                    most = max(most, value)
                    if width == 0:
                        least = value
                        continue
                    held = _insert(
                        nodes[place],
                        values[place],
                        held,
                        width,
                        value,
                        items[item].node,
                    )
                    if held == width:
                        least = max(least, values[place, width - 1])
        best[place] = most


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
def _insert(
    nodes: NDArray[np.int32], values: Ints, held: int, width: int, value: int, node: int
) -> int:
    """Put a partner into the ordered list of a row; how many it then holds."""
    place = min(held, width - 1)
    while place > 0 and values[place - 1] < value:
        values[place], nodes[place] = values[place - 1], nodes[place - 1]
        place -= 1
    values[place], nodes[place] = value, node
    return min(held + 1, width)


@kernel
def _kept_apart(apart: Ints, node: int, other: int) -> bool:
    key = (np.int64(node) << 32) | np.int64(other)
    place = np.searchsorted(apart, key)
    return place < len(apart) and apart[place] == key
