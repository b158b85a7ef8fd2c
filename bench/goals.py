"""The goals of the matching engine beside what was measured."""

from __future__ import annotations

from collections.abc import Iterator
from math import log
from typing import Any

from bench.contest import middle
from bench.sizes import Outcome

Goal = dict[str, Any]


def judge(outcomes: list[Outcome], stored: list[Goal]) -> Iterator[Goal]:
    """One row a goal; `passed` is None where the run did not measure it."""
    plain = {one.size: one for one in outcomes if not one.rules}
    ruled = {one.size: one for one in outcomes if one.rules}
    yield from _faster("M", plain, {"min_cost_flow": 5, "linprog": 200})
    yield from _faster("L", plain, {"min_cost_flow": 15})
    yield from _nation(plain.get("L"))
    yield from _country(plain.get("XL"))
    yield from _growth(plain)
    yield from _rules(ruled)
    yield from _stored(stored)


def goal(what: str, wanted: str, measured: Any, passed: bool | None) -> Goal:
    """One row."""
    return {"goal": what, "wanted": wanted, "measured": measured, "passed": passed}


def at_most(what: str, most: float, measured: float | None) -> Goal:
    """A number that must not exceed another."""
    passed = None if measured is None else measured <= most
    return goal(what, f"<= {most:g}", measured, passed)


def _faster(
    size: str, plain: dict[str, Outcome], least: dict[str, float]
) -> Iterator[Goal]:
    for name, times in least.items():
        outcome, what = plain.get(size), f"{size}: times faster than {name}"
        wanted = f">= {times:g}"
        if outcome and outcome.runs.get("ours") and outcome.runs.get(name):
            ratio = outcome.ratio(name, "wall_seconds")
            yield goal(what, wanted, ratio, ratio >= times)
        elif outcome and name in outcome.failed:
            failed = outcome.failed[name]
            yield goal(what, f"{wanted} or failed", failed, name != "ours")
        else:
            yield goal(what, wanted, None, None)


def _nation(outcome: Outcome | None) -> Iterator[Goal]:
    runs = outcome.runs.get("ours") if outcome else None
    peak = max(run["peak_mb"] for run in runs) if runs else None
    yield at_most("L: peak megabytes", 600, peak)
    yield at_most("L: gap", 0, outcome.gap() if outcome and runs else None)
    both = outcome and runs and outcome.runs.get("ours_per_mille")
    share = (
        outcome.ratio("ours_per_mille", "wall_seconds") if outcome and both else None
    )
    yield at_most(
        "L: seconds to a gap of 0.1 % over seconds to the optimum", 0.75, share
    )


def _country(outcome: Outcome | None) -> Iterator[Goal]:
    name = "ours_half_percent"
    runs = outcome.runs.get(name) if outcome else None
    gap = outcome.gap(name) if outcome and runs else None
    yield at_most("XL: proven gap", 0.005, gap)
    yield at_most("XL: seconds", 360, middle(runs, "wall_seconds") if runs else None)
    yield at_most("XL: peak megabytes", 2500, middle(runs, "peak_mb") if runs else None)


def _growth(plain: dict[str, Outcome]) -> Iterator[Goal]:
    exponent = None
    small, large = plain.get("M"), plain.get("L")
    if small and large and small.runs.get("ours") and large.runs.get("ours"):
        times = [middle(one.runs["ours"], "cpu_seconds") for one in (small, large)]
        exponent = log(times[1] / times[0]) / log(large.rows / small.rows)
    yield at_most("M to L: exponent of time in rows", 1.5, exponent)


def _rules(ruled: dict[str, Outcome]) -> Iterator[Goal]:
    district = ruled.get("S")
    reached = None
    if district and district.runs.get("ours") and district.runs.get("mixed_integer"):
        best = district.runs["mixed_integer"][0]["surplus_vnd"]
        reached = 1 - district.runs["ours"][0]["surplus_vnd"] / best
    yield at_most("S with side rules: below the MIP optimum", 0, reached)
    gap = district.gap() if district and district.runs.get("ours") else None
    yield at_most("S with side rules: gap that was left", 0, gap)
    for size, most in (("M", 0.007), ("L", 0.012)):
        outcome = ruled.get(size)
        ran = outcome and outcome.runs.get("ours")
        # To the larger of what is claimed and what prices prove to others.
        gap = max(outcome.gap(), outcome.gap(bound="bound_vnd")) if ran else None
        yield at_most(f"{size} with side rules: gap to the bound", most, gap)


def _stored(stored: list[Goal]) -> Iterator[Goal]:
    """From rows to proposals, and new offers, as `store` has measured them."""
    most = {"postgres": 15.0, "sqlite": 45.0}
    found = {(one["database"], one["what"]): one for one in stored}
    run = found.get(("postgres", "rows to proposals"))
    share = run["over_solver"] if run else None
    yield at_most("L: reading and writing over solving, CPU, PostgreSQL", 1, share)
    for database, milliseconds in most.items():
        offer = found.get((database, "new offer, with reasons"))
        p95 = offer["p95_ms"] if offer else None
        yield at_most(f"L: new offer, p95 ms, {database}", milliseconds, p95)
