"""Columns in the order of a key, into which more is woven."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.kernels import kernel
from marketplace.matching.side import Ints

Column = NDArray[Any]


@kernel
def inserted(old: Column, place: Ints, new: Column) -> Column:
    """The old with each of the new before `old[place]`; places ascend.

    What numpy's `insert` does, several times as fast.
    """
    both = np.empty(len(old) + len(new), old.dtype)
    begin = 0
    for number in range(len(new)):
        for row in range(begin, place[number]):
            both[row + number] = old[row]
        begin = place[number]
        both[begin + number] = new[number]
    for row in range(begin, len(old)):
        both[row + len(new)] = old[row]
    return both


def middle(values: Column) -> float:
    """The upper median, 0 of nothing: numpy's own takes ten times as long on few."""
    half = len(values) // 2
    return float(np.partition(values, half)[half]) if len(values) else 0.0
