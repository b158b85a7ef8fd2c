"""Advice that holds: every change is made and its part solved again.

The changes of `unmatched` are additions to the allocation as it stands; a run of
the changed market may choose otherwise and give the post less. Here only what a
run would really give is told, the cheapest change of every post first, until the
time is over; what was not tried is counted and not told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from marketplace.matching.again import Again, TooLong
from marketplace.matching.instance import Lot, Market, Need
from marketplace.matching.limits import higher_ceilings, lower_floors
from marketplace.matching.result import Change, Result, Unmatched

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


def prove(result: Result, again: Again) -> Advised:
    """Advice for everything that a result leaves."""
    work = _Work(result, again)
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

    def __init__(self, result: Result, again: Again) -> None:
        self.result, self.again = result, again
        self.parts: dict[int, Market] = {}

    def of_lot(self, left: Unmatched) -> list[Try]:
        lot = self.again.market.lot[left.id]

        def floor() -> Change | None:
            part, moved = self._part(lot.product), self.again.moved
            cheaper = lower_floors(lot, part, self.result, moved)
            return self._first(
                lot.id,
                (Change("floor", 0, {"vnd": row.ask_vnd}, (row,)) for row in cheaper),
            )

        return [*self._told(left), floor]

    def of_need(self, left: Unmatched) -> list[Try]:
        need = self.again.market.need[left.id]

        def ceiling() -> Change | None:
            part, moved = self._part(need.product), self.again.moved
            dearer = higher_ceilings(need, part, self.result, moved)
            return self._first(
                need.id,
                (Change("ceiling", 0, {"vnd": row.bid_vnd}, (row,)) for row in dearer),
            )

        return [*self._told(left), ceiling]

    def _told(self, left: Unmatched) -> Iterator[Try]:
        """The changes that were told with the result; a price without a number is not."""
        for change in left.changes:
            if change.code != "price":
                yield partial(self._first, left.id, [change])

    def _first(self, post: int, changes: Iterable[Change]) -> Change | None:
        """The first that brings the post anything, with what it brings."""
        for change in changes:
            kg = self._kg(post, change)
            if kg > 0:
                return replace(change, kg=kg)
        return None

    def _kg(self, post: int, change: Change) -> int:
        for row in change.rows:
            if isinstance(row, Lot):
                return self.again.gained_by_lot(row)
        needs = [row for row in change.rows if isinstance(row, Need)]
        mine = next((row for row in needs if row.id == post), None)
        if mine is None:
            return 0
        return self.again.gained_by_need(mine, [row for row in needs if row != mine])

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
