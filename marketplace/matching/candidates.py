"""The pairs that a solver is shown, by ascending key `need * lots + lot`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from marketplace.matching.auction import PAIR, Columns
from marketplace.matching.kernels import kernel
from marketplace.matching.scan import Found
from marketplace.matching.side import Bools, Ints, Nodes, Records


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
    fresh = _unknown(new.key, known)
    return Candidates(new.key[fresh], new.surplus[fresh])


def merged(one: Candidates, other: Candidates) -> Candidates:
    """Both together."""
    return Candidates(*_merged(*one, *other))


def columns_of(candidates: Candidates, lots: int, needs: int) -> Columns:
    """The pairs as the auction wants them."""
    pairs = np.empty(len(candidates.key), dtype=PAIR)
    start = np.zeros(needs + 1, dtype=np.int64)
    _fill(*candidates, lots, start, pairs)
    return Columns(start, pairs)


@kernel
def _unknown(new: Ints, known: Ints) -> Bools:
    fresh, place = np.ones(len(new), np.bool_), 0
    for number in range(len(new)):
        while place < len(known) and known[place] < new[number]:
            place += 1
        fresh[number] = place == len(known) or known[place] != new[number]
    return fresh


@kernel
def _merged(
    key: Ints, surplus: Ints, other_key: Ints, other_surplus: Ints
) -> tuple[Ints, Ints]:
    keys = np.empty(len(key) + len(other_key), np.int64)
    values = np.empty(len(keys), np.int64)
    mine = other = count = 0
    while mine < len(key) or other < len(other_key):
        left = mine < len(key)
        left &= other == len(other_key) or key[mine] <= other_key[other]
        if left:
            if other < len(other_key) and other_key[other] == key[mine]:
                other += 1
            keys[count], values[count] = key[mine], surplus[mine]
            mine += 1
        else:
            keys[count], values[count] = other_key[other], other_surplus[other]
            other += 1
        count += 1
    return keys[:count].copy(), values[:count].copy()


@kernel
def _fill(key: Ints, surplus: Ints, lots: int, start: Ints, pairs: Records) -> None:
    for place in range(len(key)):
        need = key[place] // lots
        pairs[place].need, pairs[place].lot = need, key[place] - need * lots
        pairs[place].surplus = surplus[place]
        start[need + 1] += 1
    for need in range(len(start) - 1):
        start[need + 1] += start[need]


def best_of_needs(columns: Columns, u: Ints) -> Ints:
    """What the best known pair of each need is worth at prices u, at least 0."""
    return _best(*columns, u)


@kernel
def _best(start: Ints, pairs: Records, u: Ints) -> Ints:
    best = np.zeros(len(start) - 1, dtype=np.int64)
    for pair in pairs:
        best[pair.need] = max(best[pair.need], pair.surplus - u[pair.lot])
    return best
