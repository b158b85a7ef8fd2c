"""A scan finds what trying every pair finds, in both directions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching import scan
from marketplace.matching.scan import Found
from marketplace.matching.shard import Shard, shards_of
from marketplace.matching.side import NEVER
from tests.matching.columns import Kind, Problem, pairs_of, problems, rolled

widths = st.integers(0, 4)


def worth_of(problem: Problem, shard: Shard, u, v) -> np.ndarray:
    """By need and lot, what a pair is worth at prices; NEVER where there is none."""
    worth = np.full((len(shard.need_kg), len(shard.lot_kg)), NEVER)
    lots = {lot: i for i, lot in enumerate(shard.lot_of.tolist())}
    needs = {need: j for j, need in enumerate(shard.need_of.tolist())}
    for pair in pairs_of(problem):
        if pair.lot in lots:
            i, j = lots[pair.lot], needs[pair.need]
            worth[j, i] = pair.worth - u[i] - v[j]
    return worth


def assert_best(found: Found, rows, worth: np.ndarray, width: int, above: int) -> None:
    """Each asking row has its best partners; a lot of many pieces may come twice."""
    for row, node in enumerate(rows.tolist()):
        right = worth[node]
        good = sorted(right[right > above].tolist(), reverse=True)
        assert found.best[row] == (good[0] if good else NEVER)
        held = found.node[row] >= 0
        nodes, values = found.node[row][held], found.value[row][held].tolist()
        assert values == sorted(values, reverse=True)
        assert values == right[nodes].tolist()
        assert all(value > above for value in values)
        distinct = sorted(right[np.unique(nodes)].tolist(), reverse=True)
        assert distinct == good[: len(distinct)]
        if len(values) < max(width, 1):
            assert len(distinct) == len(good)


def check_both_ways(problem: Problem, width: int, above: int, pool=None) -> None:
    for shard in shards_of(problem):
        dice = np.random.default_rng(len(shard.lots))
        u = dice.integers(0, 4, len(shard.lot_kg)) * 100
        v = dice.integers(0, 4, len(shard.need_kg)) * 100
        worth = worth_of(problem, shard, u, v)
        ask = {"width": width, "above": above, "pool": pool}
        forth = shard.lots_for_needs(u, v, **ask)
        assert_best(forth, shard.needs["node"], worth, width, above)
        back = shard.needs_for_lots(u, v, **ask)
        seen = np.full_like(worth.T, NEVER)
        for row, node in enumerate(shard.lots["node"].tolist()):
            seen[node] = np.maximum(seen[node], _of_piece(back, row, worth.T[node]))
        assert (seen.max(axis=1, initial=NEVER) == _best(worth.T, above)).all()


def _of_piece(found: Found, row: int, right: np.ndarray) -> np.ndarray:
    """What a piece has found, each value the true one."""
    held = found.node[row] >= 0
    seen = np.full(len(right), NEVER)
    seen[found.node[row][held]] = found.value[row][held]
    assert (seen[seen > NEVER] == right[seen > NEVER]).all()
    assert found.best[row] == seen.max()
    return seen


def _best(worth: np.ndarray, above: int) -> np.ndarray:
    best = worth.max(axis=1, initial=NEVER)
    return np.where(best > above, best, NEVER)


@given(problems(Kind(rules=True)), widths, st.sampled_from([-1, 0, 0, 100, 350]))
def test_small_scans_find_the_best(problem, width, above):
    check_both_ways(problem, width, above)


@pytest.mark.parametrize("seed", range(2))
def test_scans_over_many_tiles_and_threads_find_the_best(seed, monkeypatch):
    monkeypatch.setattr(scan, "FEW", 1)
    problem = rolled(seed, 600, 60, Kind(rules=True))
    with ThreadPoolExecutor(2) as pool:
        check_both_ways(problem, width=3, above=0, pool=pool)


def test_equal_values_leave_nobody_out():
    """Twenty lots that are worth the same: all are found, none twice."""
    kind = Kind(kg=(5,), vnd=(100,), more_vnd=900)
    problem = rolled(1, 40, 3, kind)
    lots = problem.lots._replace(
        lon=np.full(40, 105.0), lat=np.full(40, 21.0), product=np.zeros(40, np.int32)
    )
    problem = problem._replace(lots=lots, km_per_day=float("inf"))

    check_both_ways(problem, width=40, above=0)


@pytest.mark.parametrize("vnd", [10**7, 10**11])
def test_prices_beyond_single_precision_hold_nobody_back(vnd):
    """A sieve compares in 32 bits; what it cannot tell apart it lets through."""
    around = tuple(vnd + step for step in range(0, 1_300, 100))

    problem = rolled(3, 300, 40, Kind(vnd=around, more_vnd=900))

    assert pairs_of(problem)
    check_both_ways(problem, width=3, above=0)
