"""Processors: who buys one product and sells what it makes of it.

A processor is two rows of the ordinary market: a need for the raw product and
a lot of the made one. What ties them together is mass, `ratio` kilograms in for
one out, and a price within: at π đồng for a kilogram in, the need bids π and
the lot asks ratio (π + fee). Whatever is made can be delivered only after the
last day of intake and the days of drying, so that no order of arrivals matters.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from marketplace.matching.faults import MOST_VND
from marketplace.matching.instance import Lot, Market, Need
from marketplace.matching.result import Allocation

Kilograms = Mapping[int, int]


@dataclass(frozen=True)
class Processor:
    """One campaign of one processor.

    `intake` and `output` say what is bought and sold, when, where and under
    which rules; their kilograms and prices are those of a plan, see `rows`.
    Ids of both are no others' in the market. `kg` is the most that can be taken
    in, `ratio` at least 1, `fee_vnd` the least it works for, a kilogram in.
    """

    id: int
    intake: Need
    output: Lot
    ratio: Fraction
    kg: int
    fee_vnd: int

    @property
    def most_out_kg(self) -> int:
        """Kilograms that the whole capacity makes."""
        return math.floor(self.kg / self.ratio)

    def raw_kg(self, out_kg: int) -> int:
        """Kilograms that are used up for so many."""
        return math.ceil(self.ratio * out_kg)

    def ask_vnd(self, price_vnd: int, out_kg: int) -> int:
        """What a kilogram of so many out must bring if one in costs that much.

        No more than anybody may bid, at which nobody gains.
        """
        cost = self.raw_kg(out_kg) * (price_vnd + self.fee_vnd)
        return min(math.ceil(Fraction(cost, out_kg)), MOST_VND)

    def least_ask_vnd(self, price_vnd: int) -> int:
        """The same rounded down, with fractions of a kilogram in."""
        return min(math.floor(self.ratio * (price_vnd + self.fee_vnd)), MOST_VND)

    def rows(
        self, in_kg: int, out_kg: int, bid_vnd: int, ask_vnd: int
    ) -> tuple[Lot, Need]:
        """The lot and the need of a plan."""
        graded = tuple((rank, out_kg) for rank, _ in self.output.grade_kg[:1])
        lot = replace(self.output, kg=out_kg, grade_kg=graded, ask_vnd=ask_vnd)
        return lot, replace(self.intake, kg=in_kg, bid_vnd=bid_vnd)


@dataclass(frozen=True)
class Processed:
    """What one processor takes in and gives out, kilograms."""

    processor: int
    in_kg: int
    out_kg: int


def products_of(processors: Sequence[Processor]) -> set[int]:
    """Products that some processor buys or sells."""
    raw = {one.intake.product for one in processors}
    return raw | {one.output.product for one in processors}


def part_of(market: Market, products: set[int], *, inside: bool = True) -> Market:
    """Only these products, or all the others."""
    return replace(
        market,
        lots=tuple(row for row in market.lots if (row.product in products) is inside),
        needs=tuple(row for row in market.needs if (row.product in products) is inside),
    )


def flows(processor: Processor, allocations: Sequence[Allocation]) -> Processed:
    """What an allocation lets a processor take in and give out."""
    return Processed(
        processor.id,
        sum(row.kg for row in allocations if row.need == processor.intake.id),
        sum(row.kg for row in allocations if row.lot == processor.output.id),
    )
