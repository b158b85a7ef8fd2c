"""One lot and one need with what lies between them: road, days, papers, limits."""

from __future__ import annotations

from marketplace.matching.delivery import runs_within, shared_days
from marketplace.matching.instance import Lot, Market, Need
from marketplace.matching.transport import haul


def least_kg(lot: Lot, need: Need) -> int:
    """The least that the lot may bring to the need, if it brings anything.

    That is the larger smallest lot of the two sides, unless less is all that
    the lot has or all that the need asks for.
    """
    return min(max(lot.smallest_kg, need.smallest_kg, 1), lot.kg, need.kg)


def most_kg(lot: Lot, need: Need) -> int:
    """The most that the lot may bring to the need, whatever others do."""
    return min(lot.fitting_kg(need.least_grade), share_kg(need))


def share_kg(need: Need) -> int:
    """The most that one owner may bring to the need."""
    return need.kg if need.most_share_kg is None else min(need.kg, need.most_share_kg)


class Pair:
    """A lot and a need with what lies between them."""

    def __init__(self, lot: Lot, need: Need, market: Market) -> None:
        self.lot = lot
        self.need = need
        self.market = market
        self.road_m, self.transport_vnd, self.transit_days = haul(
            lot, need, market.transport
        )
        self.days = shared_days(lot, need, self.transit_days)
        self.runs = tuple(runs_within(lot, self.days))

    @property
    def surplus_vnd(self) -> int:
        """What a kilogram is worth to the two together."""
        return self.need.bid_vnd - self.lot.ask_vnd - self.transport_vnd
