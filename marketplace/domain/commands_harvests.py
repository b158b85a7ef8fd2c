"""What a seller asks the market to do, in values that are read already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from marketplace.domain.windows import Window


@dataclass(frozen=True)
class Forecast:
    """The window of a harvest and its kilograms: at least, likely, at most.

    Without `low_kg` or `high_kg` the published shares of the likely one count.
    """

    window_start: date
    window_end: date
    likely_kg: int
    low_kg: int | None = None
    high_kg: int | None = None

    @property
    def window(self) -> Window:
        return Window(self.window_start, self.window_end)


@dataclass(frozen=True)
class PostHarvest:
    """An expected harvest as its seller words it; also the words of a draft.

    `grades` are the shares in tenths of a percent by rank, 1 the best. The floor
    price is the seller's secret, 0 takes any price; the asking price is shown.
    `papers` are public ids of certificates and codes; None takes all that speak
    of the product and the garden.
    """

    product_code: str
    forecast: Forecast
    variety_code: str = ""
    grades: tuple[tuple[int, int], ...] = ((1, 1000),)
    area: str = ""
    papers: tuple[str, ...] | None = None
    floor_price_vnd: int = 0
    asking_price_vnd: int | None = None
    smallest_lot_kg: int = 0
    place: str = ""
    packaging: str = ""
    harvested_area_ha: Decimal | None = None
    notes: str = ""


@dataclass(frozen=True)
class ReviseForecast:
    """What is expected now, and why it is no longer what was said before."""

    forecast: Forecast
    reason: str = ""
    floor_price_vnd: int | None = None
    smallest_lot_kg: int | None = None


@dataclass(frozen=True)
class CloseHarvest:
    """The harvest is over: how much it really was, in kilograms."""

    actual_kg: int
