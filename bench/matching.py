"""Matching side by side: ours and everybody else's, as JSON lines.

    ./dev bench matching                 S and M with everybody, L with ours
    ./dev bench matching --all           everything of docs/benchmarks.md
    ... [--sizes S,M,L,XL] [--all-peers] [--rules] [--store] [--rounds 5]
    ... [--only ours,min_cost_flow] [--seconds 900] [--memory 14000]

Contestants take turns (A B A B ...), each run in a fresh process, on instances
of `instances.py`. Surpluses must be equal and every answer must pass `verify`
before any time is printed. A contestant that exceeds its limits is a row that
says so. The last rows compare what was measured with the goals.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from pathlib import Path
from typing import Any

from bench import goals, instances, sizes
from bench.contest import Failed, Limits, execute, middle
from bench.sizes import Outcome
from tests import servers


def show(part: str, **fields: Any) -> dict[str, Any]:
    """Print one line; numbers to five digits. Returns what was said."""
    short = {
        name: float(f"{value:.5g}") if isinstance(value, float) else value
        for name, value in fields.items()
    }
    record = {"bench": "matching", "part": part, **short}
    print(json.dumps(record), flush=True)
    return record


def tell(outcome: Outcome) -> None:
    """One row a contestant, ours first."""
    about = {"size": outcome.size, "seed": outcome.seed, "rules": outcome.rules}
    for name, runs in outcome.runs.items():
        if runs:
            show("run", **about, who=name, **outcome.summary(name))
    for name, fault in outcome.failed.items():
        show("run", **about, who=name, failed=fault)


def tell_growth(small: Outcome, large: Outcome) -> None:
    """Exponent of time in the number of rows, from size to size."""
    rows = math.log(large.rows / small.rows)
    for name in small.runs:
        if not small.runs[name] or not large.runs.get(name):
            continue
        grown = {
            key: math.log(middle(large.runs[name], key) / middle(small.runs[name], key))
            for key in ("wall_seconds", "cpu_seconds")
        }
        show(
            "growth",
            who=name,
            sizes=f"{small.size} to {large.size}",
            exponent_wall=grown["wall_seconds"] / rows,
            exponent_cpu=grown["cpu_seconds"] / rows,
        )


def tell_floor(outcome: Outcome) -> None:
    """Reading the rows and a bare solver on the arcs in question; ours beside it."""
    if outcome.rules or not outcome.runs.get("ours") or outcome.size == "XL":
        return
    answer = outcome.folder / "ours-0.npz"
    try:
        floor = execute("bench.floor", [outcome.folder, answer], Limits(1800))
    except Failed as fault:
        show("floor", size=outcome.size, failed=str(fault))
        return
    least = floor["read_seconds"] + floor["solver_seconds"]
    spent = middle(outcome.runs["ours"], "wall_seconds") + floor["read_seconds"]
    show("floor", size=outcome.size, **floor, ours_times_floor=spent / least)


def main() -> None:
    """See the module."""
    chosen = arguments()
    limits = Limits(chosen.seconds, chosen.memory)
    outcomes: list[Outcome] = []
    servers.begin_run(measured=True)
    try:
        with tempfile.TemporaryDirectory(prefix="lienket-bench-") as folder:
            for size in chosen.sizes.split(","):
                outcome = sizes.measure(size, Path(folder), chosen, limits)
                tell(outcome)
                tell_floor(outcome)
                if outcomes:
                    tell_growth(outcomes[-1], outcome)
                outcomes.append(outcome)
            if chosen.rules:
                for size in set_with_rules(chosen.sizes):
                    outcomes.append(
                        sizes.measure(size, Path(folder), chosen, limits, rules=True)
                    )
                    tell(outcomes[-1])
        stored = measure_store() if chosen.store else []
    finally:
        servers.end_run()
    for goal in goals.judge(outcomes, stored):
        show("goal", **goal)


def set_with_rules(chosen: str) -> list[str]:
    """The sizes on which side rules are measured: of those chosen, up to L."""
    return [size for size in chosen.split(",") if size in ("S", "M", "L")]


def measure_store() -> list[dict[str, Any]]:
    """Rows to proposals stored, and new offers, on both databases."""
    from bench import store

    return [show("store", **record) for record in store.measure()]


def arguments() -> argparse.Namespace:
    """What was typed; `--all` stands for everything."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="S,M,L")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="contestants, by comma")
    parser.add_argument("--seconds", type=float, default=900)
    parser.add_argument("--memory", type=int, default=14_000, help="megabytes")
    for switch in ("--all-peers", "--rules", "--store", "--all"):
        parser.add_argument(switch, action="store_true")
    chosen = parser.parse_args()
    if chosen.all:
        chosen.sizes = ",".join(size for size in instances.SIZES if size != "XS")
        chosen.all_peers = chosen.rules = chosen.store = True
    return chosen


if __name__ == "__main__":
    main()
