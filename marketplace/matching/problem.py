"""A market as columns for the fast solver, and back.

A lot of mixed grades becomes a row for every part of it that some need tells
from the rest; these portions share its id and its seller. Because the grades
that satisfy a need are a beginning of the order of grades, portions may be
allocated exactly if the lot may. Products, parties and offers are numbered
from 0, each product has a code of its own for what is asked for (`marks`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from marketplace.matching.arrays import (
    LOT_KEY,
    Int64,
    Lots,
    Needs,
    Pieces,
    Problem,
)
from marketplace.matching.delivery import paper_runs
from marketplace.matching.instance import Lot, Market, Need
from marketplace.matching.marks import Marks
from marketplace.matching.pair import share_kg


class Portion(NamedTuple):
    """Kilograms of a lot of one grade, 0 if of none."""

    lot: Lot
    rank: int
    kg: int


class Arrays(NamedTuple):
    """The columns, and of which lot and need each row is."""

    problem: Problem
    lot_ids: Int64
    need_ids: Int64


def arrays_of(market: Market) -> Problem:
    """The columns of a market."""
    return laid_out(market).problem


def laid_out(market: Market) -> Arrays:
    """The columns of a market, rows in the order of ids, with those ids."""
    marks = _marks(market)
    needs = sorted((n for n in market.needs if n.kg > 0), key=lambda need: need.id)
    portions = [
        portion
        for lot in sorted(market.lots, key=lambda lot: lot.id)
        for portion in portions_of(lot, marks.get(lot.product))
    ]
    numbers = _Numbers(market)
    offers = {offer: place for place, offer in enumerate(sorted(market.tranches))}
    return Arrays(
        Problem(
            _lots(portions, numbers),
            _pieces(portions, marks),
            _needs(needs, numbers, offers, marks),
            _apart(market, portions, offers),
            market.transport.straight_km_per_day,
        ),
        np.array([portion.lot.id for portion in portions], dtype=np.int64),
        np.array([need.id for need in needs], dtype=np.int64),
    )


def portions_of(lot: Lot, marks: Marks | None) -> Iterator[Portion]:
    """The parts of a lot that some need tells apart; all of it if none does."""
    left, known = lot.kg, 0
    found: dict[int, Portion] = {}
    for rank, _ in sorted(lot.grade_kg):
        good = lot.fitting_kg(rank)
        bits = marks.grade_bits(rank) if marks else 0
        if good > known and bits:
            before = found.get(bits)
            kg = good - known + (before.kg if before else 0)
            found[bits] = Portion(lot, before.rank if before else rank, kg)
            left, known = left - (good - known), good
    yield from found.values()
    if left > 0:
        yield Portion(lot, 0, left)


class _Numbers:
    """Numbers from 0 for products and for parties, sellers and buyers alike."""

    def __init__(self, market: Market) -> None:
        rows: tuple[Lot | Need, ...] = (*market.lots, *market.needs)
        self.product = _numbered({row.product for row in rows})
        self.owner = _numbered({row.owner for row in rows})


def _numbered(values: set[int]) -> dict[int, int]:
    return {value: place for place, value in enumerate(sorted(values))}


def _marks(market: Market) -> dict[int, Marks]:
    """The code of each product that somebody asks for."""
    lots: dict[int, list[Lot]] = {}
    needs: dict[int, list[Need]] = {}
    for lot in market.lots:
        lots.setdefault(lot.product, []).append(lot)
    for need in market.needs:
        needs.setdefault(need.product, []).append(need)
    return {
        product: Marks(lots.get(product, ()), asking)
        for product, asking in needs.items()
    }


def _lots(portions: list[Portion], numbers: _Numbers) -> Lots:
    lots = [portion.lot for portion in portions]
    return Lots(
        product=_int32(numbers.product[lot.product] for lot in lots),
        seller=_int32(numbers.owner[lot.owner] for lot in lots),
        kg=_int64(portion.kg for portion in portions),
        least_kg=_int64(lot.smallest_kg for lot in lots),
        ask_vnd=_int64(lot.ask_vnd for lot in lots),
        promised_kg=_int64(lot.promised_before_kg for lot in lots),
        posted=_int64(lot.posted for lot in lots),
        record=_int64(lot.record for lot in lots),
        lon=_float(lot.lon for lot in lots),
        lat=_float(lot.lat for lot in lots),
        shelf_days=_int32(lot.shelf_life_days for lot in lots),
    )


def _pieces(portions: list[Portion], marks: dict[int, Marks]) -> Pieces:
    rows: list[tuple[int, int, int]] = []
    masks: list[int] = []
    for place, (lot, rank, _) in enumerate(portions):
        code = marks.get(lot.product)
        for run in paper_runs(lot):
            has = code.of_lot(run.has, lot.variety, rank) if code else 0
            if rows and rows[-1][0] == place and masks[-1] == has:
                rows[-1] = (place, rows[-1][1], run.last_day)
            else:
                rows.append((place, run.first_day, run.last_day))
                masks.append(has)
    return Pieces(
        lot=_int32(place for place, _, _ in rows),
        first_day=_int32(first for _, first, _ in rows),
        last_day=_int32(last for _, _, last in rows),
        has=np.array(masks, dtype=np.uint64),
    )


def _needs(
    needs: list[Need],
    numbers: _Numbers,
    offers: dict[int, int],
    marks: dict[int, Marks],
) -> Needs:
    asked = [marks[need.product].of_need(need) for need in needs]
    return Needs(
        product=_int32(numbers.product[need.product] for need in needs),
        buyer=_int32(numbers.owner[need.owner] for need in needs),
        offer=_int32(offers[need.offer] for need in needs),
        first_day=_int32(need.first_day for need in needs),
        last_day=_int32(need.last_day for need in needs),
        requires=np.array(asked, dtype=np.uint64),
        kg=_int64(need.kg for need in needs),
        least_kg=_int64(need.smallest_kg for need in needs),
        most_kg=_int64(share_kg(need) for need in needs),
        most_suppliers=_int64(need.most_suppliers for need in needs),
        bid_vnd=_int64(need.bid_vnd for need in needs),
        posted=_int64(need.posted for need in needs),
        record=_int64(need.record for need in needs),
        rate_vnd=_float(need.rate_vnd_per_kg_km for need in needs),
        fixed_vnd=_float(need.fixed_vnd_per_kg for need in needs),
        lon=_float(need.lon for need in needs),
        lat=_float(need.lat for need in needs),
    )


def _apart(market: Market, portions: list[Portion], offers: dict[int, int]) -> Int64:
    """Every portion of a lot stands apart from what the lot stands apart from."""
    places: dict[int, list[int]] = {}
    for place, portion in enumerate(portions):
        places.setdefault(portion.lot.id, []).append(place)
    keys = [
        place * LOT_KEY + offers[offer]
        for lot, offer in market.apart
        if offer in offers
        for place in places.get(lot, ())
    ]
    return np.array(sorted(keys), dtype=np.int64)


def _int32(values: Iterator[int]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.fromiter(values, dtype=np.int32)


def _int64(values: Iterator[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.fromiter(values, dtype=np.int64)


def _float(values: Iterator[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.fromiter(values, dtype=np.float64)
