"""One size of the benchmark: who takes part, their runs, what they come to."""

from __future__ import annotations

import argparse
import ast
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench import instances
from bench.contest import Limits, Record, contest, middle

PEERS = Path(__file__).parent / "peers"
ORDER = (
    "ours",
    "ours_per_mille",
    "ours_half_percent",
    "min_cost_flow",
    "pot",
    "linprog",
    "highs",
    "networkx_simplex",
    "greedy_sqlite",
    "greedy_postgres",
)
INEXACT = {
    "ours_per_mille": 0.001,
    "ours_half_percent": 0.005,
    "greedy_sqlite": 1,
    "greedy_postgres": 1,
}
"""How far below the optimum these may stay; all others must reach it."""


class Unequal(AssertionError):
    """Contestants that should all be optimal are not."""


class Outcome(NamedTuple):
    """All runs of all contestants on one instance."""

    size: str
    seed: int
    rules: bool
    rows: int
    folder: Path
    runs: dict[str, list[Record]]
    failed: dict[str, str]

    @property
    def optimum(self) -> int | None:
        """Surplus of those who are exact; None if nobody was."""
        exact = {
            run["surplus_vnd"]
            for name, runs in self.runs.items()
            for run in runs
            if name not in INEXACT and not (self.rules and name == "ours")
        }
        if len(exact) > 1:
            raise Unequal(f"{self.size}: {exact}")
        return exact.pop() if exact else None

    def check(self) -> None:
        """Raise Unequal unless everybody comes as near the optimum as promised."""
        optimum = self.optimum
        if optimum is None:
            return
        for name, runs in self.runs.items():
            least = (1 - INEXACT.get(name, 1 if self.rules else 0)) * optimum
            if not all(least <= run["surplus_vnd"] <= optimum for run in runs):
                raise Unequal(f"{self.size}: {name} is not near {optimum}")
            if any(0 < run["claimed_bound_vnd"] < optimum for run in runs):
                raise Unequal(f"{self.size}: {name} has a bound below {optimum}")

    def summary(self, name: str) -> dict[str, Any]:
        """What is told of a contestant."""
        runs = self.runs[name]
        told: dict[str, Any] = {
            key: runs[0][key]
            for key in (
                "surplus_vnd",
                "claimed_bound_vnd",
                "allocated_pairs",
                "pairs_considered",
            )
        }
        if self.optimum:
            told["of_optimum"] = told["surplus_vnd"] / self.optimum
        if told["claimed_bound_vnd"]:
            told["gap"] = self.gap(name)
            if self.rules:
                told["gap_to_quantities"] = self.gap(name, "relaxed_vnd")
            told["proven_by_prices_vnd"] = runs[0]["bound_vnd"]
        for key in ("wall_seconds", "cpu_seconds", "start_seconds", "peak_mb"):
            told[key] = middle(runs, key)
        told["rounds"] = len(runs)
        if self.runs.get("ours") and name != "ours":
            told["ours_faster_wall"] = self.ratio(name, "wall_seconds")
            told["ours_faster_cpu"] = self.ratio(name, "cpu_seconds")
        return told

    def gap(self, name: str = "ours", bound: str = "claimed_bound_vnd") -> float:
        """How far the surplus may be from a bound, at most over the runs."""
        return max(
            1 - run["surplus_vnd"] / max(run[bound], 1) for run in self.runs[name]
        )

    def ratio(self, name: str, key: str, to: str = "ours") -> float:
        """Median over the rounds of a contestant's number over ours."""
        rounds = zip(self.runs[name], self.runs[to], strict=False)
        return median(their[key] / our[key] for their, our in rounds)


def contestants(size: str, chosen: argparse.Namespace, *, rules: bool) -> list[str]:
    """Who takes part at this size, in order of appearance."""
    if rules:
        names = ["ours", "mixed_integer"] if size == "S" else ["ours"]
    else:
        names = [name for name in ORDER if size in wanted(name, chosen.all_peers)]
    only = chosen.only.split(",") if chosen.only else names
    return [name for name in names if name in only]


def wanted(name: str, all_peers: bool) -> tuple[str, ...]:
    """Sizes a contestant takes on; read, not imported: some cannot live together."""
    tree = ast.parse((PEERS / f"{name}.py").read_text())
    for line in tree.body:
        if isinstance(line, ast.Assign) and "EVERY_RUN" in ast.dump(line.targets[0]):
            every, on_request = ast.literal_eval(line.value)
            return every + on_request if all_peers else every
    return ()


def measure(
    size: str,
    work: Path,
    chosen: argparse.Namespace,
    limits: Limits,
    *,
    rules: bool = False,
) -> Outcome:
    """Make the instance, let everybody have a go, compare what they reached."""
    problem = instances.make(size, chosen.seed, rules=rules)
    folder = work / f"{size}{'-rules' if rules else ''}"
    instances.save(problem, folder)
    rows = instances.rows(problem)
    del problem
    names = contestants(size, chosen, rules=rules)
    rounds = {name: rounds_of(name, size, chosen.rounds) for name in names}
    runs, failed = contest(names, folder, rounds=rounds, limits=limits)
    outcome = Outcome(size, chosen.seed, rules, rows, folder, runs, failed)
    outcome.check()
    return outcome


def rounds_of(name: str, size: str, rounds: int) -> int:
    """Once is enough for what takes minutes."""
    slow = size == "XL" or (size == "L" and not name.startswith("ours"))
    return 1 if slow or name == "mixed_integer" else rounds
