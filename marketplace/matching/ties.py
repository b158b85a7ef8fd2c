"""The best allocation, and among equally good ones the one that rules prefer.

In this order: more kilograms; owners with less promised before; nearer; those who
keep their word (`record`, 0 being the best); older posts first; and last the
order of ids, in which the solver sees its rows. Each
wish is a linear objective of its own, solved on the face of optima that the
wishes before it leave: by complementary slackness that face is the variables
with zero reduced cost and, as equations, the rows with a price other than
zero. No weight is mixed into đồng, so no preference can ever cost one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from marketplace.matching.columns import whole_optimum
from marketplace.matching.faults import SolverFailed
from marketplace.matching.pairs import Block
from marketplace.matching.program import Program
from marketplace.matching.transport import Ints


def wishes(block: Block) -> list[Ints]:
    """What to maximise after the surplus, one value a pair, first wish first."""
    pairs = block.pairs
    promised = _ranks([lot.promised_before_kg for lot in block.lots])[pairs.lot]
    lot_age = _ranks([lot.posted for lot in block.lots])[pairs.lot]
    need_age = _ranks([need.posted for need in block.needs])[pairs.need]
    more = np.ones(len(pairs), dtype=np.int64)
    known = _record(block)
    return [
        more,
        -promised,
        -(pairs.road_m // 1000),
        # Nothing is known against anybody in most parts of a market.
        *([-known] if known.any() else []),
        -(lot_age + need_age),
    ]


def _record(block: Block) -> Ints:
    """How badly both sides of each pair have kept their word."""
    lots = np.array([lot.record for lot in block.lots], dtype=np.int64)
    needs = np.array([need.record for need in block.needs], dtype=np.int64)
    found: Ints = lots[block.pairs.lot] + needs[block.pairs.need]
    return found


def _ranks(values: Sequence[int]) -> Ints:
    """0 for the least value, 1 for the next, equal ranks for equal values."""
    _, ranks = np.unique(np.array(values, dtype=np.int64), return_inverse=True)
    return ranks.astype(np.int64)


def settle(
    program: Program, gains: Sequence[Ints], *, seconds: float
) -> tuple[Ints, Ints]:
    """(kilograms of each variable, row prices of the first gain), all whole.

    Maximises the gains one after the other, each on the optima of the last.
    Raises SolverFailed if the first has no answer.
    """
    kilograms = np.zeros(program.columns, dtype=np.int64)
    open_columns = np.arange(program.columns)
    prices: list[Ints] = []
    face = program
    for gain in gains:
        try:
            found, y = whole_optimum(face, gain[open_columns], seconds)
        except SolverFailed:
            # A wish that has no answer in time is given up, not the optimum.
            if not prices:
                raise
            break
        kilograms[open_columns] = found
        prices.append(y)
        slack = face.through(y) - gain[open_columns]
        # Prices that are not exact span no face; what is found is still best.
        if (slack < 0).any() or not (slack == 0).any():
            break
        open_columns = open_columns[slack == 0]
        face = _face(face.only(slack == 0), y)
    return kilograms, prices[0]


def _face(program: Program, y: Ints) -> Program:
    """Rows with a price become equations, at the end that carries the price."""
    return replace(
        program,
        lower=np.where(y > 0, program.upper, program.lower),
        upper=np.where(y < 0, program.lower, program.upper),
    )
