"""Checks a result against the rules, knowing nothing of how it was found.

Plain Python over single rows: no arrays, no programme, no solver.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from marketplace.matching.faults import BrokenRule
from marketplace.matching.instance import Market
from marketplace.matching.pair import Pair, least_kg
from marketplace.matching.reasons import Verdict, explain_pair
from marketplace.matching.result import Allocation, Result


def check(market: Market, result: Result) -> None:
    """Raise BrokenRule if the result is not legal or does not add up."""
    check_allocations(market, result.allocations)
    surplus = sum(
        Pair(market.lot[a.lot], market.need[a.need], market).surplus_vnd * a.kg
        for a in result.allocations
    )
    if surplus != result.surplus_vnd:
        raise BrokenRule(f"surplus is {surplus}, not {result.surplus_vnd}")
    if surplus > result.bound_vnd:
        raise BrokenRule(f"surplus {surplus} exceeds its bound {result.bound_vnd}")


def check_allocations(market: Market, allocations: Iterable[Allocation]) -> None:
    """Raise BrokenRule if any hard rule, quantity or side rule is broken."""
    allocations = list(allocations)
    if len({(a.lot, a.need) for a in allocations}) < len(allocations):
        raise BrokenRule("a pair occurs twice")
    for allocation in allocations:
        _check_pair(market, allocation)
    _check_lots(market, allocations)
    _check_needs(market, allocations)
    _check_shares(market, allocations)
    _check_suppliers(market, allocations)


def _check_pair(market: Market, allocation: Allocation) -> None:
    lot, need = market.lot[allocation.lot], market.need[allocation.need]
    name = f"lot {lot.id}, need {need.id}"
    if allocation.kg < max(least_kg(lot, need), 1):
        raise BrokenRule(f"{name}: {allocation.kg} kg are too few")
    for reason in explain_pair(lot, need, market):
        if reason.verdict is Verdict.FAIL:
            raise BrokenRule(f"{name}: {reason.code} {reason.params}")
    pair = Pair(lot, need, market)
    if allocation.transport_vnd != pair.transport_vnd:
        raise BrokenRule(f"{name}: transport is {pair.transport_vnd}")
    if not lot.ask_vnd <= allocation.price_vnd <= need.bid_vnd - pair.transport_vnd:
        raise BrokenRule(f"{name}: price outside the common zone")
    if not _delivers(pair, allocation.day):
        raise BrokenRule(f"{name}: not deliverable on day {allocation.day}")


def _delivers(pair: Pair, day: int) -> bool:
    return any(
        run.first_day <= day <= run.last_day and pair.need.requires & ~run.has == 0
        for run in pair.runs
    )


def _check_lots(market: Market, allocations: list[Allocation]) -> None:
    taken: defaultdict[tuple[int, int], int] = defaultdict(int)
    for allocation in allocations:
        lot = market.lot[allocation.lot]
        asked = market.need[allocation.need].least_grade
        ranks = {need.least_grade for need in market.needs}
        taken[lot.id, 0] += allocation.kg
        for rank in ranks:
            if 0 < asked <= rank:
                taken[lot.id, rank] += allocation.kg
    for (lot_id, rank), kg in taken.items():
        if kg > market.lot[lot_id].fitting_kg(rank):
            raise BrokenRule(f"lot {lot_id}, grade {rank}: {kg} kg are too many")


def _check_needs(market: Market, allocations: list[Allocation]) -> None:
    got: defaultdict[int, int] = defaultdict(int)
    for allocation in allocations:
        got[allocation.need] += allocation.kg
    for need_id, kg in got.items():
        if kg > market.need[need_id].kg:
            raise BrokenRule(f"need {need_id}: {kg} kg are too many")


def _check_shares(market: Market, allocations: list[Allocation]) -> None:
    brought: defaultdict[tuple[int, int], int] = defaultdict(int)
    for allocation in allocations:
        owner = market.lot[allocation.lot].owner
        brought[owner, allocation.need] += allocation.kg
    for (owner, need_id), kg in brought.items():
        most = market.need[need_id].most_share_kg
        if most is not None and kg > most:
            raise BrokenRule(f"owner {owner}, need {need_id}: {kg} kg are too many")


def _check_suppliers(market: Market, allocations: list[Allocation]) -> None:
    owners: defaultdict[int, set[int]] = defaultdict(set)
    for allocation in allocations:
        need = market.need[allocation.need]
        owners[need.offer].add(market.lot[allocation.lot].owner)
        if 0 < need.most_suppliers < len(owners[need.offer]):
            raise BrokenRule(f"offer {need.offer}: too many suppliers")
