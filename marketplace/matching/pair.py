"""One lot and one need with what lies between them: road, days, papers held."""

from __future__ import annotations

from marketplace.matching.delivery import runs_within, shared_days
from marketplace.matching.instance import Lot, Market, Need
from marketplace.matching.transport import haul


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

    @property
    def smallest_kg(self) -> int:
        """The least that the lot must bring to the offer."""
        return max(self.lot.smallest_kg, self.need.smallest_kg, 1)

    @property
    def offer_kg(self) -> int:
        """What the whole offer still asks for."""
        tranches = self.market.tranches.get(self.need.offer, (self.need,))
        return sum(need.kg for need in tranches)
