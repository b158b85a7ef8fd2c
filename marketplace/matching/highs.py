"""The one place that talks to HiGHS (Q. Huangfu and J. A. J. Hall, Parallelizing
the dual revised simplex method, 2018). One thread and a fixed seed, so that the
same programme always has the same answer (unless seconds run out); replace this file
to replace the solver.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from marketplace.matching.faults import Cancelled, SolverFailed
from marketplace.matching.grid import Bools
from marketplace.matching.program import Floats, Program

FEASIBLE = 2
"""What HiGHS calls a solution that keeps all constraints."""
SECOND = 1.0
FOREVER = 1e9
"""Seconds for whoever counts pivots or nodes, which are the same in every run."""


@dataclass(frozen=True)
class Answer:
    """Values of the variables, prices of the rows (LP only), proven bound."""

    x: Floats
    y: Floats
    bound: float
    proven: bool


def maximise(
    program: Program,
    gain: Floats,
    *,
    seconds: float = FOREVER,
    pivots: int | None = None,
    bounded: Bools | None = None,
) -> Answer:
    """Solve a linear programme by the simplex method, in at most so many `pivots`.

    Raises SolverFailed if it ends without an optimum.
    """
    solver = _solver(seconds)
    solver.setOptionValue("solver", "simplex")
    if pivots is not None:
        solver.setOptionValue("simplex_iteration_limit", pivots)
    model = _model(program, gain)
    # The rows already bound every variable but those named; without bounds of
    # their own the whole price of a kilogram stands in the rows.
    upper = np.full(program.columns, highspy.kHighsInf)
    if bounded is not None:
        upper[bounded] = program.most[bounded]
    model.col_upper_ = upper
    solver.passModel(model)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise SolverFailed(solver.modelStatusToString(solver.getModelStatus()))
    found = solver.getSolution()
    value = -solver.getInfo().objective_function_value
    return Answer(np.array(found.col_value), -np.array(found.row_dual), value, True)


def maximise_whole(
    program: Program,
    gain: Floats,
    integer: Bools,
    *,
    gap: float,
    start: Floats,
    seconds: float = FOREVER,
    nodes: int | None = None,
    stop: Callable[[], None] = lambda: None,
) -> Answer:
    """Solve a programme in which some variables are whole, from a legal start.

    Ends with the best found when the time is over or the tree has so many `nodes`;
    `bound` is proven either way. What `stop`, asked about once a second, raises
    ends the search and is raised.
    """
    solver = _solver(seconds)
    why = _asking(solver, stop)
    solver.setOptionValue("mip_rel_gap", gap)
    solver.setOptionValue("mip_abs_gap", 0.5)
    # There is a legal start, so that none has to be looked for.
    solver.setOptionValue("mip_heuristic_run_feasibility_jump", False)
    if nodes is not None:
        solver.setOptionValue("mip_max_nodes", nodes)
    solver.passModel(_model(program, gain, integer))
    first = highspy.HighsSolution()
    first.col_value = start.tolist()
    solver.setSolution(first)
    solver.run()
    if why:
        raise why[0]
    values = np.array(solver.getSolution().col_value)
    if solver.getInfo().primal_solution_status != FEASIBLE:
        values = start
    proven = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return Answer(values, np.zeros(0), -solver.getInfo().mip_dual_bound, proven)


def _asking(solver: highspy.Highs, stop: Callable[[], None]) -> list[Cancelled]:
    """Let a search be stopped; the list will hold what stopped it."""
    why: list[Cancelled] = []
    asked = time.monotonic()

    def look(event: Any) -> None:
        nonlocal asked
        if why or time.monotonic() - asked < SECOND:
            return
        asked = time.monotonic()
        try:
            stop()
        except Cancelled as fault:  # it cannot pass through the solver
            why.append(fault)
            event.interrupt()

    solver.cbMipInterrupt += look
    return why


def _solver(seconds: float) -> highspy.Highs:
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 1)
    solver.setOptionValue("time_limit", max(seconds, 0.01))
    return solver


def _model(
    program: Program, gain: Floats, integer: Bools | None = None
) -> highspy.HighsLp:
    order = np.lexsort((program.row, program.column))
    sizes = np.bincount(program.column, minlength=program.columns)
    model = highspy.HighsLp()
    model.num_col_ = program.columns
    model.num_row_ = len(program.lower)
    model.col_cost_ = -gain
    model.col_lower_ = np.zeros(program.columns)
    model.col_upper_ = program.most.astype(np.float64)
    model.row_lower_ = program.lower
    model.row_upper_ = program.upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    model.a_matrix_.index_ = program.row[order].astype(np.int32)
    model.a_matrix_.value_ = program.value[order].astype(np.float64)
    if integer is not None:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        model.integrality_ = [kinds[int(whole)] for whole in integer]
    return model
