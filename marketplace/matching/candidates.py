"""The pairs that a solver is shown, by ascending key `need * lots + lot`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from marketplace.matching.auction import PAIR, Columns
from marketplace.matching.kernels import kernel
from marketplace.matching.ordered import inserted
from marketplace.matching.scan import Found
from marketplace.matching.side import Ints, Nodes, Records


class Candidates(NamedTuple):
    """Keys of pairs, each once, and what a kilogram of each is worth."""

    key: Ints
    surplus: Ints


def found_for_needs(found: Found, u: Ints, v: Ints) -> Candidates:
    """The pairs of a scan over needs at the prices u and v."""
    return Candidates(*_by_need(found.node, found.value, u, v))


@kernel
def _by_need(node: Nodes, value: Ints, u: Ints, v: Ints) -> tuple[Ints, Ints]:
    """Keys and surplus of the useful ones, each once; a row is put in order of lots."""
    key, surplus = np.empty(node.size, np.int64), np.empty(node.size, np.int64)
    count = 0
    for need in range(len(node)):
        begin = count
        for place in range(node.shape[1]):
            lot = node[need, place]
            if lot < 0:
                break
            worth, mine = value[need, place] + u[lot] + v[need], need * len(u) + lot
            at = count
            while at > begin and key[at - 1] > mine:
                at -= 1
            if worth > 0 and (at == begin or key[at - 1] != mine):
                for moved in range(count, at, -1):
                    key[moved], surplus[moved] = key[moved - 1], surplus[moved - 1]
                key[at], surplus[at] = mine, worth
                count += 1
    return key[:count].copy(), surplus[:count].copy()


def found_for_lots(found: Found, rows: Ints, u: Ints, v: Ints) -> Candidates:
    """The pairs of a scan over pieces of lots; `rows` are their lots."""
    row, place = np.nonzero(found.node >= 0)
    need, lot = found.node[row, place].astype(np.int64), rows[row].astype(np.int64)
    surplus = found.value[row, place] + u[lot] + v[need]
    return _in_order(need * len(u) + lot, surplus)


def _in_order(key: Ints, surplus: Ints) -> Candidates:
    key, place = np.unique(key, return_index=True)
    surplus = surplus[place]
    useful = surplus > 0
    return Candidates(key[useful], surplus[useful])


def without(new: Candidates, known: Ints) -> Candidates:
    """Those that are not known yet."""
    place = np.searchsorted(known, new.key)
    place[place == len(known)] = 0
    fresh = known[place] != new.key if len(known) else np.ones(len(place), np.bool_)
    return Candidates(new.key[fresh], new.surplus[fresh])


def merged(one: Candidates, other: Candidates) -> Candidates:
    """Both together."""
    new = without(other, one.key)
    place = np.searchsorted(one.key, new.key)
    return Candidates(
        inserted(one.key, place, new.key), inserted(one.surplus, place, new.surplus)
    )


def columns_of(candidates: Candidates, lots: int, needs: int) -> Columns:
    """The pairs as the auction wants them."""
    pairs = np.zeros(len(candidates.key), dtype=PAIR)
    pairs["need"], pairs["lot"] = np.divmod(candidates.key, lots)
    pairs["surplus"] = candidates.surplus
    start = np.searchsorted(candidates.key, np.arange(needs + 1) * lots)
    return Columns(start, pairs)


def best_of_needs(columns: Columns, u: Ints) -> Ints:
    """What the best known pair of each need is worth at prices u, at least 0."""
    return _best(*columns, u)


@kernel
def _best(start: Ints, pairs: Records, u: Ints) -> Ints:
    best = np.zeros(len(start) - 1, dtype=np.int64)
    for pair in pairs:
        best[pair.need] = max(best[pair.need], pair.surplus - u[pair.lot])
    return best
