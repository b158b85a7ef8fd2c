"""Markets as columns: the same pairs are possible, and worth the same."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from marketplace.matching import MalformedInstance, Market
from marketplace.matching.arrays import LOT_KEY
from marketplace.matching.examples import example
from marketplace.matching.pair import least_kg, most_kg
from marketplace.matching.problem import Arrays, arrays_of, laid_out
from tests.matching import oracle
from tests.matching.markets import markets
from tests.matching.test_rules import LOT, MARKET, NEED


def possible(arrays: Arrays) -> Counter[tuple[int, int, int]]:
    """(lot, need, surplus) of every pair that the columns allow, one by one."""
    lots, pieces, needs, apart, km_per_day = arrays.problem
    found = Counter()
    for j in range(len(needs.kg)):
        met = set()
        for piece in range(len(pieces.lot)):
            i = int(pieces.lot[piece])
            own = pieces.lot == i
            km = _km(lots, needs, i, j)
            transit = int(km / km_per_day)
            first = max(needs.first_day[j], pieces.first_day[own].min() + transit)
            last = min(needs.last_day[j], pieces.last_day[own].max() - transit)
            surplus = int(needs.bid_vnd[j] - lots.ask_vnd[i]) - math.floor(
                needs.fixed_vnd[j] + needs.rate_vnd[j] * km + 0.5
            )
            if (
                lots.product[i] == needs.product[j]
                and lots.seller[i] != needs.buyer[j]
                and i * LOT_KEY + int(needs.offer[j]) not in apart
                and transit <= lots.shelf_days[i]
                and not needs.requires[j] & ~pieces.has[piece]
                and max(first, pieces.first_day[piece])
                <= min(last, pieces.last_day[piece])
                and surplus >= 1
            ):
                met.add((i, surplus))
        for i, surplus in met:
            row = int(arrays.lot_ids[i]), int(arrays.need_ids[j]), surplus
            found[row] += int(lots.kg[i])
    return found


def _km(lots, needs, i, j):
    lot = replace(LOT, lat=float(lots.lat[i]), lon=float(lots.lon[i]))
    need = replace(NEED, lat=float(needs.lat[j]), lon=float(needs.lon[j]))
    return oracle.road_km(lot, need)


@settings(max_examples=200, deadline=None)
@given(markets())
def test_columns_allow_the_pairs_of_the_rows_and_their_kilograms(market: Market):
    expected = Counter(
        {
            (lot.id, need.id, surplus): lot.fitting_kg(need.least_grade)
            for lot, need, surplus in oracle.feasible_pairs(market)
            if surplus  # pairs that share nothing join afterwards (`evens`)
        }
    )

    assert possible(laid_out(market)) == expected


@settings(max_examples=100, deadline=None)
@given(markets(side_rules=True))
def test_rows_keep_their_order_and_their_limits(market: Market):
    arrays = laid_out(market)
    problem = arrays.problem

    assert list(arrays.lot_ids) == sorted(arrays.lot_ids)
    assert list(arrays.need_ids) == sorted(n.id for n in market.needs if n.kg)
    for lot in market.lots:
        assert problem.lots.kg[arrays.lot_ids == lot.id].sum() == lot.kg
    whole = replace(LOT, kg=10**9, grade_kg=((1, 10**9),))
    for place, id_ in enumerate(arrays.need_ids.tolist()):
        need = market.need[id_]
        assert problem.needs.most_kg[place] == most_kg(whole, need)
        assert problem.needs.least_kg[place] == need.smallest_kg
        assert least_kg(whole, need) <= need.kg
    assert (np.diff(problem.apart) > 0).all()


def test_columns_have_the_types_that_the_solver_expects():
    problem = arrays_of(example(30, 20))

    assert problem.lots.product.dtype == problem.pieces.lot.dtype == np.int32
    assert problem.pieces.has.dtype == problem.needs.requires.dtype == np.uint64
    assert problem.lots.kg.dtype == problem.apart.dtype == np.int64
    assert problem.needs.rate_vnd.dtype == np.float64
    assert all(column.flags.c_contiguous for column in problem.pieces)


def test_an_empty_market_has_empty_columns():
    problem = arrays_of(Market((), ()))

    assert len(problem.lots.kg) == len(problem.pieces.lot) == len(problem.needs.kg) == 0
    assert math.isinf(problem.km_per_day)


@pytest.mark.parametrize(("papers", "sets"), [(60, 1), (3, 60), (60, 60)])
def test_bits_go_to_papers_or_to_sets_of_papers_whichever_are_fewer(papers, sets):
    masks = [(1 << papers) - 1 - place for place in range(sets)]
    needs = tuple(
        replace(NEED, id=1 + place, offer=1 + place, requires=mask)
        for place, mask in enumerate(masks)
        if mask >= 0
    )
    assert arrays_of(replace(MARKET, needs=needs))


def test_more_marks_than_bits_are_refused():
    needs = tuple(
        replace(NEED, id=1 + place, offer=1 + place, requires=1 << place)
        for place in range(65)
    )
    with pytest.raises(MalformedInstance, match="64"):
        arrays_of(replace(MARKET, needs=needs))


def test_many_accepted_sets_are_told_by_what_is_not_accepted():
    lots = tuple(replace(LOT, id=1 + v, variety=v) for v in range(8))
    needs = tuple(
        replace(NEED, id=m, offer=m, varieties=_set(m)) for m in range(1, 200)
    )
    market = replace(MARKET, lots=lots, needs=needs)

    expected = {(a.id, n.id) for a, n, _ in oracle.feasible_pairs(market)}
    assert {row[:2] for row in possible(laid_out(market))} == expected


def _set(mask: int) -> frozenset[int]:
    return frozenset(v for v in range(8) if mask >> v & 1)
