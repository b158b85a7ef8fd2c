"""Parts too large for rows: laid out in columns, allocated, and read back.

The portions of a lot of mixed grades come together again. If they then fall
short of a smallest lot that no portion by itself had to keep, the pair is given
up and what it leaves is filled in anew, best pair first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from marketplace.matching.allocate import Allocation, allocate
from marketplace.matching.instance import Market, Reference
from marketplace.matching.leftover import Leftover
from marketplace.matching.pair import least_kg
from marketplace.matching.problem import Arrays, laid_out
from marketplace.matching.quotes import Quotes
from marketplace.matching.result import Allocation as Row


@dataclass(frozen=True)
class Outcome:
    """The allocation of a market with prices, its bounds and gains."""

    rows: tuple[Row, ...]
    surplus_vnd: int
    bound_vnd: int
    relaxed_vnd: int
    lot_gain: dict[int, int]
    need_gain: dict[int, int]


def allocate_rows(
    market: Market, *, gap: float, cancelled: Callable[[], bool] | None = None
) -> Outcome:
    """Allocate a market by its columns."""
    arrays = laid_out(market)
    found = allocate(
        arrays.problem,
        gap=gap,
        cancelled=cancelled,
        even=market.least_surplus_vnd <= 0,
        quotes=Quotes(
            _references(market, arrays),
            market.price_step_vnd,
            market.price_give_per_mille,
        ),
    )
    rows = _legal(market, _rows(market, arrays, found))
    surplus = sum(_worth(market, row) * row.kg for row in rows)
    return Outcome(
        rows,
        surplus,
        max(found.bound_vnd, surplus),
        max(found.relaxed_vnd, surplus),
        _least_gain(arrays.lot_ids.tolist(), found.gain_lot.tolist()),
        dict(zip(arrays.need_ids.tolist(), found.gain_need.tolist(), strict=True)),
    )


def _references(market: Market, arrays: Arrays) -> dict[int, Reference]:
    """The references by the numbers that the columns give to products."""
    return {
        number: market.references[market.lot[id_].product]
        for number, id_ in zip(
            arrays.problem.lots.product.tolist(), arrays.lot_ids.tolist(), strict=True
        )
        if market.lot[id_].product in market.references
    }


def _least_gain(ids: list[int], gains: list[int]) -> dict[int, int]:
    """What a kilogram of the least portion of each lot gains."""
    found: dict[int, int] = {}
    for id_, gain in zip(ids, gains, strict=True):
        found[id_] = min(gain, found.get(id_, gain))
    return found


def _rows(market: Market, arrays: Arrays, found: Allocation) -> list[Row]:
    """One row a pair, its portions together, at the price of the best of them."""
    lots, needs = arrays.lot_ids[found.lot], arrays.need_ids[found.need]
    columns = (lots, needs, found.kg, found.surplus_vnd, found.day, found.price_vnd)
    rows: dict[tuple[int, int], Row] = {}
    for values in zip(*(column.tolist() for column in columns), strict=True):
        lot, need, kg, worth, day, price = values
        before = rows.get((lot, need))
        rows[lot, need] = Row(
            lot=lot,
            need=need,
            kg=kg + (before.kg if before else 0),
            price_vnd=before.price_vnd if before else price,
            transport_vnd=market.need[need].bid_vnd - market.lot[lot].ask_vnd - worth,
            day=day,
        )
    return sorted(rows.values())


def _worth(market: Market, row: Row) -> int:
    """Surplus of a kilogram."""
    return (
        market.need[row.need].bid_vnd - market.lot[row.lot].ask_vnd - row.transport_vnd
    )


def _legal(market: Market, rows: list[Row]) -> tuple[Row, ...]:
    """Give up what is too little, and fill the room."""
    kept = [row for row in rows if _suffices(market, row)]
    if len(kept) == len(rows):
        return tuple(rows)
    books = Leftover(market, kept)
    made = {(row.lot, row.need): row for row in kept}
    for row in sorted(rows, key=lambda row: (-_worth(market, row), row)):
        kg = books.try_to_add(market.lot[row.lot], market.need[row.need])
        before = made.get((row.lot, row.need), replace(row, kg=0))
        if kg:
            made[row.lot, row.need] = replace(before, kg=before.kg + kg)
    return tuple(sorted(made.values()))


def _suffices(market: Market, row: Row) -> bool:
    return row.kg >= least_kg(market.lot[row.lot], market.need[row.need])
