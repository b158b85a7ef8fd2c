"""An independent check of an answer, by numpy over all pairs of the problem.

    u_i >= 0, v_j >= 0, w_jk >= 0                 gains of lots and needs, and of
                                                  a share of seller k at need j
    u_i + v_j + w_jk >= s_ij                      for EVERY pair that may meet
    surplus <= sum q_i u_i + d_j v_j + most_j w_jk = bound

(weak duality; the second line is priced out over all pairs, none left out).
Equality of the two sides is optimality. With smallest lots a pair may meet only
if its smallest lot fits both sides, and the bound is that of the rest. Where an
offer takes few sellers, only the w of its best ones count (`verify_choices`); a
bound below what prices prove must come from a search and is held against the
optimum of `mixed_integer` where there is one (`sizes`).

Nothing here knows how an answer was found: no kernel of the engine is used.

    python -m bench.verify INSTANCE_FOLDER ANSWER.npz     one JSON object
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench import answers, instances
from bench.answers import Answer
from bench.pairs import Block, blocks, on_the_edge, transport_vnd, worth_at_least
from bench.verify_choices import choice_bound
from marketplace.matching.arrays import LOT_KEY, Int64, Problem


class Broken(AssertionError):
    """The answer is not legal, or does not prove what it claims."""


class Verdict(NamedTuple):
    """What was found: đồng; `bound_vnd` is 0 if no prices were handed in."""

    surplus_vnd: int
    bound_vnd: int
    underpriced: int  # pairs that the prices alone do not cover (shares do)


def require(true: object, what: str) -> None:
    """Raise Broken unless true."""
    if not true:
        raise Broken(what)


def verify(problem: Problem, answer: Answer) -> Verdict:
    """Raise Broken unless the answer is legal and its claims hold."""
    surplus = check_pairs(problem, answer)
    check_quantities(problem, answer)
    check_rules(problem, answer)
    require(answer.surplus_vnd == surplus, f"surplus is {surplus}")
    if not answer.gain_lot.size:
        return Verdict(surplus, 0, 0)
    bound, underpriced = dual_bound(problem, answer.gain_lot, answer.gain_need)
    require(surplus <= bound, f"surplus {surplus} exceeds the bound {bound}")
    require(surplus <= answer.bound_vnd, "the claimed bound is below the surplus")
    if not has_rules(problem):
        require(bound <= answer.bound_vnd, f"the prices prove {bound} only")
        require(underpriced == 0, f"{underpriced} pairs are underpriced")
    elif answer.choice_need.size:
        bound = choice_bound(problem, answer.choice_lot, answer.choice_need, may_meet)
        require(bound <= answer.priced_vnd, f"the prices prove {bound} only")
        require(answer.bound_vnd <= answer.priced_vnd, "prices prove more than claimed")
    return Verdict(surplus, bound, underpriced)


def has_rules(problem: Problem) -> bool:
    """Whether smallest lots, shares or numbers of suppliers bind anything."""
    lots, needs = problem.lots, problem.needs
    return bool(
        lots.least_kg.any()
        or needs.least_kg.any()
        or needs.most_suppliers.any()
        or (needs.most_kg < needs.kg).any()
    )


def check_pairs(problem: Problem, answer: Answer) -> int:
    """Every pair may meet, once, on its day, at its price; the surplus in đồng."""
    i, j = answer.lot.astype(np.int64), answer.need.astype(np.int64)
    lots, needs = problem.lots, problem.needs
    require((answer.kg > 0).all(), "less than a kilogram")
    require(np.unique(i * 2**32 + j).size == i.size, "a pair occurs twice")
    require((lots.product[i] == needs.product[j]).all(), "products differ")
    require((lots.seller[i] != needs.buyer[j]).all(), "sold to oneself")
    apart = np.isin(i * LOT_KEY + needs.offer[j], problem.apart)
    require(not apart.any(), "they are to be kept apart")
    check_days(problem, answer)
    carry = transport_vnd(problem, i, j)
    surplus = needs.bid_vnd[j] - lots.ask_vnd[i] - carry
    loss = (surplus < 0) & ~on_the_edge(problem, i, j)
    require(not loss.any(), f"{loss.sum()} pairs at a loss")
    if answer.price_vnd.size:
        least, most = lots.ask_vnd[i], needs.bid_vnd[j] - carry
        fair = (answer.price_vnd >= least) & (answer.price_vnd <= most)
        require(fair.all(), f"{(~fair).sum()} prices beyond a limit")
    return int((surplus * answer.kg).sum())


def check_days(problem: Problem, answer: Answer) -> None:
    """On some day (the one named, if one is) the lot holds what is required."""
    pieces, needs = problem.pieces, problem.needs
    order = np.argsort(pieces.lot, kind="stable")
    begin = np.searchsorted(pieces.lot[order], answer.lot)
    end = np.searchsorted(pieces.lot[order], answer.lot, side="right")
    met = np.zeros(answer.lot.size, bool)
    for nth in range(int((end - begin).max(initial=0))):
        row = np.flatnonzero(begin + nth < end)
        piece, need = order[begin[row] + nth], answer.need[row]
        first = np.maximum(pieces.first_day[piece], needs.first_day[need])
        last = np.minimum(pieces.last_day[piece], needs.last_day[need])
        fits = (needs.requires[need] & ~pieces.has[piece]) == 0
        if answer.day.size:
            fits &= (first <= answer.day[row]) & (answer.day[row] <= last)
        met[row] |= fits & (first <= last)
    require(met.all(), f"{(~met).sum()} pairs that cannot be delivered")


def check_quantities(problem: Problem, answer: Answer) -> None:
    """Nobody gives more than there is, or gets more than was asked for."""
    given = np.bincount(answer.lot, answer.kg, problem.lots.kg.size)
    got = np.bincount(answer.need, answer.kg, problem.needs.kg.size)
    require((given <= problem.lots.kg).all(), "a lot is sold twice")
    require((got <= problem.needs.kg).all(), "a need gets too much")


def check_rules(problem: Problem, answer: Answer) -> None:
    """Smallest lots, largest shares, most suppliers."""
    lots, needs = problem.lots, problem.needs
    i, j, kg = answer.lot.astype(np.int64), answer.need.astype(np.int64), answer.kg
    least = np.maximum(lots.least_kg[i], needs.least_kg[j])
    whole = (kg == lots.kg[i]) | (kg == needs.kg[j])
    require(((kg >= least) | whole).all(), "less than the smallest lot")
    seller = lots.seller[i].astype(np.int64)
    _, first, row = np.unique(
        j * 2**32 + seller, return_index=True, return_inverse=True
    )
    share = np.bincount(row, kg, first.size)
    require((share <= needs.most_kg[j[first]]).all(), "more than a seller's share")
    offer = needs.offer[j].astype(np.int64)
    offers = np.unique(offer * 2**32 + seller) // 2**32
    sellers = np.bincount(offers, minlength=int(needs.offer.max(initial=0)) + 1)
    most = needs.most_suppliers[j]
    require(((most == 0) | (sellers[offer] <= most)).all(), "too many suppliers")


def dual_bound(problem: Problem, u: Int64, v: Int64) -> tuple[int, int]:
    """The bound that the prices prove, and how many pairs the shares must cover."""
    require((u >= 0).all() and (v >= 0).all(), "a gain below zero")
    bound = int((problem.lots.kg * u).sum()) + int((problem.needs.kg * v).sum())
    underpriced = 0
    for block in blocks(problem):
        extra, count = _uncovered(problem, block, u, v)
        bound, underpriced = bound + extra, underpriced + count
    return bound, underpriced


def _uncovered(problem: Problem, block: Block, u: Int64, v: Int64) -> tuple[int, int]:
    """What shares add to the bound: most_kg times the largest lack of a seller."""
    lots, needs = problem.lots, problem.needs
    price = lots.ask_vnd[block.lots] + u[block.lots]
    worth = needs.bid_vnd[block.needs] - v[block.needs]
    extra = count = 0
    for found in worth_at_least(problem, block, price, worth, 1):
        i, j, surplus = found
        real = may_meet(problem, i, j) & ~on_the_edge(problem, i, j)
        real &= surplus >= 1
        i, j, lack = i[real], j[real], (surplus - u[i] - v[j])[real]
        count += i.size
        key, row = np.unique(j * 2**32 + lots.seller[i], return_inverse=True)
        most = np.zeros(key.size, np.int64)
        np.maximum.at(most, row, lack)
        extra += int((most * needs.most_kg[key // 2**32]).sum())
    return extra, count


def may_meet(problem: Problem, i: Int64, j: Int64) -> np.ndarray:
    """Whether the smallest lot of the pair fits both sides and the share."""
    lots, needs = problem.lots, problem.needs
    least = np.maximum(lots.least_kg[i], needs.least_kg[j])
    least = np.minimum(np.minimum(least, lots.kg[i]), needs.kg[j])
    return least <= np.minimum(lots.kg[i], needs.most_kg[j])


def main() -> None:
    """See the module."""
    folder, path = Path(sys.argv[1]), Path(sys.argv[2])
    answer = answers.load(path)
    began = time.process_time()
    verdict = verify(instances.load(folder), answer)
    spent = round(time.process_time() - began, 3)
    claims = {
        "claimed_bound_vnd": answer.bound_vnd,
        "relaxed_vnd": answer.relaxed_vnd,
        "pairs_considered": answer.pairs_considered,
        "allocated_pairs": int(answer.lot.size),
    }
    said = verdict._asdict() | claims | {"verify_seconds": spent}
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
