"""The array engine against slow and independent readings of the same sums."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from bench.instances import make
from marketplace.matching.allocate import allocate
from marketplace.matching.network import Network
from marketplace.matching.quotes import Quotes
from marketplace.matching.shard import shards_of
from marketplace.matching.side import EARTH_KM, NEVER
from marketplace.matching.simplex import FREE


@pytest.mark.parametrize("seed", range(60))
def test_the_network_reaches_the_optimum_of_the_linear_programme(seed):
    chance = np.random.default_rng(seed)
    lots, needs = chance.integers(1, 8, 2)
    supply, demand = chance.integers(1, 50, lots), chance.integers(1, 50, needs)
    keys = np.flatnonzero(chance.random(lots * needs) < 0.7)
    worth = chance.integers(1, 30, len(keys))
    most = np.where(
        chance.random(len(keys)) < 0.5, chance.integers(1, 20, len(keys)), FREE
    )
    network = Network(supply, demand)
    first = chance.random(len(keys)) < 0.5
    for part in (first, ~first):
        network.extend(keys[part], worth[part], most[part])
        network.solve()

    rows = np.zeros((lots + needs, len(keys)))
    rows[keys % lots, np.arange(len(keys))] = 1
    rows[lots + keys // lots, np.arange(len(keys))] = 1
    best = 0.0
    if len(keys):
        bounds = [(0, min(int(one), 10**6)) for one in most]
        best = -linprog(-worth, A_ub=rows, b_ub=[*supply, *demand], bounds=bounds).fun
    assert -int(network.pairs.flow @ network.pairs.cost) == round(best)


def all_pairs(shard):
    """Worth of every pair of a shard, NEVER where they may not meet; by need, lot."""
    lots, needs = shard.lots, shard.needs[:, None]
    chord = np.sqrt(sum((needs[axis] - lots[axis]) ** 2 for axis in "xyz"))
    km = 2 * EARTH_KM * np.arcsin(chord / (2 * EARTH_KM))
    transport = np.floor(needs["fixed"] + needs["rate"] * km + 0.5).astype(np.int64)
    larger = np.maximum(needs["least"], lots["least"])
    least = np.minimum(larger, np.minimum(needs["kg"], lots["kg"]))
    meet = (needs["bits"] & lots["bits"]) == 0
    meet &= (needs["first"] <= lots["last"]) & (lots["first"] <= needs["last"])
    meet &= (needs["party"] != lots["party"]) & (
        least <= np.minimum(needs["most"], lots["most"])
    )
    worth = needs["net"] + lots["net"] - transport
    return np.where(meet & (worth > 0), worth, NEVER)


@pytest.mark.parametrize("rules", [False, True])
def test_a_scan_finds_what_trying_every_pair_finds(rules):
    for shard in shards_of(make("S", 3, rules=rules)):
        worth = all_pairs(shard)
        u, v = np.zeros(len(shard.lot_kg), int), np.zeros(len(shard.need_kg), int)

        forth = shard.lots_for_needs(u, v, width=3, above=0, pool=None)
        back = shard.needs_for_lots(u, v, width=0, above=0, pool=None)

        assert (forth.best == worth.max(axis=1)).all()
        assert (back.best == worth.max(axis=0)).all()
        assert (
            np.maximum(np.sort(worth, axis=1)[:, ::-1][:, :3], 0) == forth.value
        ).all()


def test_prices_prove_the_optimum_over_every_pair():
    problem = make("S", 5, rules=False)
    found = allocate(problem)

    assert found.total_vnd == found.bound_vnd == int(found.kg @ found.surplus_vnd)
    assert min(found.gain_lot.min(), found.gain_need.min()) >= 0
    dual = problem.lots.kg @ found.gain_lot + problem.needs.kg @ found.gain_need
    assert int(dual) == found.bound_vnd
    for shard in shards_of(problem):
        cover = found.gain_need[shard.need_of][:, None] + found.gain_lot[shard.lot_of]
        assert (all_pairs(shard) <= cover).all()


def test_neither_threads_nor_samples_change_the_surplus(monkeypatch):
    problem = make("S", 6, rules=False)
    one, two = allocate(problem, threads=1), allocate(problem, threads=2)
    monkeypatch.setattr("marketplace.matching.generation.SMALL", 20)
    sampled = allocate(problem)

    assert all((a == b).all() for a, b in zip(one[:6], two[:6], strict=True))
    assert sampled.total_vnd == one.total_vnd


def test_nobody_would_rather_trade_with_somebody_else():
    problem = make("S", 7, rules=False)
    found = allocate(problem, quotes=Quotes({}))
    ask, bid = problem.lots.ask_vnd, problem.needs.bid_vnd
    seller, buyer = problem.lots.seller, problem.needs.buyer
    sold = np.bincount(found.lot, found.kg, len(ask))
    got = np.bincount(found.need, found.kg, len(bid))
    gain = found.price_vnd - ask[found.lot]
    assert (gain >= 0).all()
    assert (gain <= found.surplus_vnd).all()
    for shard in shards_of(problem):
        worth = all_pairs(shard)
        for j, i in np.argwhere(worth > 0).tolist():
            lot, need = shard.lot_of[i], shard.need_of[j]
            others = (found.lot == lot) & (buyer[found.need] != buyer[need])
            instead = (found.need == need) & (seller[found.lot] != seller[lot])
            loses = [0] * int(sold[lot] < problem.lots.kg[lot]) + gain[others].tolist()
            misses = [0] * int(got[need] < problem.needs.kg[need])
            misses += (found.surplus_vnd - gain)[instead].tolist()
            if loses and misses:
                assert worth[j, i] <= min(loses) + min(misses)


@pytest.mark.parametrize("gap", [0.001, 0.05])
def test_an_early_end_hands_in_the_prices_that_prove_its_bound(gap):
    problem = make("S", 5, rules=False)
    found = allocate(problem, gap=gap)

    dual = problem.lots.kg @ found.gain_lot + problem.needs.kg @ found.gain_need
    assert found.total_vnd <= int(dual) == found.bound_vnd
    assert found.gap <= gap
