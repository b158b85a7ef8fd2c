"""Part of a market solved anew with one post changed: what that would bring it.

Only the pairs of the changed post are looked at again, and only the part that it
then belongs to is solved, by the same search as in a run; so a run of the changed
market gives the post the very same kilograms. What is too large, or not done in
time, has no answer.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np

from marketplace.matching.components import parts_of
from marketplace.matching.grid import Grid
from marketplace.matching.instance import Lot, Market, Need
from marketplace.matching.optimise import optimise
from marketplace.matching.pairs import (
    Block,
    Pairs,
    Stages,
    block_of,
    feasible,
    join,
)
from marketplace.matching.result import Result
from marketplace.matching.transport import Ints

MOST_CELLS = 200_000
"""Products with more lots times needs than that are not solved anew."""
MOST_PAIRS = 20_000
"""Parts with more pairs are solved in another way (`solve`)."""
SECONDS = 1.0
"""A part that takes longer than that is not solved anew again."""

NEARLY = 0.8


class TooLong(Exception):
    """There is no answer: too large, or no time."""


@dataclass
class Moved:
    """Kilograms that each lot gives and each need gets."""

    lots: dict[int, int]
    needs: dict[int, int]

    @staticmethod
    def by(result: Result) -> Moved:
        """What a result moves."""
        found = Moved({}, {})
        for row in result.allocations:
            found.lots[row.lot] = found.lots.get(row.lot, 0) + row.kg
            found.needs[row.need] = found.needs.get(row.need, 0) + row.kg
        return found


class Again:
    """A solved market in which one post at a time may change."""

    def __init__(
        self,
        market: Market,
        result: Result,
        ends: float,
        untold: Collection[int] = (),
    ) -> None:
        """Until `ends` by the clock; products `untold` are never solved anew."""
        self.market = market.in_order()
        self.moved = Moved.by(result)
        self.ends = ends
        self.untold = untold
        self.blocks: dict[int, Block] = {}
        self.hard: dict[int, int] = {}

    @property
    def late(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() >= self.ends

    def gained_by_lot(self, lot: Lot) -> int:
        """Kilograms more that a changed lot gives; raises TooLong."""
        block = _with_lot(self._block(lot.product), lot, self.market)
        return self._kg(block, lot) - self.moved.lots.get(lot.id, 0)

    def gained_by_need(self, need: Need, others: Iterable[Need] = ()) -> int:
        """Kilograms more that a changed need gets; others may change with it."""
        block = self._block(need.product)
        for row in (need, *others):
            block = _with_need(block, row, self.market)
        return self._kg(block, need) - self.moved.needs.get(need.id, 0)

    def _block(self, product: int) -> Block:
        """All pairs of a product as it was solved."""
        if self.late or product in self.untold:
            raise TooLong
        if product not in self.blocks:
            lots = sum(lot.product == product for lot in self.market.lots)
            needs = sum(need.product == product for need in self.market.needs)
            if lots * needs > MOST_CELLS:
                raise TooLong
            self.blocks[product] = block_of(self.market, product, Stages())
        return self.blocks[product]

    def _kg(self, block: Block, post: Lot | Need) -> int:
        """Kilograms of a post when its part is solved."""
        for part in parts_of(block):
            rows: tuple[Lot | Need, ...] = part.lots
            ends = part.pairs.lot
            if isinstance(post, Need):
                rows, ends = part.needs, part.pairs.need
            places = [place for place, row in enumerate(rows) if row.id == post.id]
            if places:
                return int(self._solved(part)[ends == places[0]].sum())
        return 0

    def _solved(self, part: Block) -> Ints:
        """The kilograms of all pairs of a part."""
        size, product = len(part.pairs), part.lots[0].product
        if size > MOST_PAIRS or size >= NEARLY * self.hard.get(product, MOST_PAIRS * 2):
            raise TooLong
        seconds = min(SECONDS, self.ends - time.monotonic())
        until = time.monotonic() + seconds
        plan = optimise(part, seconds=seconds, gap=0.0)
        if time.monotonic() >= until:
            self.hard[product] = min(size, self.hard.get(product, size))
            raise TooLong
        return plan.kilograms


def _with_lot(block: Block, lot: Lot, market: Market) -> Block:
    """The block with another lot in the place of the one of its id."""
    place = next(i for i, row in enumerate(block.lots) if row.id == lot.id)
    lots = (*block.lots[:place], lot, *block.lots[place + 1 :])
    new = feasible(Grid((lot,), block.needs, market), place, Stages())
    return replace(block, lots=lots, pairs=_put(block.pairs, lot=place, new=new))


def _with_need(block: Block, need: Need, market: Market) -> Block:
    """The block with another need in the place of the one of its id."""
    place = next(i for i, row in enumerate(block.needs) if row.id == need.id)
    needs = (*block.needs[:place], need, *block.needs[place + 1 :])
    new = feasible(Grid(block.lots, (need,), market), 0, Stages())
    new = replace(new, need=new.need + place)
    return replace(block, needs=needs, pairs=_put(block.pairs, need=place, new=new))


def _put(pairs: Pairs, *, new: Pairs, lot: int = -1, need: int = -1) -> Pairs:
    """The pairs without those of one post, and its new ones, in order."""
    kept = np.flatnonzero((pairs.lot != lot) & (pairs.need != need))
    both = join([pairs.at(kept), new])
    return both.at(np.lexsort((both.need, both.lot)))
