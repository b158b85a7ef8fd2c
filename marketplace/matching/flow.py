"""What a solver of one product is told and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marketplace.matching.candidates import Candidates
from marketplace.matching.kernels import kernel
from marketplace.matching.network import Network
from marketplace.matching.side import Ints

ENOUGH = 15e-3
"""The gap at which the simplex takes over from the auction."""
ROUNDS = 8
ROUGH = 2e-3
"""A gap from which on the auction alone is enough."""
ROUGH_ROUNDS = 24


@dataclass(frozen=True)
class Limits:
    """How far to go: the relative gap to prove, whether prices must be exact."""

    gap: float = 0.0
    exact: bool = True
    enough: float = ENOUGH
    rounds: int = ROUNDS

    @property
    def nearly(self) -> float:
        """Epsilon of the auction, as a part of the middle surplus.

        It is finer where no simplex follows that would mend what it leaves.
        """
        return 0.02 if self.exact else 0.01

    @property
    def more(self) -> int:
        """Pairs of each need that join in a round: more where rounds are few."""
        return 8 if self.exact else 5


def limits_of(gap: float) -> Limits:
    """The simplex is for small gaps; for others more rounds of the auction."""
    if gap < ROUGH:
        return Limits(gap)
    return Limits(gap, exact=False, enough=gap, rounds=ROUGH_ROUNDS)


@dataclass
class Flow:
    """Kilograms on the candidates, prices, and what they prove."""

    candidates: Candidates
    kg: Ints
    u: Ints
    v: Ints
    surplus: int
    bound: int
    network: Network | None = None

    @property
    def gap(self) -> float:
        """How much of the bound is missing."""
        return (self.bound - self.surplus) / self.bound if self.bound else 0.0

    def prove(self, u: Ints, v: Ints, bound: int) -> None:
        """Keep these prices unless others prove more."""
        if bound <= self.bound:
            self.u, self.v, self.bound = u, v, bound

    def grow(self, together: Candidates) -> None:
        """Let pairs join that carry nothing yet."""
        kilograms = np.zeros(len(together.key), dtype=np.int64)
        kilograms[np.searchsorted(together.key, self.candidates.key)] = self.kg
        self.candidates, self.kg = together, kilograms


def total(a: Ints, b: Ints) -> int:
    """The sum of the products, exact at any size."""
    found, size = _total(a, b)
    if size < 2.0**62:
        return int(found)
    return sum(int(x) * int(y) for x, y in zip(a.tolist(), b.tolist(), strict=True))


@kernel
def _total(a: Ints, b: Ints) -> tuple[int, float]:
    """(the sum as far as 64 bits hold it, how large it could have become)."""
    found, size = 0, 0.0
    for place in range(len(a)):
        found += int(a[place]) * int(b[place])
        size += abs(float(a[place])) * abs(float(b[place]))
    return found, size
