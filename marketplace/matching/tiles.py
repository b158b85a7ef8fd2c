"""Rows in tiles: few neighbours a tile, and what none of them can exceed.

Rows near each other in place, time and price lie in one tile of 16, sixteen
tiles in one of 256 (a k-d order: J. L. Bentley, Multidimensional binary search
trees used for associative searching, 1975). A tile knows the bits that all its
rows share, the span of their days, the best net price, the lowest rate and a
ball around them; so a scan can leave out whole tiles that hold nothing better
than what it has.
"""

from __future__ import annotations

import math

import numpy as np

from marketplace.matching.kernels import kernel
from marketplace.matching.side import Floats, Ints, Records

LEAF, GROUP = 16, 256

TILE = np.dtype(
    [
        ("bits", np.uint64),
        ("first", np.int32),
        ("last", np.int32),
        ("net", np.float64),  # the best, fixed transport taken off
        ("rate", np.float64),  # the lowest
        ("x", np.float64),
        ("y", np.float64),
        ("z", np.float64),
        ("radius", np.float64),
    ]
)
"""The bounds of a run of rows, a cache line long."""


@kernel
def order_near(points: Floats, leaf: int) -> Ints:
    """Positions of the points, halved again and again on the widest axis."""
    order = np.arange(len(points))
    todo = [(0, len(points))]
    while len(todo) > 0:
        start, stop = todo.pop()
        if stop - start > leaf:
            inside = order[start:stop].copy()
            half = ((stop - start) // 2 + leaf - 1) // leaf * leaf
            values = points[inside, _widest(points, inside)]
            order[start:stop] = inside[_halved(values, half)]
            todo.append((start, start + half))
            todo.append((start + half, stop))
    return order


@kernel
def _widest(points: Floats, inside: Ints) -> int:
    axis, widest = 0, -1.0
    for candidate in range(points.shape[1]):
        low = high = points[inside[0], candidate]
        for row in inside:
            value = points[row, candidate]
            low, high = min(low, value), max(high, value)
        if high - low > widest:
            axis, widest = candidate, high - low
    return axis


@kernel
def _halved(values: Floats, half: int) -> Ints:
    """An order with the `half` smallest values first (C. A. R. Hoare's FIND, 1961)."""
    order = np.arange(len(values))
    low, high = 0, len(values) - 1
    while low < high:
        pivot, left, right = values[order[(low + high) // 2]], low, high
        while left <= right:
            while values[order[left]] < pivot:
                left += 1
            while values[order[right]] > pivot:
                right -= 1
            if left <= right:
                order[left], order[right] = order[right], order[left]
                left, right = left + 1, right - 1
        if half <= right:
            high = right
        elif half >= left:
            low = left
        else:
            break
    return order


@kernel
def bound_tiles(rows: Records, size: int, tiles: Records) -> None:
    """Fill in the bounds of each run of `size` rows."""
    for number in range(len(tiles)):
        start, stop = number * size, min(len(rows), number * size + size)
        tile = tiles[number]
        tile.bits, tile.rate = rows[start].bits, rows[start].rate
        tile.first, tile.last = rows[start].first, rows[start].last
        tile.net = rows[start].net - rows[start].fixed
        for place in range(start, stop):
            row = rows[place]
            tile.bits &= row.bits
            tile.first, tile.last = min(tile.first, row.first), max(tile.last, row.last)
            tile.net = max(tile.net, row.net - row.fixed)
            tile.rate = min(tile.rate, row.rate)
            tile.x += row.x / (stop - start)
            tile.y += row.y / (stop - start)
            tile.z += row.z / (stop - start)
        furthest = 0.0
        for place in range(start, stop):
            row = rows[place]
            x, y, z = row.x - tile.x, row.y - tile.y, row.z - tile.z
            furthest = max(furthest, x * x + y * y + z * z)
        tile.radius = math.sqrt(furthest) + 1e-6  # a millimetre for rounding


def tiles_of(rows: Records, size: int) -> Records:
    """The bounds of each run of `size` rows."""
    tiles = np.zeros((len(rows) + size - 1) // size, dtype=TILE)
    bound_tiles(rows, size, tiles)
    return tiles
