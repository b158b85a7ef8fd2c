"""What no engine gets below: reading the rows, and a bare solver on few arcs.

    python -m bench.floor INSTANCE_FOLDER ANSWER.npz

Reads the rows out of PostgreSQL by binary copy, and lets OR-Tools
SimpleMinCostFlow solve the arcs that the prices of the answer leave in
question: those that fall short by no more than a hundredth of a typical
surplus. Finding them is what an engine is for, and is not in the time.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from bench.child import leave_out_the_engine


def main() -> None:
    """Print one JSON object: seconds of wall time."""
    leave_out_the_engine()
    from bench import answers, instances, pairs
    from bench.peers import min_cost_flow
    from bench.peers.arcs import arcs_of

    problem = instances.load(Path(sys.argv[1]))
    answer = answers.load(Path(sys.argv[2]))
    shortfall = int(np.median(_surplus(problem, answer)) // 100)
    solver_seconds, arcs, surplus = 0.0, 0, 0
    for block in pairs.blocks(problem):
        price = (problem.lots.ask_vnd + answer.gain_lot)[block.lots]
        worth = (problem.needs.bid_vnd - answer.gain_need)[block.needs]
        near = pairs.join(
            list(pairs.worth_at_least(problem, block, price, worth, -shortfall))
        )
        near = pairs.Pairs(*(column[near.surplus_vnd > 0] for column in near))
        few = arcs_of(problem, block, near)
        began = time.perf_counter()
        kg = min_cost_flow.flow(few)
        solver_seconds += time.perf_counter() - began
        arcs += few.tail.size
        surplus += int((kg * few.surplus_vnd).sum())
    said = {
        "read_seconds": read_seconds(problem),
        "solver_seconds": solver_seconds,
        "arcs": arcs,
        "surplus_vnd": surplus,
    }
    sys.stdout.write(json.dumps(said) + "\n")


def _surplus(problem, answer) -> np.ndarray:  # type: ignore[no-untyped-def]
    from bench.pairs import transport_vnd

    asked = problem.lots.ask_vnd[answer.lot]
    offered = problem.needs.bid_vnd[answer.need]
    return offered - asked - transport_vnd(problem, answer.lot, answer.need)


def read_seconds(problem) -> float:  # type: ignore[no-untyped-def]
    """Wall seconds to have both tables out of PostgreSQL as columns."""
    from bench import rows

    connection = rows.in_postgres(problem)
    began = time.perf_counter()
    rows.read_binary(connection, "lot", rows.lot_table(problem))
    needs = rows.read_binary(connection, "need", rows.need_table(problem))
    spent = time.perf_counter() - began
    assert np.array_equal(needs["kg"], problem.needs.kg)
    return spent


if __name__ == "__main__":
    main()
