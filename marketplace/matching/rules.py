"""The rules that quantities miss, for a list of pairs: who breaks which.

A pair carries nothing or at least `least`: the larger smallest lot of its two
sides, or the whole lot or the whole need if that is less. One seller brings a
need at most `most`; an offer has at most so many sellers. Pairs of one seller
and one offer share a *door*, those of one seller and one need a *share*.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marketplace.matching.arrays import Problem
from marketplace.matching.shard import Shard
from marketplace.matching.side import Bools, Floats, Ints

COULD = 0.5
"""A flow splits what is equally good as it likes: so much counts what a seller
who brings something could bring."""


@dataclass
class Rules:
    """Pairs as columns, and the doors and shares they belong to."""

    lot: Ints
    need: Ints
    worth: Ints
    least: Ints
    most: Ints
    lot_kg: Ints
    need_kg: Ints
    door: Ints
    door_offer: Ints  # of each door
    sellers: Ints  # most doors of each offer, 0 for any number
    share: Ints
    share_kg: Ints  # of each share

    def open_doors(self, kg: Ints) -> Floats:
        """Worth of what each door lets through, and a part of what it could."""
        could = np.where(kg > 0, self.most * COULD, 0.0)
        worth = (kg + could) * self.worth
        return np.bincount(self.door, worth, len(self.door_offer)).astype(np.float64)

    def crumbs(self, kg: Ints) -> Bools:
        """Pairs that carry something, but too little."""
        broken: Bools = (kg > 0) & (kg < self.least)
        return broken

    def surplus_doors(self, kg: Ints) -> Bools:
        """Doors that open beyond the limit of their offer, the least worth first."""
        value = self.open_doors(kg)
        used = np.flatnonzero(value)
        ranked = used[np.lexsort((-value[used], self.door_offer[used]))]
        offer = self.door_offer[ranked]
        place = np.arange(len(ranked)) - np.searchsorted(offer, offer)
        closed = np.zeros(len(value), dtype=np.bool_)
        limit = self.sellers[offer]
        closed[ranked[(limit > 0) & (place >= limit)]] = True
        return closed

    def shared(self, kg: Ints) -> Ints:
        """Kilograms of each share."""
        total: Ints = np.bincount(
            self.share, kg.astype(np.float64), len(self.share_kg)
        ).astype(np.int64)
        return total

    def cut_to_share(self, kg: Ints) -> Ints:
        """What each pair may keep so that no seller has too much of a need.

        The largest deliveries keep theirs; what is left of a share below the
        least of a pair is nothing.
        """
        over = self.shared(kg) > self.share_kg
        allowed = self.most.copy()
        rows = np.flatnonzero(over[self.share] & (kg > 0))
        rows = rows[np.lexsort((-kg[rows], self.share[rows]))]
        left = dict.fromkeys(self.share[rows].tolist(), -1)
        for row in rows.tolist():
            share = int(self.share[row])
            room = left[share] if left[share] >= 0 else int(self.share_kg[share])
            keep = min(int(kg[row]), room)
            keep = keep if keep >= self.least[row] else 0
            allowed[row], left[share] = keep, room - keep
        return allowed

    def legal(self, kg: Ints) -> bool:
        """Whether every rule is kept."""
        return not (
            self.crumbs(kg).any()
            or self.surplus_doors(kg).any()
            or (self.shared(kg) > self.share_kg).any()
        )

    def holds(self, kg: Ints) -> bool:
        """Whether every rule is kept and nobody gives or gets too much."""
        given = np.bincount(self.lot, kg, len(self.lot_kg))
        got = np.bincount(self.need, kg, len(self.need_kg))
        enough = (given <= self.lot_kg).all() and (got <= self.need_kg).all()
        return bool(enough and (kg >= 0).all() and self.legal(kg))


def rules_of(
    problem: Problem, shard: Shard, lot: Ints, need: Ints, worth: Ints
) -> Rules:
    """The rules for pairs given by their nodes."""
    i, j = shard.lot_of[lot], shard.need_of[need]
    lots, needs = problem.lots, problem.needs
    smaller = np.minimum(lots.kg[i], needs.kg[j])
    least = np.minimum(np.maximum(lots.least_kg[i], needs.least_kg[j]), smaller)
    offers, offer = np.unique(needs.offer[j], return_inverse=True)
    sellers, seller = np.unique(lots.seller[i], return_inverse=True)
    doors, door = np.unique(offer * len(sellers) + seller, return_inverse=True)
    shares, share = np.unique(need * len(sellers) + seller, return_inverse=True)
    limit = np.zeros(len(offers), dtype=np.int64)
    limit[offer] = needs.most_suppliers[j]
    return Rules(
        lot=lot,
        need=need,
        worth=worth,
        least=np.maximum(least, 1),
        most=np.minimum(smaller, needs.most_kg[j]),
        lot_kg=shard.lot_kg,
        need_kg=shard.need_kg,
        door=door,
        door_offer=doors // max(len(sellers), 1),
        sellers=limit,
        share=share,
        share_kg=shard.need_most[shares // max(len(sellers), 1)],
    )


def has_rules(problem: Problem, shard: Shard) -> bool:
    """Whether anybody has set a smallest lot, most suppliers or a largest share."""
    return bool(
        (shard.lots["least"] > 1).any()
        or (shard.needs["least"] > 1).any()
        or (shard.need_most < shard.need_kg).any()
        or problem.needs.most_suppliers[shard.need_of].any()
    )
