"""Harvests of mixed grades as rows of the solver, and what each of them is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from marketplace.matching.arrays import Int64
from marketplace.services.matching_code import Varieties, held_bits
from marketplace.services.matching_supply import Supply

MOST_RANKS, NO_RANK = 64, 63


class Portions(NamedTuple):
    """Parts of harvests that some need tells apart by grade; `of` is the position
    of the harvest, `part` counts the portions of one.
    """

    of: Int64
    part: Int64
    rank: Int64
    kg: Int64


def portions_of(supply: Supply, asked: dict[int, list[int]]) -> Portions:
    """Harvests split by grade as far as the grades `asked` for a product do."""
    rows, grades = supply.rows, supply.grades
    of = np.searchsorted(rows["id"], grades["id"])
    kg = supply.left[of] * grades["share"] // 1000
    worst = np.append(of[1:] != of[:-1], True)[: len(of)]
    total = np.bincount(of, weights=kg, minlength=len(rows)).astype(np.int64)
    kg[worst] += (supply.left - total)[of[worst]]
    told = _told_apart(rows["product"][of], grades["rank"], asked)
    ungraded = np.setdiff1d(np.arange(len(rows)), of)
    key, at = np.unique(of * MOST_RANKS + told, return_inverse=True)
    amounts = np.zeros(len(key), dtype=np.int64)
    np.add.at(amounts, at, kg)
    ranks = np.full(len(key), NO_RANK, dtype=np.int64)
    np.minimum.at(ranks, at, grades["rank"])
    of = np.concatenate([key // MOST_RANKS, ungraded])
    amounts = np.concatenate([amounts, supply.left[ungraded]])
    ranks = np.concatenate([ranks, ungraded * 0])
    order = np.lexsort((ranks, of))[amounts[np.lexsort((ranks, of))] > 0]
    of = of[order]
    first = np.searchsorted(of, of)
    return Portions(of, np.arange(len(of)) - first, ranks[order], amounts[order])


def _told_apart(product: Int64, rank: Int64, asked: dict[int, list[int]]) -> Int64:
    """A number that ranks share if no need of the product tells them apart."""
    found = np.zeros(len(rank), dtype=np.int64)
    for one, least in asked.items():
        mine = product == one
        found[mine] = np.searchsorted(least, rank[mine])
    return found


def bits_of(supply: Supply, portions: Portions, varieties: Varieties) -> Int64:
    """Grades and varieties as bits, of each portion; papers are its pieces'."""
    rows = supply.rows[portions.of]
    kinds, at = np.unique(
        np.stack([portions.rank, rows["product"], rows["variety"]], axis=1),
        axis=0,
        return_inverse=True,
    )
    found = [
        held_bits(0, rank, variety, varieties[product])
        for rank, product, variety in kinds.tolist()
    ]
    return np.array(found, dtype=np.int64)[at]
