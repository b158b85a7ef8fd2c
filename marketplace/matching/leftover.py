"""What an allocation leaves, and how much of it one lot or need could still take.

The answer is *sure*: the kilograms found can be added to the allocation as it
stands, all rules kept, without taking anything from anybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from marketplace.matching.instance import Lot, Market, Need
from marketplace.matching.result import Allocation


class Leftover:
    """The books of an allocation."""

    def __init__(self, market: Market, allocations: Iterable[Allocation]) -> None:
        self.market = market
        self.lot_uses: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self.need_got: defaultdict[int, int] = defaultdict(int)
        self.carried: defaultdict[tuple[int, int], int] = defaultdict(int)
        self.owners: defaultdict[int, set[int]] = defaultdict(set)
        for allocation in allocations:
            lot, need = market.lot[allocation.lot], market.need[allocation.need]
            self.book(lot, need, allocation.kg)

    def book(self, lot: Lot, need: Need, kg: int) -> None:
        """Add kilograms of a lot for a need."""
        self.lot_uses[lot.id].append((need.least_grade, kg))
        self.need_got[need.id] += kg
        self.carried[lot.id, need.offer] += kg
        self.owners[need.offer].add(lot.owner)

    def of_lot(self, lot: Lot, least_grade: int = 0) -> int:
        """Kilograms left of a lot that are good enough for `least_grade`."""
        uses = self.lot_uses[lot.id]
        left = lot.kg - sum(kg for _, kg in uses)
        if least_grade == 0:
            return left
        grades = {grade for grade, _ in uses if grade > least_grade} | {least_grade}
        for rank in grades:
            used = sum(kg for grade, kg in uses if 0 < grade <= rank)
            left = min(left, lot.fitting_kg(rank) - used)
        return left

    def of_need(self, need: Need) -> int:
        """Kilograms a need still lacks."""
        return need.kg - self.need_got[need.id]

    def admits(self, lot: Lot, need: Need) -> bool:
        """Whether the offer has a place for the owner of the lot."""
        owners = self.owners[need.offer]
        return (
            need.most_suppliers == 0
            or lot.owner in owners
            or len(owners) < need.most_suppliers
        )

    def movable(self, lot: Lot, needs: Iterable[Need]) -> dict[int, int]:
        """Kilograms a lot could bring to each of some tranches of one offer."""
        moved: dict[int, int] = {}
        for need in needs:
            used = sum(moved.values())
            kg = min(self.of_lot(lot, need.least_grade) - used, self.of_need(need))
            if kg > 0:
                moved[need.id] = kg
        return moved

    def try_to_add(self, lot: Lot, needs: list[Need]) -> int:
        """Book what the lot can bring to tranches of one offer; 0 if too little."""
        first = needs[0]
        moved = self.movable(lot, needs)
        total = sum(moved.values())
        least = max(lot.smallest_kg, first.smallest_kg, 1)
        if not total or not self.admits(lot, first):
            return 0
        if self.carried[lot.id, first.offer] + total < least:
            return 0
        for need in needs:
            if need.id in moved:
                self.book(lot, need, moved[need.id])
        return total
