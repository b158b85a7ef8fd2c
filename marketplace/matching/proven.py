"""Advice that holds: every change is made and its part solved again.

The changes of `unmatched` are additions to the allocation as it stands; a run of
the changed market may choose otherwise and give the post less. Here only what a
run would really give is told, the cheapest change of every post first; where
solving again takes too long, what every best allocation gives (`sure`). What is
not known when the time is over is counted and not told.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from marketplace.matching.again import Again, TooLong
from marketplace.matching.faults import MOST_VND
from marketplace.matching.instance import Lot, Market, Need
from marketplace.matching.limits import higher_ceilings, lower_floors
from marketplace.matching.result import Change, Result, Unmatched
from marketplace.matching.sure import Sure

Try = Callable[[], Change | None]
"""A change with its kilograms, None if it brings nothing; raises TooLong."""


@dataclass
class Advice:
    """The changes of one post that hold, and how many were not tried."""

    changes: list[Change] = field(default_factory=list)
    untried: int = 0


@dataclass(frozen=True)
class Advised:
    """What is told to lots and to needs, by their ids."""

    lots: dict[int, Advice]
    needs: dict[int, Advice]


def prove(result: Result, again: Again, ends: float) -> Advised:
    """Advice for everything that a result leaves, until `ends` by the clock."""
    work = _Work(result, again, ends)
    found = Advised(
        {left.id: Advice(untried=left.unasked) for left in result.unmatched_lots},
        {left.id: Advice(untried=left.unasked) for left in result.unmatched_needs},
    )
    rows = [(left, work.of_lot(left)) for left in result.unmatched_lots]
    told = [found.lots[left.id] for left, _ in rows]
    rows += [(left, work.of_need(left)) for left in result.unmatched_needs]
    told += [found.needs[left.id] for left, _ in rows[len(told) :]]
    most = sorted(range(len(rows)), key=lambda place: -rows[place][0].kg)
    for number in range(max((len(tries) for _, tries in rows), default=0)):
        for place in most:
            tries = rows[place][1]
            if number < len(tries):
                _try(tries[number], told[place])
    return found


def _try(attempt: Try, advice: Advice) -> None:
    try:
        change = attempt()
    except TooLong:
        advice.untried += 1
        return
    if change is not None:
        advice.changes.append(change)


class _Work:
    """What could be tried for each post, cheapest first."""

    def __init__(self, result: Result, again: Again, ends: float) -> None:
        self.result, self.again, self.ends = result, again, ends
        self.sure = Sure(again.market, result)
        self.parts: dict[int, Market] = {}

    def of_lot(self, left: Unmatched) -> list[Try]:
        """The changes of a lot."""
        return [*self._told(left), partial(self._floor, self.again.market.lot[left.id])]

    def of_need(self, left: Unmatched) -> list[Try]:
        """The changes of a need."""
        need = self.again.market.need[left.id]
        return [*self._told(left), partial(self._ceiling, need)]

    def _told(self, left: Unmatched) -> Iterator[Try]:
        """The changes told with the result; a price without a number is not."""
        for change in left.changes:
            if change.code != "price":
                yield partial(self._proven, left.id, change)

    def _proven(self, post: int, change: Change) -> Change | None:
        """The change with what it brings, if that is anything."""
        try:
            kg = self._kg(post, change.rows)
        except TooLong:
            kg = self._sure(change.rows)
        return replace(change, kg=kg) if kg > 0 else None

    def _floor(self, lot: Lot) -> Change | None:
        try:
            part, moved = self._part(lot.product), self.again.moved
            for row in lower_floors(lot, part, self.result, moved):
                kg = self._kg(lot.id, (row,))
                if kg > 0:
                    return Change("floor", kg, {"vnd": row.ask_vnd})
        except TooLong:
            cut = self._cut(lot)
            row = replace(lot, ask_vnd=lot.ask_vnd - cut)
            if row.ask_vnd >= 0:
                return Change("floor", self._sure((row,)), {"vnd": row.ask_vnd})
        return None

    def _ceiling(self, need: Need) -> Change | None:
        try:
            part, moved = self._part(need.product), self.again.moved
            for row in higher_ceilings(need, part, self.result, moved):
                kg = self._kg(need.id, (row,))
                if kg > 0:
                    return Change("ceiling", kg, {"vnd": row.bid_vnd})
        except TooLong:
            row = replace(need, bid_vnd=need.bid_vnd + self._cut(need))
            if row.bid_vnd <= MOST_VND:
                return Change("ceiling", self._sure((row,)), {"vnd": row.bid_vnd})
        return None

    def _kg(self, post: int, rows: Sequence[Lot | Need]) -> int:
        """Kilograms that the post gets more when all is solved again."""
        for row in rows:
            if isinstance(row, Lot):
                return self.again.gained_by_lot(row)
        needs = [row for row in rows if isinstance(row, Need)]
        mine = next((row for row in needs if row.id == post), None)
        if mine is None:
            return 0
        return self.again.gained_by_need(mine, [row for row in needs if row != mine])

    def _sure(self, rows: Sequence[Lot | Need]) -> int:
        """Kilograms that the post gets more in every best allocation."""
        if len(rows) != 1:
            raise TooLong
        row = rows[0]
        self._in_time(row)
        kg = self.sure.of_lot(row) if isinstance(row, Lot) else self.sure.of_need(row)
        if not kg:
            raise TooLong
        return kg

    def _cut(self, post: Lot | Need) -> int:
        self._in_time(post)
        cut = self.sure.least_cut(post)
        if cut <= 0:
            raise TooLong
        return cut

    def _in_time(self, post: Lot | Need) -> None:
        if time.monotonic() > self.ends or post.product in self.again.untold:
            raise TooLong

    def _part(self, product: int) -> Market:
        """The market of one product alone."""
        if self.again.late:
            raise TooLong
        if product not in self.parts:
            market = self.again.market
            self.parts[product] = replace(
                market,
                lots=tuple(lot for lot in market.lots if lot.product == product),
                needs=tuple(need for need in market.needs if need.product == product),
            )
        return self.parts[product]
