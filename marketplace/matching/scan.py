"""The best partners of every row, out of all there are, without trying them all.

For prices u of lots and v of needs a pair is worth s - u - v. Whoever asks for
the best pairs at prices zero wants candidates; whoever asks at the prices of a
solution whether any pair is still worth something wants the proof that it is
optimal. It is the same question: a search for nearest neighbours with weights,
answered tile by tile (see `tiles`), the promising ones first, sixteen at a
glance (`sieve`). What is left out is left out because a bound says so, so the
answer is exact.
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
    worth,
)
from marketplace.matching.sieve import (
    LINE,
    Sieve,
    Wanted,
    lowest,
    sieve_of,
    sift,
    wanted,
)
from marketplace.matching.tiles import GROUP, LEAF, order_near, tiles_of

FEW = 4_000
"""Fewer rows than that are not worth a second thread."""
PARTS = 16
Sieves = tuple[Sieve, Sieve, Sieve]
"""Of items, of tiles of sixteen, of tiles of sixteen tiles."""


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
    sieves = (
        sieve_of(items, items["net"] - items["fixed"], np.zeros(len(items))),
        sieve_of(leaves, leaves["net"], leaves["radius"]),
        sieve_of(groups, groups["net"], groups["radius"]),
    )
    ask = (asking, items, groups, sieves, above, apart, km_per_day, *found)
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
    groups: Records,
    sieves: Sieves,
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
        wants = wanted(row)
        count = _rank_groups(row, wants, groups, sieves[2], above, bounds, numbers)
        for rank in range(count):
            if bounds[rank] < least + 0.999:
                break
            some = sift(sieves[1], numbers[rank], wants, least)
            while some:
                leaf = numbers[rank] * LINE + lowest(some)
                some &= some - 1
                few = sift(sieves[0], leaf, wants, least)
                if few:
                    least, held = _look_at(
                        few, leaf, row, items, apart, km_per_day,
                        place, nodes, values, least, held,
                    )  # fmt: skip
        best[place] = values[place, 0] if held else NEVER


@inner
def _look_at(
    few: int,
    leaf: int,
    row: Record,
    items: Records,
    apart: Ints,
    km_per_day: float,
    place: int,
    nodes: Nodes,
    values: Ints,
    least: int,
    held: int,
) -> tuple[int, int]:
    """Try some of a tile; (the value to exceed, partners held) after that."""
    while few:
        item = items[leaf * LINE + lowest(few)]
        few &= few - 1
        value = worth(row, item, least, km_per_day)
        if value > least and _may_meet(apart, row, item):
            held = _insert(nodes[place], values[place], held, value, item.node)
            if held == values.shape[1]:
                least = max(least, values[place, held - 1])
    return least, held


@inner
def _rank_groups(
    row: Record,
    wants: Wanted,
    groups: Records,
    sieve: Sieve,
    above: int,
    bounds: Floats,
    numbers: Ints,
) -> int:
    """Fill in the groups that may hold something, best bound first; how many."""
    count = 0
    for line in range(len(sieve.whole)):
        some = sift(sieve, line, wants, above)
        while some:
            group = line * LINE + lowest(some)
            some &= some - 1
            most = _bound(row, groups[group])
            if most >= above + 0.999:
                place = count
                count += 1
                while place > 0 and bounds[place - 1] < most:
                    bounds[place] = bounds[place - 1]
                    numbers[place] = numbers[place - 1]
                    place -= 1
                bounds[place], numbers[place] = most, group
    return count


@inner
def _bound(row: Record, tile: Record) -> float:
    """What no row of a tile that was not sifted out can exceed."""
    away = chord_km(row, tile) - tile.radius
    net = row.net + tile.net - row.fixed + 0.5
    return float(net - (row.rate + tile.rate) * max(away, 0.0))


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
