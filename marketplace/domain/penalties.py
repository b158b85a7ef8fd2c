"""Penalties of a contract, and what of them falls away for force majeure.

Who is excused owes no penalty for what the event hinders (Commercial Law 2005
art. 294). The rest of an obligation carries the agreed share of its value at the
most (CT-07), so what was asked beyond that was asked for what is excused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """A penalty as both stand by it; `line` where it is for one delivery alone."""

    key: str
    amount_vnd: int
    line: int | None = None


@dataclass(frozen=True)
class Obligation:
    """What one side owed: kilograms of each delivery, and how many are excused."""

    pct: int
    price_vnd: int
    kg: Mapping[int, int]
    excused_kg: Mapping[int, int]

    def most_vnd(self, line: int | None = None) -> int:
        """The most that may be asked for one delivery, or for all of them."""
        lines = self.kg if line is None else (line,)
        left = sum(
            max(0, self.kg.get(one, 0) - self.excused_kg.get(one, 0)) for one in lines
        )
        return left * self.price_vnd * self.pct // 100


def reliefs(asked: Sequence[Asked], owed: Obligation) -> dict[str, int]:
    """What falls away of each penalty, in whole đồng; nothing where nothing is excused.

    First of those for a delivery that is touched, then of all together, the last
    one first.
    """
    found = dict.fromkeys((one.key for one in asked), 0)
    touched = [line for line, kg in owed.excused_kg.items() if kg]
    for line in sorted(touched):
        mine = [one for one in asked if one.line == line]
        _take_off(found, mine, owed.most_vnd(line))
    if touched:
        _take_off(found, asked, owed.most_vnd())
    return found


def _take_off(found: dict[str, int], asked: Sequence[Asked], most_vnd: int) -> None:
    over = sum(one.amount_vnd - found[one.key] for one in asked) - most_vnd
    for one in reversed(asked):
        off = max(0, min(over, one.amount_vnd - found[one.key]))
        found[one.key] += off
        over -= off
