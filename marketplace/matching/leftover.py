"""What an allocation leaves, and how much of it one lot or need could still take.

The answer is *sure*: the kilograms found can be added to the allocation as it
stands, all rules kept, without taking anything from anybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from marketplace.matching.instance import Lot, Market, Need
from marketplace.matching.pair import least_kg, share_kg
from marketplace.matching.result import Allocation


class Leftover:
    """The books of an allocation."""

    def __init__(self, market: Market, allocations: Iterable[Allocation]) -> None:
        self.market = market
        self.lot_uses: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self.need_got: defaultdict[int, int] = defaultdict(int)
        self.carried: defaultdict[tuple[int, int], int] = defaultdict(int)
        self.brought: defaultdict[tuple[int, int], int] = defaultdict(int)
        self.given: defaultdict[tuple[int, int], int] = defaultdict(int)
        self.owners: defaultdict[int, set[int]] = defaultdict(set)
        for allocation in allocations:
            lot, need = market.lot[allocation.lot], market.need[allocation.need]
            self.book(lot, need, allocation.kg)

    def about(self, lots: Iterable[Lot], needs: Iterable[Need]) -> Leftover:
        """Books of a few rows alone, that can be written in without a trace."""
        books, lots = Leftover(self.market, ()), list(lots)
        for lot in lots:
            books.lot_uses[lot.id] = list(self.lot_uses[lot.id])
        for need in needs:
            books.need_got[need.id] = self.need_got[need.id]
            books.owners[need.offer] = set(self.owners[need.offer])
            for lot in lots:
                pair, share = (lot.id, need.id), (lot.owner, need.id)
                books.carried[pair] = self.carried.get(pair, 0)
                books.brought[share] = self.brought.get(share, 0)
        return books

    def book(self, lot: Lot, need: Need, kg: int) -> None:
        """Add kilograms of a lot for a need."""
        self.lot_uses[lot.id].append((need.least_grade, kg))
        self.need_got[need.id] += kg
        self.carried[lot.id, need.id] += kg
        self.brought[lot.owner, need.id] += kg
        self.given[lot.id, need.owner] += kg
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

    def of_share(self, lot: Lot, need: Need) -> int:
        """Kilograms that the owner of the lot may still bring to the need."""
        return share_kg(need) - self.brought.get((lot.owner, need.id), 0)

    def admits(self, lot: Lot, need: Need) -> bool:
        """Whether the offer has a place for the owner of the lot."""
        owners = self.owners[need.offer]
        return (
            need.most_suppliers == 0
            or lot.owner in owners
            or len(owners) < need.most_suppliers
        )

    def movable(self, lot: Lot, need: Need) -> int:
        """Kilograms that the lot could bring, smallest lots and places aside."""
        kg = min(self.of_lot(lot, need.least_grade), self.of_need(need))
        return max(min(kg, self.of_share(lot, need)), 0)

    def suffices(self, lot: Lot, need: Need, kg: int) -> bool:
        """Whether the pair reaches its smallest lot with so many kilograms more."""
        return self.carried.get((lot.id, need.id), 0) + kg >= least_kg(lot, need)

    def try_to_add(self, lot: Lot, need: Need) -> int:
        """Book what the lot can bring to the need; 0 if that breaks a rule."""
        kg = self.movable(lot, need)
        if not kg or not self.admits(lot, need) or not self.suffices(lot, need, kg):
            return 0
        self.book(lot, need, kg)
        return kg
