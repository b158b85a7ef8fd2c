"""Advice that holds: every change is made and its part solved again.

The changes of `unmatched` are additions to the allocation as it stands; a run of
the changed market may choose otherwise and give the post less. Here only what a
run would really give is told, the cheapest change of every post first, until the
time is over; what was not tried is counted and not told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

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
    lots = {left.id: work.of_lot(left) for left in result.unmatched_lots}
    needs = {left.id: work.of_need(left) for left in result.unmatched_needs}
    found = Advised(
        {id_: Advice() for id_ in lots}, {id_: Advice() for id_ in needs}
    )
    rows = [
        *((left, lots[left.id], found.lots[left.id]) for left in result.unmatched_lots),
        *(
            (left, needs[left.id], found.needs[left.id])
            for left in result.unmatched_needs
        ),
    ]
    rows.sort(key=lambda row: (-row[0].kg, row[0].id))
    for left, _, advice in rows:
        advice.untried += left.unasked
    for place in range(max((len(tries) for _, tries, _ in rows), default=0)):
        for _, tries, advice in rows:
            if place < len(tries):
                _try(tries[place], advice)
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
                (Change("floor", 0, {"vnd": row.ask_vnd}, (row,)) for row in cheaper)
            )

        return [*self._told(left), floor]

    def of_need(self, left: Unmatched) -> list[Try]:
        need = self.again.market.need[left.id]

        def ceiling() -> Change | None:
            part, moved = self._part(need.product), self.again.moved
            dearer = higher_ceilings(need, part, self.result, moved)
            return self._first(
                (Change("ceiling", 0, {"vnd": row.bid_vnd}, (row,)) for row in dearer)
            )

        return [*self._told(left), ceiling]

    def _told(self, left: Unmatched) -> Iterator[Try]:
        """The changes that were told with the result; a price without a number is not."""
        for change in left.changes:
            if change.code != "price":
                yield lambda change=change: self._first([change])  # type: ignore[misc]

    def _first(self, changes: Iterable[Change]) -> Change | None:
        """The first that brings anything, with what it brings."""
        for change in changes:
            kg = self._kg(change)
            if kg > 0:
                return replace(change, kg=kg)
        return None

    def _kg(self, change: Change) -> int:
        lots = [row for row in change.rows if isinstance(row, Lot)]
        if lots:
            return self.again.gained_by_lot(lots[0])
        needs = [row for row in change.rows if isinstance(row, Need)]
        return self.again.gained_by_need(needs[0], needs)

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
