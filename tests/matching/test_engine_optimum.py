"""The optimum of whole problems, its proof, and what must not change it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from marketplace.matching.allocate import Allocation, allocate
from marketplace.matching.arrays import Problem
from marketplace.matching.faults import Cancelled
from tests.matching.columns import (
    HUGE,
    Kind,
    assert_legal,
    pairs_of,
    problems,
    rolled,
    shuffled,
)

PLAIN, SHARES = Kind(), Kind(shares=True)


def linear(problem: Problem, pairs, wishes) -> list[float]:
    """The most of each wish, each among what the wishes before leave open."""
    if not pairs:
        return [0.0] * len(wishes)
    lots, needs = problem.lots, problem.needs
    table = np.zeros((len(lots.kg) + len(needs.kg), len(pairs)))
    for column, pair in enumerate(pairs):
        table[pair.lot, column] = table[len(lots.kg) + pair.need, column] = 1
    bounds = [(0, int(min(lots.kg[p.lot], needs.most_kg[p.need]))) for p in pairs]
    caps, rows, best = [*lots.kg, *needs.kg], [], []
    for wish in wishes:
        equal = {"A_eq": np.array(rows), "b_eq": best} if rows else {}
        cost = -np.array(wish, dtype=float)
        found = linprog(cost, A_ub=table, b_ub=caps, bounds=bounds, **equal)
        assert found.success
        rows.append(wish)
        best.append(round(-found.fun))
    return best


def one_lot_a_seller(problem: Problem) -> Problem:
    """With it a largest share of a seller is one of a pair, and quantities tell all."""
    seller = np.arange(10, 10 + len(problem.lots.kg), dtype=np.int32)
    return problem._replace(lots=problem.lots._replace(seller=seller))


def check_proven(problem: Problem, found: Allocation) -> None:
    """The optimum, and prices that prove it over all pairs, also those never seen."""
    pairs = pairs_of(problem)
    assert_legal(problem, found)
    optimum = linear(problem, pairs, [[pair.worth for pair in pairs]])[0]
    assert found.total_vnd == found.bound_vnd == found.relaxed_vnd == optimum
    assert found.gap == 0
    u, v = found.gain_lot, found.gain_need
    assert min([0, *u, *v]) == 0
    dual = int(problem.lots.kg @ u + problem.needs.kg @ v)
    for pair in pairs:
        over = pair.worth - int(u[pair.lot]) - int(v[pair.need])
        most = int(problem.needs.most_kg[pair.need])
        full = most < problem.needs.kg[pair.need]
        assert over <= 0 or full
        dual += max(over, 0) * most
    assert dual == optimum


@given(problems(PLAIN))
def test_the_optimum_is_reached_and_proven(problem):
    check_proven(problem, allocate(problem))


@given(problems(SHARES))
def test_the_optimum_is_reached_where_shares_are_limited(problem):
    problem = one_lot_a_seller(problem)

    check_proven(problem, allocate(problem))


@pytest.mark.parametrize("seed", range(6))
def test_a_larger_market_is_proven_too(seed):
    problem = one_lot_a_seller(rolled(seed, 70, 60, SHARES))

    check_proven(problem, allocate(problem))


@pytest.mark.parametrize("seed", range(6))
def test_prices_of_a_sample_lead_to_the_same_optimum(seed, monkeypatch):
    monkeypatch.setattr("marketplace.matching.generation.SMALL", 10)
    problem = one_lot_a_seller(rolled(seed, 70, 60, SHARES if seed % 2 else PLAIN))

    check_proven(problem, allocate(problem))


@given(problems(PLAIN), st.sampled_from([0.0005, 0.01, 0.3]))
def test_with_a_gap_the_bound_holds_and_the_gap_is_kept(problem, gap):
    found = allocate(problem, gap=gap)

    assert_legal(problem, found)
    pairs = pairs_of(problem)
    assert found.bound_vnd >= linear(problem, pairs, [[p.worth for p in pairs]])[0]
    dual = problem.lots.kg @ found.gain_lot + problem.needs.kg @ found.gain_need
    assert found.bound_vnd == dual
    if gap < 0.002:
        assert found.gap <= gap


TIED = Kind(vnd=(100,), more_vnd=1_000, speeds=(float("inf"),))


@given(problems(TIED))
def test_ties_go_to_the_fairer_the_nearer_and_the_older(problem):
    """More kilograms, less promised before, nearer, true to its word, then older."""
    needs = problem.needs._replace(
        rate_vnd=problem.needs.rate_vnd * 0, posted=problem.needs.posted * 0
    )
    problem = problem._replace(needs=needs)
    pairs = pairs_of(problem)
    lot_record, need_record = problem.lots.record, needs.record
    wishes = [
        [pair.worth for pair in pairs],
        [1] * len(pairs),
        [-int(problem.lots.promised_kg[pair.lot]) for pair in pairs],
        [-int(pair.km) for pair in pairs],
        [-int(lot_record[pair.lot] + need_record[pair.need]) for pair in pairs],
        [-int(problem.lots.posted[pair.lot]) for pair in pairs],
    ]

    found = allocate(problem)

    ends = zip(found.lot.tolist(), found.need.tolist(), strict=True)
    kg = dict(zip(ends, found.kg.tolist(), strict=True))
    carried = [kg.get((pair.lot, pair.need), 0) for pair in pairs]
    got = [sum(map(int.__mul__, carried, wish)) for wish in wishes]
    assert got == linear(problem, pairs, wishes)


# --- what must not change the answer ---------------------------------------------


@given(problems(PLAIN), st.integers(0, 100))
def test_the_order_of_rows_changes_no_surplus(problem, seed):
    assert allocate(shuffled(problem, seed)).total_vnd == allocate(problem).total_vnd


@pytest.mark.parametrize("kind", [PLAIN, Kind(rules=True)])
def test_threads_change_nothing(kind):
    problem = rolled(5, 60, 50, kind)
    one, two = allocate(problem, threads=1), allocate(problem, threads=2)

    for a, b in zip(one[:-1], two[:-1], strict=True):
        assert np.array_equal(a, b)


# --- edges -----------------------------------------------------------------------

MILLIARD = Kind(kg=HUGE, vnd=(0, 1, 10**9), more_vnd=10**9)


@given(problems(MILLIARD))
def test_a_thousand_million_kilograms_and_dong_do_not_overflow(problem):
    found = allocate(problem)

    assert_legal(problem, found)
    worth = zip(found.kg.tolist(), found.surplus_vnd.tolist(), strict=True)
    assert found.total_vnd == found.bound_vnd == sum(kg * vnd for kg, vnd in worth)


@pytest.mark.parametrize(("more_vnd", "seed"), [(10**9, 8), (1, 153)])
def test_no_war_of_bids_outlasts_patience(more_vnd, seed):
    """Somebody who wants seven kilograms more of what he has a thousand million of;
    and one lot that is worth a thousand million times what all others are."""
    problem = rolled(seed, 7, 7, replace(MILLIARD, more_vnd=more_vnd))

    found = allocate(problem)

    assert found.total_vnd == found.bound_vnd > 0


def cut(table):
    """The table without rows."""
    return type(table)(*(column[:0] for column in table))


def empty(problem: Problem, lots: bool, needs: bool) -> Problem:
    """The problem without lots, without needs, or without both."""
    if lots:
        problem = problem._replace(lots=cut(problem.lots), pieces=cut(problem.pieces))
    return problem._replace(needs=cut(problem.needs)) if needs else problem


@pytest.mark.parametrize(("lots", "needs"), [(1, 0), (0, 1), (1, 1)])
def test_nothing_to_match_is_matched(lots, needs):
    found = allocate(empty(rolled(1, 5, 5, PLAIN), lots, needs))

    assert (len(found.kg), found.total_vnd, found.bound_vnd, found.gap) == (0, 0, 0, 0)


def test_lots_without_days_are_not_matched():
    """Nobody can deliver them; the lots beside them are matched as ever."""
    problem = rolled(3, 9, 9, PLAIN)
    pieces = problem.pieces
    for gone in ([0], [8], [0, 4, 8], list(range(9))):
        keep = ~np.isin(pieces.lot, gone)
        rest = type(pieces)(*(column[keep] for column in pieces))
        found = allocate(problem._replace(pieces=rest))

        assert not np.isin(found.lot, gone).any()
        assert found.total_vnd == found.bound_vnd


def test_nothing_in_common_is_proven_to_be_nothing():
    problem = rolled(1, 5, 5, PLAIN)
    dear = problem.lots._replace(ask_vnd=problem.lots.ask_vnd + 10**6)
    found = allocate(problem._replace(lots=dear))

    assert (found.total_vnd, found.bound_vnd) == (0, 0)
    other = problem.needs._replace(product=problem.needs.product + 5)
    assert allocate(problem._replace(needs=other)).pairs_considered == 0


def test_a_run_can_be_cancelled_and_tells_how_far_it_is():
    problem, heard = rolled(1, 40, 40, PLAIN), []
    with pytest.raises(Cancelled):
        allocate(problem, cancelled=lambda: True)

    allocate(problem, progress=lambda done, count: heard.append((done, count)))

    assert heard == [(0, 2), (1, 2)]
