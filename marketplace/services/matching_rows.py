"""A small shard, solved row by row: every reason and all advice at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from marketplace.matching import Result, Transport, solve
from marketplace.services.matching_code import Varieties, variety_bits
from marketplace.services.matching_inputs import Snapshot, read_market
from marketplace.services.matching_lots import LotPost
from marketplace.services.matching_needs import OfferPost
from marketplace.services.matching_plan import plans_of
from marketplace.services.matching_price_rows import (
    LOT,
    NEED,
    PriceRow,
    covering,
    lot_rows,
    need_row,
)
from marketplace.services.matching_solved import Solved
from marketplace.services.matching_standing import Moved, differing
from marketplace.services.matching_terms import Carriage, carriage
from marketplace.services.matching_unmatched import left_of

SECONDS = 20
"""How long the search for side rules may take; the bound tells what is open."""


@dataclass(frozen=True)
class Rows:
    """A shard as lots and needs."""

    products: Sequence[int]
    snapshot: Snapshot
    varieties: Varieties
    costs: Carriage

    @classmethod
    def read(cls, session: Session, products: Sequence[int], *, today: date) -> Rows:
        """The open posts of these products."""
        snapshot = read_market(session, today=today, products=products)
        known = variety_bits(session, products)
        return cls(products, snapshot, known, carriage(session, today))

    def still_stands(self, session: Session, *, today: date) -> bool:
        """Whether the matcher would see the same now."""
        return Rows.read(session, self.products, today=today).digest == self.digest

    def moved(self, session: Session, *, today: date) -> Moved | None:
        """Which posts are others now; None if carrying costs something else."""
        now = Rows.read(session, self.products, today=today)
        if now.costs != self.costs or now.transport != self.transport:
            return None
        return Moved(
            differing(self.lots, now.lots),
            differing(self.offers, now.offers),
            now.snapshot.market.apart,
            now.snapshot.superseded,
        )

    @property
    def transport(self) -> Transport:
        return self.snapshot.market.transport

    @property
    def lots(self) -> dict[int, LotPost]:
        """All that is said of each but what only decides between equals."""
        return {
            one: replace(post, lot=replace(post.lot, promised_before_kg=0, record=0))
            for one, post in self.snapshot.lots.items()
        }

    @property
    def offers(self) -> dict[int, OfferPost]:
        """All that is said of each but what only decides between equals."""
        return {
            one: replace(post, needs=tuple(replace(n, record=0) for n in post.needs))
            for one, post in self.snapshot.offers.items()
        }

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
        lots = np.array(list(self._lot_rows(result)), dtype=LOT)
        needs = np.array(list(self._need_prices(result)), dtype=NEED)
        return Solved(
            plans={(plan.harvest_id, plan.offer_id): plan for plan in plans},
            counts=_counts(self.snapshot, result),
            left=list(left_of(self.snapshot, result)),
            lot_prices=covering(lots, needs, self.costs),
            need_prices=needs,
        )

    def _need_prices(self, result: Result) -> Iterator[PriceRow]:
        left = {one.id: one.kg for one in result.unmatched_needs}
        for need in self.snapshot.market.needs:
            gain = result.need_gain.get(need.id, 0)
            yield need_row(need, self.varieties, left.get(need.id, 0), gain)

    def _lot_rows(self, result: Result) -> Iterator[PriceRow]:
        left = {one.id: one.kg for one in result.unmatched_lots}
        for lot in self.snapshot.market.lots:
            kg = left.get(lot.id, 0)
            yield from lot_rows(lot, self.varieties, kg, lot.ask_vnd)


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
