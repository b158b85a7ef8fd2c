"""What the benchmarks believe in: their instances, their pairs, their checker."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

from bench import goals, instances, pairs, sizes, verify
from bench.answers import Answer
from bench.peers import ours
from tools.servers import ROOT

EARTH_KM = 6371.0088


@pytest.fixture(scope="module")
def problem():
    return instances.make("XS", seed=3)


@pytest.fixture(scope="module")
def ruled():
    return instances.make("XS", seed=3, rules=True)


def slow_pairs(problem):
    """Every feasible pair and its surplus, row by row."""
    lots, pieces, needs = problem.lots, problem.pieces, problem.needs
    for i in range(lots.kg.size):
        for j in range(needs.kg.size):
            if lots.product[i] != needs.product[j]:
                continue
            if int(needs.requires[j]) & ~int(pieces.has[i]):
                continue
            if pieces.first_day[i] > needs.last_day[j]:
                continue
            if pieces.last_day[i] < needs.first_day[j]:
                continue
            carry = math.floor(
                needs.fixed_vnd[j] + needs.rate_vnd[j] * km(lots, i, needs, j) + 0.5
            )
            surplus = int(needs.bid_vnd[j] - lots.ask_vnd[i]) - carry
            if surplus >= 1:
                yield i, j, surplus


def km(lots, i, needs, j):
    """The central angle by the spherical law of cosines, on the earth."""
    here, there = math.radians(lots.lat[i]), math.radians(needs.lat[j])
    turn = math.radians(lots.lon[i] - needs.lon[j])
    cosine = math.sin(here) * math.sin(there)
    cosine += math.cos(here) * math.cos(there) * math.cos(turn)
    return EARTH_KM * math.acos(min(1.0, cosine))


def all_pairs(problem):
    blocks = pairs.blocks(problem)
    return pairs.join([pairs.feasible(problem, block) for block in blocks])


def greedy(problem):
    """Some legal answer: pairs in no particular order, as far as they go."""
    found = all_pairs(problem)
    left, open_ = problem.lots.kg.copy(), problem.needs.kg.copy()
    kg = np.zeros(found.lot.size, np.int64)
    for n, (i, j) in enumerate(zip(found.lot, found.need, strict=True)):
        kg[n] = min(left[i], open_[j])
        left[i] -= kg[n]
        open_[j] -= kg[n]
    used = kg > 0
    total = int((kg * found.surplus_vnd).sum())
    return Answer(found.lot[used], found.need[used], kg[used], total)


def test_the_same_seed_makes_the_same_instance(problem):
    again, other = instances.make("XS", seed=3), instances.make("XS", seed=4)

    assert np.array_equal(problem.lots.kg, again.lots.kg)
    assert not np.array_equal(problem.lots.kg, other.lots.kg)


def test_rules_change_nothing_else(problem, ruled):
    assert verify.has_rules(ruled)
    assert not verify.has_rules(problem)
    assert np.array_equal(problem.needs.kg, ruled.needs.kg)
    assert np.array_equal(problem.pieces.has, ruled.pieces.has)


def test_an_instance_survives_its_files(ruled, tmp_path):
    instances.save(ruled, tmp_path)

    again = instances.load(tmp_path)

    for table, same in zip(ruled[:3], again[:3], strict=True):
        assert all(map(np.array_equal, table, same))


def test_pairs_at_once_are_those_found_row_by_row(problem):
    found = all_pairs(problem)

    at_once = set(zip(*(column.tolist() for column in found), strict=True))
    assert at_once == set(slow_pairs(problem))
    assert len(at_once) > 20


def test_a_legal_answer_passes(problem):
    answer = greedy(problem)

    assert verify.verify(problem, answer).surplus_vnd == answer.surplus_vnd


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda a: a._replace(kg=a.kg * 1_000), "sold twice|too much"),
        (lambda a: a._replace(surplus_vnd=a.surplus_vnd + 1), "surplus is"),
        (lambda a: a._replace(need=a.need[::-1]), "differ|delivered|surplus|twice"),
        (lambda a: a._replace(day=np.zeros_like(a.kg)), "delivered"),
        (lambda a: a._replace(price_vnd=np.zeros_like(a.kg)), "beyond a limit"),
    ],
)
def test_an_illegal_answer_is_refused(problem, change, complaint):
    with pytest.raises(verify.Broken, match=complaint):
        verify.verify(problem, change(greedy(problem)))


def test_smallest_lots_are_checked(ruled):
    with pytest.raises(verify.Broken, match=r"smallest lot|share|suppliers"):
        verify.verify(ruled, greedy(ruled))


def test_prices_that_cover_all_pairs_prove_a_bound(problem):
    answer = greedy(problem)
    u = np.full(problem.lots.kg.size, 10**6)
    v = np.zeros(problem.needs.kg.size, np.int64)
    bound = int((problem.lots.kg * u).sum())
    proven = answer._replace(gain_lot=u, gain_need=v, bound_vnd=bound)

    assert verify.verify(problem, proven).bound_vnd == bound


def test_prices_that_leave_out_a_pair_prove_nothing(problem):
    answer = greedy(problem)
    u = np.zeros(problem.lots.kg.size, np.int64)
    v = np.zeros(problem.needs.kg.size, np.int64)
    claimed = answer._replace(gain_lot=u, gain_need=v, bound_vnd=answer.surplus_vnd)

    with pytest.raises(verify.Broken):
        verify.verify(problem, claimed)


@pytest.fixture(scope="module")
def with_two_sellers():
    """A district in which every offer takes two sellers, and our answer."""
    ruled = instances.make("S", seed=1, rules=True)
    two = np.full_like(ruled.needs.most_suppliers, 2)
    ruled = ruled._replace(needs=ruled.needs._replace(most_suppliers=two))
    return ruled, ours.solve(ruled)


def test_what_few_sellers_allow_is_proven_by_prices(with_two_sellers):
    ruled, answer = with_two_sellers

    assert answer.surplus_vnd <= answer.bound_vnd < answer.priced_vnd
    assert answer.priced_vnd < answer.relaxed_vnd
    verify.verify(ruled, answer)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda a: a._replace(priced_vnd=a.surplus_vnd), "the prices prove"),
        (lambda a: a._replace(choice_need=a.choice_need + 1_000), "the prices prove"),
        (lambda a: a._replace(choice_lot=a.choice_lot // 2), "the prices prove"),
        (lambda a: a._replace(bound_vnd=a.priced_vnd + 1), "prove more than"),
    ],
)
def test_no_more_is_believed_of_prices(with_two_sellers, change, complaint):
    ruled, answer = with_two_sellers

    with pytest.raises(verify.Broken, match=complaint):
        verify.verify(ruled, change(answer))


def test_a_bound_below_the_optimum_of_another_is_refused():
    def outcome(claimed):
        best = {"surplus_vnd": 100, "claimed_bound_vnd": 0}
        our = {"surplus_vnd": 90, "claimed_bound_vnd": claimed}
        runs = {"mixed_integer": [best], "ours": [our]}
        return sizes.Outcome("S", 1, True, 1, Path(), runs, {})

    outcome(100).check()
    with pytest.raises(sizes.Unequal, match="bound below"):
        outcome(99).check()


def test_goals_that_nobody_measured_are_open():
    assert {goal["passed"] for goal in goals.judge([], [])} == {None}


def test_whom_we_compare_with_stands_on_the_ground_of_the_tests():
    def pins(name):
        text = (ROOT / name).read_text()
        return set(re.findall(r"^([a-z0-9].*?) [\\;]", text, re.MULTILINE))

    assert pins("requirements-dev.txt") <= pins("requirements-bench.txt")


def test_growth_is_the_exponent_of_the_middle_answer():
    from bench.trace import grown

    small = {"events": 100, "what": "box to plots", "database": "sqlite", "p50": 0.01}
    large = small | {"events": 1_000, "p50": 0.1}

    assert grown(small, large)["growth"] == pytest.approx(1)
