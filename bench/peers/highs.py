"""Pairs by numpy, then HiGHS through highspy, one linear programme per product."""

from __future__ import annotations

import highspy
import numpy as np

from bench.answers import Answer
from bench.peers.arcs import Arcs, by_product
from marketplace.matching.arrays import Problem

EVERY_RUN, ON_REQUEST = ("S",), ("M", "L")


def solve(problem: Problem) -> Answer:
    """The optimum, in floating point."""
    return by_product(problem, flow)


def flow(arcs: Arcs) -> np.ndarray:
    """Kilograms on each arc."""
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("solver", "simplex")
    solver.setOptionValue("threads", 1)
    solver.passModel(_programme(arcs))
    solver.run()
    status = solver.getModelStatus()
    if status != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(f"HiGHS: {solver.modelStatusToString(status)}")
    return np.asarray(solver.getSolution().col_value)


def _programme(arcs: Arcs) -> highspy.HighsLp:
    count, lots = arcs.tail.size, arcs.supply_kg.size
    limits = np.concatenate([arcs.supply_kg, arcs.demand_kg]).astype(float)
    rows = np.stack([arcs.tail, arcs.head + lots], axis=1).ravel()
    programme = highspy.HighsLp()
    programme.num_col_, programme.num_row_ = count, limits.size
    programme.col_cost_ = -arcs.surplus_vnd.astype(float)
    programme.col_lower_ = np.zeros(count)
    programme.col_upper_ = np.full(count, highspy.kHighsInf)
    programme.row_lower_ = np.full(limits.size, -highspy.kHighsInf)
    programme.row_upper_ = limits
    programme.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    programme.a_matrix_.start_ = np.arange(0, 2 * count + 1, 2, dtype=np.int32)
    programme.a_matrix_.index_ = rows.astype(np.int32)
    programme.a_matrix_.value_ = np.ones(2 * count)
    return programme
