"""The side rules as a mixed-integer programme, solved by scipy's HiGHS.

    max  sum s x     x kilograms of a pair, y whether it meets, z whether a
                     seller supplies an offer
    least y <= x <= most y,  y <= z,  sum z <= most suppliers of the offer,
    sums of x within a lot, a need, and a seller's share of a need

Only for small instances: what is left of the search is in its bound.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack, vstack

from bench import answers
from bench.answers import Answer
from bench.pairs import Block, Pairs, blocks, feasible
from marketplace.matching.arrays import Int64, Problem

EVERY_RUN: tuple[str, ...] = ()  # only where there are side rules
ON_REQUEST: tuple[str, ...] = ()
SECONDS_A_PRODUCT = 60


class Rows(NamedTuple):
    """Constraints over x, y and z: `low <= matrix @ values <= high`."""

    matrix: csr_array
    low: np.ndarray
    high: np.ndarray


def solve(problem: Problem) -> Answer:
    """Product by product, to the optimum if time allows."""
    parts, bound = [], 0
    for block in blocks(problem):
        part, most = _solve_block(problem, block)
        parts.append(part)
        bound += most
    return answers.joined(parts)._replace(bound_vnd=bound)


def _solve_block(problem: Problem, block: Block) -> tuple[Answer, int]:
    pairs, least, most = _admissible(problem, feasible(problem, block))
    count = pairs.lot.size
    if not count:
        return answers.of_flow(pairs, np.empty(0)), 0
    rows = _rows(problem, pairs, least, most)
    width = rows.matrix.shape[1]
    gain = np.zeros(width)
    gain[:count] = pairs.surplus_vnd
    top = np.ones(width)
    top[:count] = most
    found = milp(
        -gain,
        integrality=(np.arange(width) >= count).astype(int),
        bounds=Bounds(0, top),
        constraints=LinearConstraint(*rows),
        options={"mip_rel_gap": 0, "time_limit": SECONDS_A_PRODUCT},
    )
    if found.x is None:
        raise RuntimeError(f"milp: {found.message}")
    answer = answers.of_flow(pairs, found.x[:count])
    return answer, max(answer.surplus_vnd, int(-found.mip_dual_bound + 0.5))


def _admissible(problem: Problem, pairs: Pairs) -> tuple[Pairs, Int64, Int64]:
    """Pairs whose smallest lot fits; the least and the most each can carry."""
    lots, needs = problem.lots, problem.needs
    lot_kg, need_kg = lots.kg[pairs.lot], needs.kg[pairs.need]
    least = np.maximum(lots.least_kg[pairs.lot], needs.least_kg[pairs.need])
    least = np.minimum(np.minimum(least, lot_kg), need_kg)
    most = np.minimum(lot_kg, needs.most_kg[pairs.need])
    keep = least <= most
    return Pairs(*(column[keep] for column in pairs)), least[keep], most[keep]


def _rows(problem: Problem, pairs: Pairs, least: Int64, most: Int64) -> Rows:
    """All constraints of a product."""
    lots, needs = problem.lots, problem.needs
    seller, offer = lots.seller[pairs.lot], needs.offer[pairs.need]
    count = pairs.lot.size
    lot, of_lot = np.unique(pairs.lot, return_inverse=True)
    need, of_need = np.unique(pairs.need, return_inverse=True)
    share, of_share = _groups(seller, pairs.need)
    supplier, of_supplier = _groups(seller, offer)
    bought, of_offer = np.unique(supplier, return_inverse=True)
    limit = _limits(problem, bought)
    each = np.arange(count)
    x = [_sums(of_lot, lot.size), _sums(of_need, need.size)]
    x += [_sums(of_share, share.size)]
    none = -np.full(1, np.inf)
    tall = [(part, None, None) for part in x]
    tall += [(_scaled(each, 1), _scaled(each, -least), None)]
    tall += [(_scaled(each, 1), _scaled(each, -most), None)]
    tall += [(None, _scaled(each, 1), _scaled(of_supplier, -1, supplier.size))]
    tall += [(None, None, _sums(of_offer, bought.size))]
    high = [lots.kg[lot], needs.kg[need], needs.most_kg[share]]
    high += [np.full(count, np.inf), np.zeros(count), np.zeros(count), limit]
    low = [np.repeat(none, part[0].shape[0]) for part in tall[:3]]
    low += [np.zeros(count), np.repeat(none, 2 * count + bought.size)]
    widths = (count, count, supplier.size)
    matrix = vstack([_wide(parts, widths) for parts in tall], format="csr")
    return Rows(matrix, np.concatenate(low), np.concatenate(high).astype(float))


def _groups(seller: np.ndarray, other: np.ndarray) -> tuple[Int64, Int64]:
    """Each seller and other there is together: the others, and which is whose."""
    key, group = np.unique(other.astype(np.int64) * 2**32 + seller, return_inverse=True)
    return key // 2**32, group


def _limits(problem: Problem, offers: Int64) -> np.ndarray:
    """Most suppliers of these offers."""
    needs = problem.needs
    order = np.argsort(needs.offer, kind="stable")
    first = order[np.searchsorted(needs.offer[order], offers)]
    most = needs.most_suppliers[first]
    return np.where(most == 0, np.inf, most)


def _sums(group: Int64, groups: int) -> csr_array:
    """One row a group: the sum of its members."""
    ones = np.ones(group.size)
    return csr_array((ones, (group, np.arange(group.size))), (groups, group.size))


def _scaled(column: Int64, value: int | Int64, columns: int | None = None) -> csr_array:
    """One row an entry: `value` times one column."""
    values = np.broadcast_to(np.asarray(value, float), column.shape)
    shape = (column.size, columns or column.size)
    return csr_array((values, (np.arange(column.size), column)), shape)


def _wide(parts: tuple[csr_array | None, ...], widths: tuple[int, ...]) -> csr_array:
    """Blocks side by side, zeros where there is none."""
    height = next(part.shape[0] for part in parts if part is not None)
    whole = [
        csr_array((height, width)) if part is None else part
        for part, width in zip(parts, widths, strict=True)
    ]
    return hstack(whole, format="csr")
