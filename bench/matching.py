"""Matching side by side: ours, scipy's linprog and a greedy, as JSON lines.

    python -m bench.matching [--size S] [--rounds 3] [--seed 1]

Every contestant gets the same feasible pairs of the same seeded market, turn
by turn. The surplus of ours and of linprog must be equal, and the result must
pass the independent checker, before any time is printed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable

from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from marketplace.matching import Market, check, solve
from marketplace.matching.examples import example
from marketplace.matching.greedy import fill
from marketplace.matching.optimise import optimise, total
from marketplace.matching.pairs import Block, Stages, block_of, products
from marketplace.matching.program import program_of
from marketplace.matching.sides import groups_of

SIZES = {"XS": (40, 30), "S": (300, 227), "M": (5_000, 9_295)}
Contestant = Callable[[list[Block]], int]


def blocks(market: Market) -> list[Block]:
    """The feasible pairs of every product."""
    return [block_of(market, product, Stages()) for product in products(market)]


def ours(found: list[Block]) -> int:
    """Optimum, ties settled, with integer proof."""
    plans = [
        optimise(block, seconds=20, gap=0.0) for block in found if block.pairs.lot.size
    ]
    assert all(plan.surplus_vnd == plan.bound_vnd for plan in plans)
    return sum(plan.surplus_vnd for plan in plans)


def scipy_linprog(found: list[Block]) -> int:
    """The same linear programme by scipy (HiGHS, its own choice of method)."""
    surplus = 0.0
    for block in found:
        program = program_of(block)
        if program.columns:
            shape = (len(program.upper), program.columns)
            matrix = csr_matrix((program.value, (program.row, program.column)), shape)
            answer = linprog(-block.pairs.surplus_vnd, A_ub=matrix, b_ub=program.upper)
            surplus -= answer.fun
    return round(surplus)


def greedy(found: list[Block]) -> int:
    """The best pair first."""
    surplus = 0
    for block in found:
        if len(block.pairs):
            gain = block.pairs.surplus_vnd
            surplus += total(gain, fill(program_of(block), groups_of(block), gain))
    return surplus


CONTESTANTS: dict[str, Contestant] = {
    "ours": ours,
    "scipy-linprog": scipy_linprog,
    "greedy": greedy,
}


def measure(size: str, seed: int, rounds: int) -> list[dict[str, object]]:
    """One record a contestant: surplus against the optimum, median seconds."""
    market = example(*SIZES[size], seed=seed)
    began = time.perf_counter()
    found = blocks(market)
    pairs_seconds = time.perf_counter() - began
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in CONTESTANTS}
    surplus: dict[str, int] = {}
    for _ in range(rounds):
        for name, run in CONTESTANTS.items():
            wall, processor = time.perf_counter(), time.process_time()
            surplus[name] = run(found)
            times[name].append(
                (time.perf_counter() - wall, time.process_time() - processor)
            )
    assert abs(surplus["ours"] - surplus["scipy-linprog"]) <= 1e-9 * surplus["ours"]
    assert surplus["greedy"] <= surplus["ours"]
    return [
        {
            "bench": "matching",
            "size": size,
            "seed": seed,
            "pairs": sum(len(block.pairs) for block in found),
            "pairs_seconds": round(pairs_seconds, 4),
            "who": name,
            "surplus_vnd": surplus[name],
            "of_optimum": round(surplus[name] / surplus["ours"], 6),
            "wall_seconds": round(statistics.median(w for w, _ in spent), 4),
            "cpu_seconds": round(statistics.median(c for _, c in spent), 4),
        }
        for name, spent in times.items()
    ]


def verify(size: str, seed: int) -> dict[str, object]:
    """The whole run, checked; its own line because nobody else does all that."""
    market = example(*SIZES[size], seed=seed)
    began = time.perf_counter()
    result = solve(market)
    seconds = time.perf_counter() - began
    check(market, result)
    return {
        "bench": "matching",
        "size": size,
        "seed": seed,
        "who": "whole-run",
        "surplus_vnd": result.surplus_vnd,
        "gap": result.gap,
        "wall_seconds": round(seconds, 4),
    }


def main() -> None:
    """Print one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=sorted(SIZES), default="S")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    records = [verify(chosen.size, chosen.seed)]
    records += measure(chosen.size, chosen.seed, chosen.rounds)
    for record in records:
        print(json.dumps(record), flush=True)


if __name__ == "__main__":
    main()
