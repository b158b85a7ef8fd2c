"""What the needs of one product ask for, as bits of one mask of 64.

Only what somebody asks for has a bit. Papers: one bit a paper, or one bit a
set of papers that is asked for, whichever are fewer; a need asks for its bits
and a lot has those it satisfies. Varieties: one bit a set that is accepted,
which a lot has if it is of one of them; or, if fewer, one bit a variety that
means "not of this one". Grades: one bit a grade, which better lots have too.
A lot fits if and only if no bit that is asked for is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from marketplace.matching.faults import MalformedInstance
from marketplace.matching.instance import Lot, Need

MOST_BITS = 64

Test = Callable[[int], bool]
"""Whether somebody has, or asks for, what a bit stands for."""


class Marks:
    """The code of one product."""

    def __init__(self, lots: Iterable[Lot], needs: Iterable[Need]) -> None:
        needs = list(needs)
        self.product = needs[0].product if needs else 0
        self.asked = _paper_sets({need.requires for need in needs})
        self.accepted = sorted(
            {need.varieties for need in needs} - {frozenset()}, key=sorted
        )
        self.grown = sorted({lot.variety for lot in lots})
        self.by_set = len(self.accepted) <= len(self.grown)
        self.grades = sorted({need.least_grade for need in needs} - {0})
        self._of_need: dict[tuple[int, frozenset[int], int], int] = {}
        self._of_lot: dict[tuple[int, int, int], int] = {}
        self._check()

    def of_need(self, need: Need) -> int:
        """What a need asks for."""
        key = need.requires, need.varieties, need.least_grade
        if key not in self._of_need:
            self._of_need[key] = self._need_bits(*key)
        return self._of_need[key]

    def of_lot(self, has: int, variety: int, rank: int) -> int:
        """What a lot of a variety and a grade (0: of none) with these papers has."""
        key = has, variety, rank
        if key not in self._of_lot:
            self._of_lot[key] = self._lot_bits(*key)
        return self._of_lot[key]

    def grade_bits(self, rank: int) -> int:
        """The grades that a lot of this rank is good enough for."""
        return _bits(0 < rank <= grade for grade in self.grades)

    def _need_bits(self, requires: int, varieties: frozenset[int], grade: int) -> int:
        if self.by_set:
            variety = _bits(accepted == varieties for accepted in self.accepted)
        else:
            unwanted = set(self.grown) - varieties if varieties else set()
            variety = _bits(one in unwanted for one in self.grown)
        papers = _bits(mask & ~requires == 0 for mask in self.asked)
        return self._joined(papers, variety, _bits(one == grade for one in self.grades))

    def _lot_bits(self, has: int, grown: int, rank: int) -> int:
        if self.by_set:
            variety = _bits(grown in accepted for accepted in self.accepted)
        else:
            variety = _bits(one != grown for one in self.grown)
        papers = _bits(mask & ~has == 0 for mask in self.asked)
        return self._joined(papers, variety, self.grade_bits(rank))

    def _joined(self, papers: int, variety: int, grade: int) -> int:
        shift = len(self.asked)
        wide = shift + (len(self.accepted) if self.by_set else len(self.grown))
        return papers | variety << shift | grade << wide

    def _check(self) -> None:
        varieties = min(len(self.accepted), len(self.grown))
        bits = len(self.asked) + varieties + len(self.grades)
        if bits > MOST_BITS:
            raise MalformedInstance(
                "needs",
                f"of product {self.product} ask for {bits} papers, varieties and"
                f" grades, more than {MOST_BITS}",
            )


def _paper_sets(asked: set[int]) -> list[int]:
    """Masks that stand for a bit each: single papers, or whole sets if fewer."""
    sets = sorted(asked - {0})
    union = 0
    for mask in sets:
        union |= mask
    if union.bit_count() <= len(sets):
        return [1 << place for place in range(union.bit_length()) if union >> place & 1]
    return sets


def _bits(found: Iterable[bool]) -> int:
    return sum(1 << place for place, yes in enumerate(found) if yes)
