"""Between which numbers something must lie for an event to be found by it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """A number of this measure, from the first on, up to the last; or beyond each."""

    measure: str
    low: float | None = None
    high: float | None = None
    low_counts: bool = True
    high_counts: bool = True

    def has(self, number: float) -> bool:
        """Whether the number lies in them."""
        above = (
            self.low is None
            or number > self.low
            or (self.low_counts and number == self.low)
        )
        below = (
            self.high is None
            or number < self.high
            or (self.high_counts and number == self.high)
        )
        return above and below

    def met_by(self, measures: Iterable[tuple[str, float]]) -> bool:
        """Whether one of these numbers is of the measure and lies in them."""
        return any(name == self.measure and self.has(one) for name, one in measures)


def compared(how: str, measure: str, number: float) -> Bounds:
    """What `GT`, `GE`, `LT` and `LE` mean."""
    if how in ("GT", "GE"):
        return Bounds(measure, low=number, low_counts=how == "GE")
    return Bounds(measure, high=number, high_counts=how == "LE")
