"""What the matcher is given: lots, needs and the ground rules of one market.

All values are plain numbers: days are date ordinals, masses whole kilograms,
money whole đồng, papers and markets bits of one mask. The order of rows means
nothing; ids are what ties are finally settled by.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property


@dataclass(frozen=True, order=True)
class Segment:
    """A run of days, both ends included, and the papers that hold on each."""

    first_day: int
    last_day: int
    has: int


@dataclass(frozen=True)
class Lot:
    """Supply: what one harvest has left to sell.

    `segments` tell which papers hold on which delivery day. They may overlap
    (then the masks add up); a day that none covers holds nothing. The harvest
    runs over `window`, or over the span of the segments if it is not given, so
    that segments may reach past the harvest into the shelf life.
    `grade_kg` says how much there is of each grade, rank 1 being the best.
    """

    id: int
    owner: int
    product: int
    variety: int
    grade_kg: tuple[tuple[int, int], ...]
    kg: int
    smallest_kg: int
    ask_vnd: int
    segments: tuple[Segment, ...]
    shelf_life_days: int
    lat: float
    lon: float
    promised_before_kg: int = 0
    posted: int = 0
    record: int = 0
    window: tuple[int, int] | None = None

    @property
    def first_day(self) -> int:
        """First day of harvest."""
        if self.window is not None:
            return self.window[0]
        return min(segment.first_day for segment in self.segments)

    @property
    def last_day(self) -> int:
        """Last day of harvest; the shelf life comes after it."""
        if self.window is not None:
            return self.window[1]
        return max(segment.last_day for segment in self.segments)

    def fitting_kg(self, least_grade: int) -> int:
        """Kilograms of `least_grade` or better; 0 asks for no grade."""
        if least_grade == 0:
            return self.kg
        good = sum(kg for rank, kg in self.grade_kg if rank <= least_grade)
        return min(self.kg, good)


@dataclass(frozen=True)
class Need:
    """Demand: one delivery tranche of an offer.

    `smallest_kg` is the least that one lot must bring, unless it brings all it
    has or all that is asked for. `most_suppliers` is the most owners that may
    serve the whole offer, 0 for no limit; `most_share_kg` the most that one
    owner may bring to this tranche with all its lots, None for no limit.
    Carrying costs `fixed_vnd_per_kg` and `rate_vnd_per_kg_km` a kilometre.
    """

    id: int
    offer: int
    owner: int
    product: int
    varieties: frozenset[int]
    least_grade: int
    requires: int
    first_day: int
    last_day: int
    kg: int
    bid_vnd: int
    smallest_kg: int
    most_suppliers: int
    lat: float
    lon: float
    posted: int = 0
    record: int = 0
    most_share_kg: int | None = None
    rate_vnd_per_kg_km: float = 0.0
    fixed_vnd_per_kg: float = 0.0


@dataclass(frozen=True)
class Transport:
    """How long roads are and how fast lorries, what no need has a say in.

    Roads are `road_percent` hundredths of the great circle; with an infinite
    `km_per_day`, kilometres of road a day, no day passes under way.
    """

    road_percent: int = 100
    km_per_day: float = math.inf

    @property
    def straight_km_per_day(self) -> float:
        """Kilometres as the crow flies that a lorry comes in a day."""
        return self.km_per_day * 100 / self.road_percent


@dataclass(frozen=True)
class Reference:
    """The public price band of the week for one product, đồng a kilogram."""

    low_vnd: int
    high_vnd: int


@dataclass(frozen=True)
class Market:
    """Everything one run looks at.

    `apart` holds the (lot, offer) pairs that may not meet: one of them has
    said no to the other's post as it stands, or they are bargaining already.
    `least_surplus_vnd` is what a kilogram of a pair must be worth to both: with 0,
    pairs that only just do not lose are met where nothing better is.
    """

    lots: tuple[Lot, ...]
    needs: tuple[Need, ...]
    transport: Transport = field(default_factory=Transport)
    references: Mapping[int, Reference] = field(default_factory=dict)
    price_step_vnd: int = 100
    price_give_per_mille: int = 0
    market_bits: int = 0
    apart: frozenset[tuple[int, int]] = frozenset()
    least_surplus_vnd: int = 0

    def in_order(self) -> Market:
        """The same market with rows by id, so that row order cannot matter."""
        lots = tuple(sorted(self.lots, key=lambda lot: lot.id))
        needs = tuple(sorted(self.needs, key=lambda need: (need.offer, need.id)))
        return replace(self, lots=lots, needs=needs)

    @cached_property
    def lot(self) -> dict[int, Lot]:
        """Lots by id."""
        return {lot.id: lot for lot in self.lots}

    @cached_property
    def need(self) -> dict[int, Need]:
        """Needs by id."""
        return {need.id: need for need in self.needs}

    @cached_property
    def apart_from(self) -> dict[int, list[int]]:
        """The offers that each lot stands apart from."""
        found: dict[int, list[int]] = {}
        for lot, offer in self.apart:
            found.setdefault(lot, []).append(offer)
        return found

    @cached_property
    def tranches(self) -> dict[int, tuple[Need, ...]]:
        """The needs of each offer, by id."""
        found: dict[int, list[Need]] = {}
        for need in sorted(self.needs, key=lambda need: need.id):
            found.setdefault(need.offer, []).append(need)
        return {offer: tuple(needs) for offer, needs in found.items()}
