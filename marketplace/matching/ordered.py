"""The middle of a column."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]


def middle(values: Column) -> float:
    """The upper median, 0 of nothing: numpy's own takes ten times as long on few."""
    half = len(values) // 2
    return float(np.partition(values, half)[half]) if len(values) else 0.0
