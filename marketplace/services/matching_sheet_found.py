"""What the solver found on columns: what is left, and the price column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from marketplace.matching.allocate import Allocation
from marketplace.matching.arrays import Int64
from marketplace.services.matching_price_rows import LOT, NEED
from marketplace.services.matching_sheet_plans import plans_of_columns
from marketplace.services.matching_solved import Solved
from models.bulk import Columns

if TYPE_CHECKING:
    from marketplace.services.matching_sheet import Sheet


def solved_of(sheet: Sheet, found: Allocation) -> Solved:
    """Everything that is to be stored."""
    found = keeping_smallest(sheet, found)
    lots, needs = sheet.supply, sheet.demand
    lot_left = lots.left - _sums(sheet.portions.of[found.lot], found.kg, lots.rows)
    need_left = needs.left - _sums(found.need, found.kg, needs.rows)
    plans = plans_of_columns(sheet, found)
    return Solved(
        plans={(plan.harvest_id, plan.offer_id): plan for plan in plans},
        counts={
            "harvests": len(lots.rows),
            "tranches": len(needs.rows),
            "pairs_considered": found.pairs_considered,
            "stages": {},
            "surplus_vnd": found.total_vnd,
            "bound_vnd": found.bound_vnd,
            "matched_kg": int(found.kg.sum()),
            "unmatched_supply_kg": int(lot_left.sum()),
            "unmatched_demand_kg": int(need_left.sum()),
        },
        left=[],  # the price column knows; why, is told on demand
        lot_prices=_lot_prices(sheet, found, lot_left),
        need_prices=_need_prices(sheet, found, need_left),
    )


def keeping_smallest(sheet: Sheet, found: Allocation) -> Allocation:
    """Less the pairs that carry too little once the portions of a harvest are one.

    A portion by itself may be smaller than the smallest lot of its harvest: the
    solver takes it for all there is.
    """
    lots, needs = sheet.supply, sheet.demand
    harvest, need = sheet.portions.of[found.lot], found.need.astype(np.int64)
    pairs, pair = np.unique(harvest * len(needs.rows) + need, return_inverse=True)
    carried = np.zeros(len(pairs), dtype=np.int64)
    np.add.at(carried, pair, found.kg)
    asked = np.maximum(lots.rows["least"][harvest], needs.rows["least"][need])
    least = np.minimum(asked, np.minimum(lots.left[harvest], needs.left[need]))
    kept = carried[pair] >= least
    if kept.all():
        return found
    given_up = int((found.kg * found.surplus_vnd)[~kept].sum())
    names = ("lot", "need", "kg", "surplus_vnd", "day", "price_vnd")
    rows = {name: getattr(found, name)[kept] for name in names}
    return found._replace(**rows, total_vnd=found.total_vnd - given_up)


def _sums(at: Any, kg: Int64, rows: Columns) -> Int64:
    found = np.zeros(len(rows), dtype=np.int64)
    np.add.at(found, at, kg)
    return found


def _lot_prices(sheet: Sheet, found: Allocation, left: Int64) -> Columns:
    """The best portion of each harvest stands for it, a row for each piece."""
    pieces = sheet.problem.pieces
    mine = np.flatnonzero(sheet.portions.part[pieces.lot] == 0)
    lot = pieces.lot[mine]
    rows = sheet.supply.rows[sheet.portions.of[lot]]
    columns = [
        rows["id"],
        np.arange(len(lot)) - np.searchsorted(lot, lot),
        rows["product"],
        rows["owner"],
        pieces.has[mine].astype(np.int64),
        pieces.first_day[mine],
        pieces.last_day[mine],
        sheet.supply.left[sheet.portions.of[lot]],
        left[sheet.portions.of[lot]],
        rows["floor"],
        rows["floor"] + _gains(sheet, found)[sheet.portions.of[lot]],
        *_points(rows),
    ]
    return np.rec.fromarrays(columns, dtype=LOT)


def _gains(sheet: Sheet, found: Allocation) -> Int64:
    """Of each harvest what its dearest portion gains, which covers every pair."""
    most = np.zeros(len(sheet.supply.rows), dtype=np.int64)
    np.maximum.at(most, sheet.portions.of, found.gain_lot)
    return most


def _need_prices(sheet: Sheet, found: Allocation, left: Int64) -> Columns:
    rows, needs = sheet.demand.rows, sheet.problem.needs
    columns = [
        rows["id"],
        rows["offer"],
        rows["product"],
        rows["owner"],
        needs.requires.astype(np.int64),
        needs.first_day,
        needs.last_day,
        needs.kg,
        left,
        rows["ceiling"],
        found.gain_need,
        *_points(rows),
    ]
    return np.rec.fromarrays(columns, dtype=NEED)


def _points(rows: Columns) -> list[Any]:
    """Places on a sphere of radius 1."""
    north, east = np.radians(rows["lat"]), np.radians(rows["lon"])
    return [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)]
