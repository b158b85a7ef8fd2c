"""A search that somebody stops."""

from __future__ import annotations

import time

import numpy as np
import pytest

from marketplace.matching.faults import Cancelled
from marketplace.matching.highs import maximise_whole
from marketplace.matching.program import Program


def knapsacks(items: int, rows: int) -> Program:
    """Many knapsacks with the same items: minutes of branch and bound."""
    dice = np.random.default_rng(0)
    row, column = (grid.ravel() for grid in np.indices((rows, items)))
    return Program(
        row=row,
        column=column,
        value=dice.integers(1, 100, rows * items),
        lower=np.full(rows, -np.inf),
        upper=dice.integers(1_000, 1_100, rows).astype(np.float64),
        most=np.ones(items, dtype=np.int64),
    )


def test_a_search_ends_soon_after_somebody_cancels_it():
    program, asked = knapsacks(60, 40), []
    gain = np.random.default_rng(1).integers(50, 100, 60).astype(np.float64)

    def stop() -> None:
        asked.append(time.monotonic())
        raise Cancelled

    with pytest.raises(Cancelled):
        maximise_whole(
            program, gain, np.ones(60, dtype=bool), gap=0, start=np.zeros(60), stop=stop
        )

    assert len(asked) == 1
    assert time.monotonic() - asked[0] < 5
