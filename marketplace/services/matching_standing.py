"""What of a solved shard still stands when some of its posts have changed since.

Lots and needs that are as they were read may meet as they were allotted, whatever
became of others: a pair that is left out only leaves more. Left kilograms stay
open until what changed is matched by itself or the market again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from marketplace.services.matching_solved import Left, Pair, Plan, Solved
from models.bulk import Columns


@dataclass(frozen=True)
class Moved:
    """Posts that came, went or changed since a reading, and who may not meet now."""

    harvests: frozenset[int]
    offers: frozenset[int]
    apart: frozenset[Pair]
    superseded: Mapping[Pair, int]

    @property
    def posts(self) -> int:
        """How many posts are left to be matched by themselves."""
        return len(self.harvests) + len(self.offers)

    def leaves(self, plan: Plan) -> bool:
        """Whether both posts are as they were and may still meet."""
        pair = (plan.harvest_id, plan.offer_id)
        return (
            plan.harvest_id not in self.harvests
            and plan.offer_id not in self.offers
            and pair not in self.apart
        )


def differing(
    before: Mapping[int, object], after: Mapping[int, object]
) -> frozenset[int]:
    """The ids that only one of the two knows, or that say something else there."""
    return frozenset(
        one for one in before.keys() | after.keys() if before.get(one) != after.get(one)
    )


def standing(solved: Solved, moved: Moved) -> Solved:
    """The same less the pairs that do not stand; their kilograms are left over."""
    kept: dict[Pair, Plan] = {}
    gone: list[Plan] = []
    for pair, plan in solved.plans.items():
        if moved.leaves(plan):
            kept[pair] = replace(plan, replaced=moved.superseded.get(pair, 0))
        else:
            gone.append(plan)
    lot_kg, need_kg = _kilograms(gone)
    return Solved(
        plans=kept,
        counts=_counts(solved, gone),
        left=list(_told(solved, moved, lot_kg, need_kg)),
        lot_prices=_with_left(solved.lot_prices, "harvest_id", lot_kg),
        need_prices=_with_left(solved.need_prices, "tranche_id", need_kg),
    )


def _kilograms(plans: Iterable[Plan]) -> tuple[Counter[int], Counter[int]]:
    """Of each harvest and of each tranche."""
    of_lot: Counter[int] = Counter()
    of_need: Counter[int] = Counter()
    for plan in plans:
        for line in plan.bid.lines:
            of_lot[plan.harvest_id] += line.kg
            of_need[line.tranche_id] += line.kg
    return of_lot, of_need


def _counts(solved: Solved, gone: Iterable[Plan]) -> dict[str, Any]:
    """The sums less what is not proposed; the bound is that of the reading."""
    lots, needs = solved.lot_prices, solved.need_prices
    ask = dict(zip(lots["harvest_id"].tolist(), lots["ask_vnd"].tolist(), strict=True))
    bid = dict(
        zip(needs["tranche_id"].tolist(), needs["bid_vnd"].tolist(), strict=True)
    )
    counts = dict(solved.counts)
    for plan in gone:
        cost = ask[plan.harvest_id] + plan.transport_vnd
        for line in plan.bid.lines:
            counts["surplus_vnd"] -= line.kg * (bid[line.tranche_id] - cost)
        counts["matched_kg"] -= plan.bid.kg
        counts["unmatched_supply_kg"] += plan.bid.kg
        counts["unmatched_demand_kg"] += plan.bid.kg
    return counts


def _told(
    solved: Solved, moved: Moved, lots: Counter[int], needs: Counter[int]
) -> Iterable[Left]:
    """Why something is left is only said of posts of which all stands."""
    prices = solved.need_prices
    changed = prices["tranche_id"][np.isin(prices["offer_id"], list(moved.offers))]
    silent_needs = {*changed.tolist(), *needs}
    silent_lots = {*moved.harvests, *lots}
    for left in solved.left:
        if left.harvest_id not in silent_lots and left.tranche_id not in silent_needs:
            yield left


def _with_left(rows: Columns, key: str, more: Counter[int]) -> Columns:
    """The price column with so many kilograms more that nobody was found for."""
    found = rows.copy()
    for place in np.flatnonzero(np.isin(rows[key], list(more))):
        found["left_kg"][place] += more[int(rows[key][place])]
    return found
