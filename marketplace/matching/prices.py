"""The price of a proposal, by a rule that everybody may know.

The common zone of a pair is [floor, ceiling - transport], the anchor the
middle of the public reference band of the week rounded to the price step.

1. If the anchor lies in the zone, it is the price. It depends on nothing
   secret: any two worlds that differ in a limit, and in which the anchor stays
   in the zone, have the same price.
2. If not, the price is the multiple of ten steps in the zone that is nearest
   to the anchor. Whoever sees 13.000 learns that the other side's limit lies
   in a range 1.000 đ wide, not that it is 13.000.
3. If no such multiple lies in the zone, five steps, two steps, one step, and
   below one step 50, 20, 10, 5, 2 and 1 đồng are tried: the roundest number of
   the zone, and of equally round ones the nearest to the anchor.
4. Without a reference, the roundest number of the zone, from a hundred steps
   downwards, and of equally round ones the lowest.

A zone that competition narrows to a single number is widened by the *give*
(`give_vnd`), for which nobody is held to go elsewhere, as far as both sides' own
limits allow: the number would be somebody's limit, to the đồng.

The middle of the limits is never used: from it each side could compute the
other's. What cannot be hidden by any price inside the zone is that the zone
contains it; the narrower the zone, the more that says.
"""

from __future__ import annotations

from collections.abc import Iterator

from marketplace.matching.instance import Reference
from marketplace.matching.ordered import middle
from marketplace.matching.side import Ints

STEPS = (100, 50, 20, 10, 5, 2, 1)
BELOW = (500, 200, 100, 50, 20, 10, 5, 2, 1)


def anchor_vnd(reference: Reference, step_vnd: int) -> int:
    """The middle of the band, rounded half up to the step, at least one step."""
    middle_twice = reference.low_vnd + reference.high_vnd
    steps = (middle_twice + step_vnd) // (2 * step_vnd)
    return max(steps, 1) * step_vnd


def give_vnd(reference: Reference | None, asks: Ints, per_mille: int) -> int:
    """For how little, in đồng a kilogram, nobody is held to go elsewhere: the
    roundest number up to so many thousandths of the anchor, without one of the
    middle ask."""
    level = anchor_vnd(reference, 1) if reference else int(middle(asks))
    most = level * per_mille // 1000
    return _round_down(most) if most else 0


def _round_down(number: int) -> int:
    """The greatest of 1, 2, 5, 10, 20, 50, ... that is not above a number."""
    power: int = 10 ** (len(str(number)) - 1)
    return power * max(digit for digit in (1, 2, 5) if digit * power <= number)


def price_vnd(
    ask_vnd: int, most_vnd: int, reference: Reference | None, step_vnd: int
) -> int:
    """The price for a common zone [ask_vnd, most_vnd], đồng a kilogram.

    Raises ValueError if the zone is empty.
    """
    low = max(ask_vnd, 1)
    if low > most_vnd:
        raise ValueError("no common zone of prices")
    if reference is None:
        return _roundest(low, most_vnd, low, 100 * step_vnd, step_vnd)
    anchor = anchor_vnd(reference, step_vnd)
    if low <= anchor <= most_vnd:
        return anchor
    return _roundest(low, most_vnd, anchor, 10 * step_vnd, step_vnd)


def _roundest(low: int, high: int, anchor: int, widest: int, step_vnd: int) -> int:
    """The multiple nearest to the anchor of the first grid that meets the zone."""
    for grid in _grids(widest, step_vnd):
        first, last = -(-low // grid) * grid, high // grid * grid
        if first <= last:
            return last if anchor > high else first
    raise AssertionError("the grid of one đồng meets every zone")


def _grids(widest: int, step_vnd: int) -> Iterator[int]:
    """Ever finer grids: multiples of the step, then whole đồng down to one."""
    for factor in STEPS:
        if factor * step_vnd <= widest:
            yield factor * step_vnd
    for grid in BELOW:
        if grid < step_vnd:
            yield grid
    yield 1
