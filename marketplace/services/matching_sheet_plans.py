"""Allocations on columns as proposals: pairs of posts with lines and a price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from marketplace.domain.bargaining import Bid, Line
from marketplace.matching.allocate import Allocation
from marketplace.matching.arrays import Int64
from marketplace.matching.days import kilometres
from marketplace.services.matching_solved import Pair, Plan
from models.bulk import Columns

if TYPE_CHECKING:
    from marketplace.services.matching_sheet import Sheet

LOT_PLACES = 2**32


class Met(NamedTuple):
    """One allocated pair: positions of harvest and tranche, and on which terms."""

    lot: int
    need: int
    kg: int
    first: int
    last: int
    transport: int
    km: int
    price: int


def plans_of_columns(sheet: Sheet, found: Allocation) -> Iterator[Plan]:
    """One plan for each harvest and offer that were brought together."""
    planner = _Planner(sheet)
    pairs: dict[Pair, list[Met]] = {}
    for one in _met(sheet, found):
        pairs.setdefault((one.lot, planner.need["offer"][one.need]), []).append(one)
    for (lot, offer), lines in pairs.items():
        yield planner.plan(lot, offer, lines)


class _Planner:
    """The columns that a plan is made of, as lists: one look-up a field."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.lot = _lists(sheet.supply.rows)
        self.need = _lists(sheet.demand.rows)
        self.lot_digest = cache(sheet.said.lot_digest)
        self.offer_digest = cache(sheet.said.offer_digest)
        self.day = cache(date.fromordinal)

    def plan(self, lot: int, offer: int, lines: list[Met]) -> Plan:
        """The proposal of one harvest to one offer."""
        first, harvest = lines[0], self.lot["id"][lot]
        answer_by = self.need["answer_by"][first.need]
        return Plan(
            harvest,
            offer,
            seller_id=self.lot["organisation"][lot],
            buyer_id=self.need["organisation"][first.need],
            product_id=self.lot["product"][lot],
            answer_by=self.day(answer_by) if answer_by else None,
            lot_digest=self.lot_digest(harvest),
            offer_digest=self.offer_digest(offer),
            replaced=self.sheet.past.superseded.get((harvest, offer), 0),
            bid=Bid(first.price, tuple(map(self._line, lines))),
            transport_vnd=first.transport,
            distance_km=first.km,
            reasons=[],
        )

    def _line(self, one: Met) -> Line:
        days = self.day(one.first), self.day(one.last)
        return Line(self.need["id"][one.need], one.kg, *days)


def _lists(rows: Columns) -> Mapping[str, list[Any]]:
    names = set(rows.dtype.names or ()) & {
        "id", "offer", "product", "organisation", "floor", "ceiling", "answer_by",
    }  # fmt: skip
    return {name: rows[name].tolist() for name in names}


def _met(sheet: Sheet, found: Allocation) -> list[Met]:
    """Allocated pairs, the portions of a harvest as one, by harvest and tranche."""
    problem, lot, need = sheet.problem, found.lot.astype(np.int64), found.need
    km = kilometres(problem, lot, need.astype(np.int64))
    worth = problem.needs.bid_vnd[need] - problem.lots.ask_vnd[lot]
    road = np.floor(km * sheet.ground.transport.road_percent / 100 + 0.5)
    last = _last_days(sheet, found, (km / problem.km_per_day).astype(np.int64))
    columns: list[Any] = [sheet.portions.of[lot], need, found.kg, found.day, last]
    columns += [worth - found.surplus_vnd, road, _lot_price(columns[0], found)]
    rows = np.stack([column.astype(np.int64) for column in columns], axis=1)
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    if not len(rows):
        return []
    same = (np.diff(rows[:, :2], axis=0) == 0).all(axis=1)
    starts = np.flatnonzero(np.append(True, ~same))
    kg = np.add.reduceat(rows[:, 2], starts)
    rows = rows[starts]
    rows[:, 2] = kg
    return [Met(*row) for row in rows.tolist()]


def _lot_price(harvest: Int64, found: Allocation) -> Int64:
    """One price a harvest: that of its portion with the least."""
    least = np.full(int(harvest.max(initial=-1)) + 1, 1 << 60)
    np.minimum.at(least, harvest, found.price_vnd)
    return least[harvest]


def _last_days(sheet: Sheet, found: Allocation, under_way: Int64) -> Int64:
    """The last day, counted from the first, up to which everything holds."""
    pieces, needs = sheet.problem.pieces, sheet.problem.needs
    key = pieces.lot.astype(np.int64) * LOT_PLACES + pieces.first_day
    asked = needs.requires[found.need]
    sought = found.lot.astype(np.int64) * LOT_PLACES + found.day
    piece = np.searchsorted(key, sought, "right") - 1
    goes_on = np.ones(len(piece), dtype=np.bool_)
    while goes_on.any():
        after = np.minimum(piece + 1, len(key) - 1)
        goes_on &= (piece + 1 < len(key)) & (pieces.lot[after] == found.lot)
        goes_on &= asked & ~pieces.has[after] == 0
        piece = np.where(goes_on, after, piece)
    end = np.searchsorted(pieces.lot, found.lot, side="right") - 1
    arrives = pieces.last_day[end] - under_way
    last = np.minimum(pieces.last_day[piece], needs.last_day[found.need])
    days: Int64 = np.minimum(last, arrives)
    return days
