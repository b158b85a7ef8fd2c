"""What of a delivery is whose: the kilograms and đồng of each member household.

A cooperative delivers the fruit of many households in one load. What the load pays
is shared by the kilograms that each brought: every line of money is rounded half up
for each household, and where the rounded parts miss the line by some đồng, those
whose parts were rounded furthest give or take one đồng each; of two alike, the one
that stands first. So the parts of a line always make the line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from marketplace.domain.price_rules import NotKnownYet
from marketplace.domain.prices import line_total_vnd
from marketplace.domain.settlement_facts import AcceptedLine, Delivery

WHOLE = 1000  # per mille


@dataclass(frozen=True)
class Due:
    """What one household brought and is owed, in kilograms and whole đồng.

    `unpriced_kg` of what was accepted has no price yet and pays nothing so far.
    """

    delivered_kg: int = 0
    accepted_kg: int = 0
    unpriced_kg: int = 0
    owed_vnd: int = 0

    @property
    def rejected_kg(self) -> int:
        return self.delivered_kg - self.accepted_kg

    def __add__(self, other: Due) -> Due:
        return Due(
            self.delivered_kg + other.delivered_kg,
            self.accepted_kg + other.accepted_kg,
            self.unpriced_kg + other.unpriced_kg,
            self.owed_vnd + other.owed_vnd,
        )


@dataclass(frozen=True)
class SharedLine:
    """A line of the settlement: what the cooperative keeps of it, and whose the rest is.

    `parts_vnd` and `parts_kg` stand in the order of the households.
    """

    line: AcceptedLine
    retained_vnd: int
    parts_kg: tuple[int, ...]
    parts_vnd: tuple[int, ...]

    @property
    def priced(self) -> bool:
        return not isinstance(self.line.outcome, NotKnownYet)


@dataclass(frozen=True)
class SharedDelivery:
    """A load among the households that brought it."""

    delivered_kg: tuple[int, ...]
    lines: tuple[SharedLine, ...]

    @property
    def retained_vnd(self) -> int:
        return sum(line.retained_vnd for line in self.lines)

    @property
    def dues(self) -> tuple[Due, ...]:
        """Of each household, in their order."""
        return tuple(self._due(place) for place in range(len(self.delivered_kg)))

    def _due(self, place: int) -> Due:
        return Due(
            self.delivered_kg[place],
            sum(line.parts_kg[place] for line in self.lines),
            sum(line.parts_kg[place] for line in self.lines if not line.priced),
            sum(line.parts_vnd[place] for line in self.lines),
        )


def split(amount: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Whole parts of an amount by weights, half up; together they make the amount.

    Weights are not negative, and one of them is more than nought where there is
    something to split.
    """
    whole = sum(weights)
    if min(weights) < 0 or (amount and not whole):
        raise ValueError(weights)
    if not amount:
        return (0,) * len(weights)
    exact = [Fraction(amount * weight, whole) for weight in weights]
    parts = [int(part + Fraction(1, 2)) for part in exact]
    missing = amount - sum(parts)
    step = 1 if missing > 0 else -1
    furthest = sorted(
        range(len(parts)), key=lambda place: step * (parts[place] - exact[place])
    )
    for place in furthest[: abs(missing)]:
        parts[place] += step
    return tuple(parts)


def retained_of(amount_vnd: int, per_mille: int) -> int:
    """What the cooperative keeps of a line, rounded half up."""
    return line_total_vnd(1, Decimal(amount_vnd * per_mille) / WHOLE)


def share_delivery(
    delivery: Delivery, brought_kg: Sequence[int], per_mille: int
) -> SharedDelivery:
    """The lines of a load among households; what they brought makes the load.

    No household has more accepted than it brought: each line takes its
    kilograms from what the lines before it left.
    """
    if sum(brought_kg) != delivery.delivered_kg or not 0 <= per_mille <= WHOLE:
        raise ValueError(brought_kg)
    left, lines = tuple(brought_kg), []
    for line in delivery.parts:
        kg = split(line.kg, left)
        left = tuple(one - taken for one, taken in zip(left, kg, strict=True))
        retained = retained_of(line.owed_vnd, per_mille)
        parts = split(line.owed_vnd - retained, brought_kg)
        lines.append(SharedLine(line, retained, kg, parts))
    return SharedDelivery(tuple(brought_kg), tuple(lines))


def sum_of(dues: Iterable[Due]) -> Due:
    """All of them together."""
    return sum(dues, Due())


def fill_up(whole_kg: int, brought_kg: Sequence[int]) -> tuple[int, ...]:
    """What was brought, scaled to the whole load; evenly if nothing was told."""
    return split(whole_kg, brought_kg if sum(brought_kg) else [1] * len(brought_kg))
