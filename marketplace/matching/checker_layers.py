"""Checks a market with processors, knowing nothing of how it was planned."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.matching.checker import check_allocations
from marketplace.matching.faults import BrokenRule
from marketplace.matching.processors import Processor
from marketplace.matching.second_layer import Layered


def check_layers(processors: Sequence[Processor], found: Layered) -> None:
    """Raise BrokenRule if it is not legal, not balanced or does not add up."""
    rows = found.result.allocations
    check_allocations(found.market, rows)
    for one in processors:
        _check_processor(one, found)
    bids = {need.id: need.bid_vnd for need in found.market.needs}
    asks = {lot.id: lot.ask_vnd for lot in found.market.lots}
    bids |= {one.intake.id: -one.fee_vnd for one in processors}
    asks |= {one.output.id: 0 for one in processors}
    surplus = sum(
        (bids[row.need] - asks[row.lot] - row.transport_vnd) * row.kg for row in rows
    )
    if surplus != found.result.surplus_vnd:
        raise BrokenRule(f"surplus is {surplus}, not {found.result.surplus_vnd}")
    if surplus > found.result.bound_vnd:
        raise BrokenRule(f"surplus {surplus} exceeds {found.result.bound_vnd}")


def _check_processor(one: Processor, found: Layered) -> None:
    rows = found.result.allocations
    taken = [row for row in rows if row.need == one.intake.id]
    given = [row for row in rows if row.lot == one.output.id]
    in_kg, out_kg = sum(row.kg for row in taken), sum(row.kg for row in given)
    name = f"processor {one.id}"
    if not one.ratio * out_kg <= in_kg < one.ratio * out_kg + 1:
        raise BrokenRule(f"{name}: {in_kg} kg in, {out_kg} kg out")
    if in_kg > one.kg:
        raise BrokenRule(f"{name}: {in_kg} kg are too many")
    if taken and given and max(r.day for r in taken) > min(r.day for r in given):
        raise BrokenRule(f"{name}: delivered before it came in")
    paid = sum(row.kg * (row.price_vnd + row.transport_vnd) for row in taken)
    if sum(row.kg * row.price_vnd for row in given) < paid + one.fee_vnd * in_kg:
        raise BrokenRule(f"{name}: works at a loss")
