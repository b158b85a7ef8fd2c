"""A small shard, solved row by row: every reason and all advice at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import cos, radians, sin
from typing import Any

from sqlalchemy.orm import Session

from marketplace.matching import Lot, Need, Result, solve
from marketplace.matching.delivery import paper_runs
from marketplace.services.matching_code import (
    Varieties,
    asked_bits,
    held_bits,
    variety_bits,
)
from marketplace.services.matching_inputs import Snapshot, read_market
from marketplace.services.matching_plan import plans_of
from marketplace.services.matching_solved import Solved
from marketplace.services.matching_unmatched import left_of

SECONDS = 20
"""How long the search for side rules may take; the bound tells what is open."""


@dataclass(frozen=True)
class Rows:
    """A shard as lots and needs."""

    products: Sequence[int]
    snapshot: Snapshot
    varieties: Varieties

    @classmethod
    def read(cls, session: Session, products: Sequence[int], *, today: date) -> Rows:
        """The open posts of these products."""
        snapshot = read_market(session, today=today, products=products)
        return cls(products, snapshot, variety_bits(session, products))

    def again(self, session: Session, *, today: date) -> Rows:
        """The same shard as it is now."""
        return Rows.read(session, self.products, today=today)

    @cached_property
    def digest(self) -> str:
        """Equal for two readings if and only if the matcher would see the same."""
        return self.snapshot.digest

    def solve(
        self,
        progress: Callable[[str, int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Solved:
        """The best allocation with its reasons, and what would help the rest."""
        market = self.snapshot.market
        result = solve(market, progress=progress, cancelled=cancelled, seconds=SECONDS)
        plans = plans_of(self.snapshot, result)
        return Solved(
            plans={(plan.harvest_id, plan.offer_id): plan for plan in plans},
            counts=_counts(self.snapshot, result),
            left=list(left_of(self.snapshot, result)),
            lot_prices=list(self._lot_prices(result)),
            need_prices=list(self._need_prices(result)),
        )

    def _lot_prices(self, result: Result) -> Iterator[tuple[Any, ...]]:
        left = {one.id: one.kg for one in result.unmatched_lots}
        for lot in self.snapshot.market.lots:
            worth = lot.ask_vnd + result.lot_gain.get(lot.id, 0)
            yield from lot_rows(lot, self.varieties, left.get(lot.id, 0), worth)

    def _need_prices(self, result: Result) -> Iterator[tuple[Any, ...]]:
        left = {one.id: one.kg for one in result.unmatched_needs}
        for need in self.snapshot.market.needs:
            gain = result.need_gain.get(need.id, 0)
            yield need_row(need, self.varieties, left.get(need.id, 0), gain)


def lot_rows(
    lot: Lot, varieties: Varieties, left_kg: int, price_vnd: int
) -> Iterator[tuple[Any, ...]]:
    """A lot in the price column, a row for each stretch of days."""
    rank = min((rank for rank, kg in lot.grade_kg if kg), default=0)
    known = varieties.get(lot.product, {})
    place = point(lot.lat, lot.lon)
    for part, run in enumerate(paper_runs(lot)):
        has = held_bits(run.has, rank, lot.variety, known)
        days = (run.first_day, run.last_day)
        whose = (lot.id, part, lot.product, lot.owner)
        yield (*whose, has, *days, lot.kg, left_kg, lot.ask_vnd, price_vnd, *place)


def need_row(
    need: Need, varieties: Varieties, left_kg: int, gain_vnd: int
) -> tuple[Any, ...]:
    """A tranche in the price column."""
    known = varieties.get(need.product, {})
    asked = asked_bits(need.requires, need.least_grade, need.varieties, known)
    whose = (need.id, need.offer, need.product, need.owner)
    days = (need.first_day, need.last_day)
    place = point(need.lat, need.lon)
    return (*whose, asked, *days, need.kg, left_kg, need.bid_vnd, gain_vnd, *place)


def point(lat: float, lon: float) -> tuple[float, float, float]:
    """A place on a sphere of radius 1."""
    north, east = radians(lat), radians(lon)
    return cos(north) * cos(east), cos(north) * sin(east), sin(north)


def _counts(snapshot: Snapshot, result: Result) -> dict[str, Any]:
    return {
        "harvests": len(snapshot.lots),
        "tranches": len(snapshot.market.needs),
        "pairs_considered": result.pairs_considered,
        "stages": dict(result.stages),
        "surplus_vnd": result.surplus_vnd,
        "bound_vnd": result.bound_vnd,
        "matched_kg": result.matched_kg,
        "unmatched_supply_kg": sum(left.kg for left in result.unmatched_lots),
        "unmatched_demand_kg": sum(left.kg for left in result.unmatched_needs),
    }
