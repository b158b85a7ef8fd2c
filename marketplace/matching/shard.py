"""The market of one product, ready to be scanned: nodes, sides and prices.

Lots and needs are numbered anew so that neighbours in place and time have
neighbouring numbers. What a shard holds depends on the ids of its rows, not on
the order in which they came.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from marketplace.matching.arrays import LOT_KEY, Problem, needs_at
from marketplace.matching.ordered import middle
from marketplace.matching.scan import Found, scan
from marketplace.matching.side import Floats, Ints, Records, places, priced, records
from marketplace.matching.tiles import LEAF, order_near

DAY_KM = 8.0
"""How far apart a day makes two rows when tiles are cut."""
LASTING_DAYS = 60
"""Products good for longer are told apart by place and price alone."""
ALWAYS = 1 << 30
KM_OF_DEGREE = np.array([105.0, 111.0])


@dataclass(frozen=True)
class Shard:
    """One product. `lot_of` and `need_of` are the positions in the problem."""

    lot_of: Ints
    need_of: Ints
    lots: Records
    needs: Records
    lot_kg: Ints
    need_kg: Ints
    need_most: Ints
    lot_points: Floats
    need_points: Floats
    apart: Ints
    km_per_day: float

    @cached_property
    def rate(self) -> float:
        """Đồng that a kilometre costs, in the middle."""
        return max(middle(self.needs["rate"]), 0.5)

    def lots_for_needs(
        self,
        u: Ints,
        v: Ints,
        *,
        width: int,
        above: int,
        pool: Executor | None,
        only: Ints | None = None,
    ) -> Found:
        """The best lots for each need, or `only` some, at prices u and v."""
        lots, needs = priced(self.lots, u), priced(self.needs, v)
        if only is not None:
            needs = needs.take(only)
        axis = -lots["net"] / self.rate
        return scan(
            needs,
            lots,
            np.column_stack([self.lot_points, axis]),
            width=width,
            above=above,
            apart=self._apart_by_need,
            km_per_day=self.km_per_day,
            pool=pool,
        )

    def needs_for_lots(
        self, u: Ints, v: Ints, *, width: int, above: int, pool: Executor | None
    ) -> Found:
        """The best needs for each piece of a lot, at the same prices."""
        lots, needs = priced(self.lots, u), priced(self.needs, v)
        axis = (needs["net"] - needs["fixed"]) / self.rate
        return scan(
            lots,
            needs,
            np.column_stack([self.need_points, axis]),
            width=width,
            above=above,
            apart=self.apart,
            km_per_day=self.km_per_day,
            pool=pool,
        )

    @cached_property
    def _apart_by_need(self) -> Ints:
        lot, need = self.apart >> 32, self.apart & (LOT_KEY - 1)
        return np.sort((need << 32) | lot)

    def sample(self, lots: Ints, needs: Ints) -> Shard:
        """The shard of some of the lots and some of the needs, by node."""
        number = np.full(len(self.lot_kg), -1)
        number[lots] = np.arange(len(lots))
        rows = np.flatnonzero(number[self.lots["node"]] >= 0)
        sold, asked = self.lots.take(rows), self.needs.take(needs)
        sold["node"], asked["node"] = number[sold["node"]], np.arange(len(needs))
        return replace(
            self,
            lot_of=self.lot_of[lots],
            need_of=self.need_of[needs],
            lots=sold,
            needs=asked,
            lot_kg=self.lot_kg[lots],
            need_kg=self.need_kg[needs],
            need_most=self.need_most[needs],
            lot_points=self.lot_points[rows],
            need_points=self.need_points[needs],
            apart=np.zeros(0, dtype=np.int64),
        )


def shards_of(problem: Problem) -> list[Shard]:
    """A shard for each product that somebody sells and somebody buys."""
    return [shard_of(problem, *rows) for rows in traded(problem)]


def traded(problem: Problem) -> list[tuple[Ints, Ints]]:
    """The positions of lots and needs of each product that both sides have.

    A lot without a day on which it can be delivered is not for sale.
    """
    by_lot = np.argsort(problem.lots.product, kind="stable")
    by_lot = by_lot[np.isin(by_lot, problem.pieces.lot)]
    by_need = np.argsort(problem.needs.product, kind="stable")
    sold, asked = problem.lots.product[by_lot], problem.needs.product[by_need]
    return [
        (_run(by_lot, sold, product), _run(by_need, asked, product))
        for product in np.intersect1d(sold, asked)
    ]


def _run(order: Ints, keys: Ints, key: int) -> Ints:
    start, stop = np.searchsorted(keys, [key, key + 1])
    return order[start:stop]


def shard_of(problem: Problem, lots: Ints, needs: Ints) -> Shard:
    """The shard of these lots and needs."""
    pieces = problem.pieces
    first_piece = np.searchsorted(pieces.lot, np.arange(len(problem.lots.kg) + 1))
    start = pieces.first_day[first_piece[lots]]
    lasting = np.median(problem.lots.shelf_days[lots]) > LASTING_DAYS
    day_km = 0.0 if lasting else DAY_KM
    lot_points = _points(problem.lots.lon[lots], problem.lots.lat[lots], start, day_km)
    need = needs_at(problem.needs, needs)
    need_points = _points(need.lon, need.lat, need.first_day, day_km)
    by_lot, by_need = order_near(lot_points, LEAF), order_near(need_points, LEAF)
    lots, needs = lots[by_lot], needs[by_need]
    side = _lot_side(problem, lots, first_piece)
    return Shard(
        lot_of=lots,
        need_of=needs,
        lots=side,
        needs=_need_side(problem, needs),
        lot_kg=problem.lots.kg[lots],
        need_kg=problem.needs.kg[needs],
        need_most=problem.needs.most_kg[needs],
        lot_points=lot_points[by_lot][side["node"]],
        need_points=need_points[by_need],
        apart=_apart(problem, lots, needs),
        km_per_day=problem.km_per_day,
    )


def _points(lon: Floats, lat: Floats, day: Ints, day_km: float) -> Floats:
    place = np.column_stack([lon, lat]) * KM_OF_DEGREE
    return np.column_stack([place, day * day_km])


def _lot_side(problem: Problem, lots: Ints, first_piece: Ints) -> Records:
    """A row for each piece of the lots."""
    pieces, counts = problem.pieces, np.diff(first_piece)[lots]
    node = np.repeat(np.arange(len(lots)), counts)
    offset = np.arange(len(node)) - np.repeat(np.cumsum(counts) - counts, counts)
    piece, lot = first_piece[lots][node] + offset, lots[node]
    rows = problem.lots
    return records(
        len(node),
        node=node,
        bits=~pieces.has[piece],
        first=pieces.first_day[piece],
        last=pieces.last_day[piece],
        net=-rows.ask_vnd[lot],
        kg=rows.kg[lot],
        least=rows.least_kg[lot],
        most=rows.kg[lot],
        party=rows.seller[lot],
        open=pieces.first_day[first_piece[lot]],
        close=pieces.last_day[first_piece[lot + 1] - 1],
        shelf=rows.shelf_days[lot],
        **places(rows.lon[lot], rows.lat[lot]),
    )


def _need_side(problem: Problem, needs: Ints) -> Records:
    rows = needs_at(problem.needs, needs)
    return records(
        len(needs),
        node=np.arange(len(needs)),
        bits=rows.requires,
        first=rows.first_day,
        last=rows.last_day,
        net=rows.bid_vnd,
        fixed=rows.fixed_vnd,
        rate=rows.rate_vnd,
        kg=rows.kg,
        least=rows.least_kg,
        most=rows.most_kg,
        party=rows.buyer,
        open=-ALWAYS,
        close=ALWAYS,
        shelf=ALWAYS,
        **places(rows.lon, rows.lat),
    )


def _apart(problem: Problem, lots: Ints, needs: Ints) -> Ints:
    """Sorted keys `lot << 32 | need`, in nodes, of pairs that may not meet."""
    lot, offer = problem.apart >> 32, problem.apart & (LOT_KEY - 1)
    number = {int(position): node for node, position in enumerate(lots)}
    mine = [
        (number[int(i)], o) for i, o in zip(lot, offer, strict=True) if int(i) in number
    ]
    offers = problem.needs.offer[needs]
    keys = [
        (node << 32) | int(need)
        for node, o in mine
        for need in np.flatnonzero(offers == o)
    ]
    return np.array(sorted(keys), dtype=np.int64)
