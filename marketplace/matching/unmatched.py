"""Why kilograms are left, and the cheapest single change that would match them.

For each lot (need) with kilograms left, every change its owner could make is
tried against the needs (lots) that are left too. What a change would match is
counted as a sure addition (see `leftover`): solving the changed market anew
reaches at least the old surplus and that of the addition. Changes are ordered
by effort: a word (smallest lot, suppliers), days of a window, variety, price,
papers, grade; then by kilograms. A price change is told without any number.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import numpy as np

from marketplace.matching.blocked import lot_blocked_by, need_blocked_by
from marketplace.matching.changes import (
    Candidate,
    changes_of_lot,
    changes_of_need,
    renewals,
)
from marketplace.matching.filters import FILTERS
from marketplace.matching.grid import Bools, Grid
from marketplace.matching.instance import Lot, Market, Need
from marketplace.matching.leftover import Leftover
from marketplace.matching.pair import Pair
from marketplace.matching.reasons import RULES
from marketplace.matching.result import Allocation, Change, Unmatched

Post = TypeVar("Post", Lot, Need)
Other = TypeVar("Other", Lot, Need)
PARTNERS = 40
"""How many of the other side are asked, those with the most kilograms left."""
ADVISED = 500
"""How many of each side get advice, those with the most left; of the others
only the binding rule is told."""

MOST_LOOKED_AT = 2_000
"""Partners of one post that are not too many to say what each of them lacks."""
SERVED = "competition"
"""Partners fit, but somebody took what they have; `blocked` tells more."""

Stages = Mapping[int, Mapping[str, int]]


def advise(
    market: Market,
    allocations: tuple[Allocation, ...],
    lot_stages: Stages,
    need_stages: Stages,
    stop: Callable[[], None],
    seconds: float = math.inf,
) -> tuple[tuple[Unmatched, ...], tuple[Unmatched, ...]]:
    """(lots, needs) with kilograms left, each with what would help.

    After so many seconds nobody is asked any more what would help.
    """
    left = Leftover(market, allocations)
    lots = _most_left([lot for lot in market.lots if left.of_lot(lot)], left.of_lot)
    needs = _most_left(
        [need for need in market.needs if left.of_need(need)], left.of_need
    )
    asked = _Asked(left, stop, time.monotonic() + seconds, lots, needs)
    about_lots = [
        asked.about_lot(lot, lot_stages.get(lot.id), place)
        for place, lot in enumerate(lots)
    ]
    about_needs = [
        asked.about_need(need, need_stages.get(need.offer), place)
        for place, need in enumerate(needs)
    ]
    return _in_order(about_lots), _in_order(about_needs)


def _in_order(rows: list[Unmatched]) -> tuple[Unmatched, ...]:
    return tuple(sorted(rows, key=lambda row: row.id))


def _most_left(rows: list[Post], left: Callable[[Post], int]) -> list[Post]:
    """Those with the most kilograms left first."""
    return sorted(rows, key=lambda row: (-left(row), row.id))


def _by_product(rows: Iterable[Post]) -> dict[int, list[Post]]:
    found: dict[int, list[Post]] = {}
    for row in rows:
        found.setdefault(row.product, []).append(row)
    return found


class _Asked:
    """Whom to ask what would help: of each product the first few."""

    def __init__(
        self,
        left: Leftover,
        stop: Callable[[], None],
        ends: float,
        lots: list[Lot],
        needs: list[Need],
    ) -> None:
        self.left, self.stop, self.ends = left, stop, ends
        self.near_lots, self.near_needs = _by_product(lots), _by_product(needs)
        self.lots = _by_product(left.market.lots)
        self.needs = _by_product(left.market.needs)

    def _unasked(self, place: int) -> bool:
        self.stop()
        return place >= ADVISED or time.monotonic() > self.ends

    def about_lot(
        self, lot: Lot, seen: Mapping[str, int] | None, place: int
    ) -> Unmatched:
        """What a lot has left, and what would help."""
        left, unasked = self.left, self._unasked(place)
        near = [] if unasked else self.near_needs.get(lot.product, [])[:PARTNERS]
        found: set[Candidate] = set()
        for need in near:
            found |= set(changes_of_lot(Pair(lot, need, left.market), left))
        found |= set(renewals(lot, found))
        changes = _weigh(found, lambda made: _gain_of_lot(left, made, near))
        seen = seen or _seen(Grid((lot,), tuple(near), left.market))
        why = _binding(changes, seen)
        every = self.needs.get(lot.product, [])
        if why == SERVED and not unasked and 0 < len(every) <= MOST_LOOKED_AT:
            ok = passes_of(Grid((lot,), tuple(every), left.market))[0]
            met = [need for need, fits in zip(every, ok, strict=True) if fits]
            why = lot_blocked_by(left, lot, met) if met else why
        return Unmatched(lot.id, left.of_lot(lot), why, changes, unasked)

    def about_need(
        self, need: Need, seen: Mapping[str, int] | None, place: int
    ) -> Unmatched:
        """What a need lacks, and what would help."""
        left, unasked = self.left, self._unasked(place)
        near = [] if unasked else self.near_lots.get(need.product, [])[:PARTNERS]
        found: set[Candidate] = set()
        for lot in near:
            found |= set(changes_of_need(Pair(lot, need, left.market), left))
        changes = _weigh(found, lambda made: _gain_of_need(left, need, made, near))
        seen = seen or _seen(Grid(tuple(near), (need,), left.market))
        why = _binding(changes, seen)
        every = self.lots.get(need.product, [])
        if why == SERVED and not unasked and 0 < len(every) <= MOST_LOOKED_AT:
            ok = passes_of(Grid(tuple(every), (need,), left.market))[:, 0]
            met = [lot for lot, fits in zip(every, ok, strict=True) if fits]
            why = need_blocked_by(left, need, met) if met else why
        return Unmatched(need.id, left.of_need(need), why, changes, unasked)


def _weigh(
    found: Iterable[Candidate], gain: Callable[[Candidate], int]
) -> tuple[Change, ...]:
    """The cheapest change of each kind that matches anything, cheapest first."""
    efforts: dict[tuple[int, str], list[Candidate]] = {}
    for made in found:
        efforts.setdefault((made.effort, made.code), []).append(made)
    best: dict[str, Change] = {}
    for (_, code), alike in sorted(efforts.items(), key=lambda item: item[0]):
        if code not in best:
            gains = {made: gain(made) for made in alike}
            most = min(alike, key=lambda made: (-gains[made], made.params))
            if gains[most] > 0:
                rows = (most.lot,) if most.lot else most.needs
                best[code] = Change(code, gains[most], dict(most.params), rows)
    return tuple(best.values())


def _seen(grid: Grid) -> dict[str, int]:
    """How many are left after each rule; nothing if nobody was asked."""
    if not grid.lots or not grid.needs:
        return {}
    left = np.ones((len(grid.lots), len(grid.needs)), dtype=np.bool_)
    counts = {}
    for code, passes in FILTERS.items():
        left &= passes(grid)
        counts[code] = int(left.sum())
    return counts


def _binding(changes: tuple[Change, ...], stages: Mapping[str, int]) -> str:
    """The rule that holds it back; SERVED if some partners pass them all."""
    if changes:
        return changes[0].code
    if not stages:
        return "product"
    return next((code for code in RULES if not stages.get(code)), SERVED)


def _gain_of_lot(left: Leftover, made: Candidate, needs: list[Need]) -> int:
    """Kilograms of the changed lot that could be added for these needs."""
    lot = made.lot
    if lot is None:
        return 0
    passed = passes_of(Grid((lot,), tuple(needs), left.market))[0]
    open_needs = [need for need, ok in zip(needs, passed, strict=True) if ok]
    books = left.about([lot], open_needs)
    return sum(books.try_to_add(lot, need) for need in open_needs)


def _gain_of_need(left: Leftover, need: Need, made: Candidate, lots: list[Lot]) -> int:
    """Kilograms of these lots that could be added for the changed need."""
    changed = next((row for row in made.needs if row.id == need.id), need)
    passed = passes_of(Grid(tuple(lots), (changed,), left.market))[:, 0]
    books = left.about(lots, [changed])
    return sum(
        books.try_to_add(lot, changed)
        for lot, ok in zip(lots, passed, strict=True)
        if ok
    )


def passes_of(grid: Grid, *, but: str = "") -> Bools:
    """Which pairs pass every rule, or every rule but one."""
    left = np.ones((len(grid.lots), len(grid.needs)), dtype=np.bool_)
    for code, passes in FILTERS.items():
        if code != but:
            left &= passes(grid)
    return left
