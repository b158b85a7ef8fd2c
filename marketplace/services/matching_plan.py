"""What a result proposes: pairs of posts with lines, a price and reasons."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from marketplace.domain.bargaining import Bid, Line
from marketplace.matching import Allocation, Lot, Need, Result
from marketplace.matching.delivery import runs_within, shared_days
from marketplace.matching.transport import haul
from marketplace.services.matching_inputs import Snapshot
from marketplace.services.matching_reasons import reasons_of
from marketplace.services.matching_solved import Plan


def plans_of(snapshot: Snapshot, result: Result) -> list[Plan]:
    """One plan for each harvest and offer that the result brings together."""
    pairs: defaultdict[tuple[int, int], list[Allocation]] = defaultdict(list)
    for allocation in result.allocations:
        offer = snapshot.market.need[allocation.need].offer
        pairs[allocation.lot, offer].append(allocation)
    return [
        _plan(snapshot, result, pair, allocations)
        for pair, allocations in sorted(pairs.items())
    ]


def _plan(
    snapshot: Snapshot,
    result: Result,
    pair: tuple[int, int],
    allocations: list[Allocation],
) -> Plan:
    lot = snapshot.market.lot[pair[0]]
    needs = [snapshot.market.need[allocation.need] for allocation in allocations]
    metres, transport_vnd, days = haul(lot, needs[0], snapshot.market.transport)
    met = zip(needs, allocations, strict=True)
    lines = sorted(_line(lot, need, one, days) for need, one in met)
    bid = Bid(min(one.price_vnd for one in allocations), tuple(lines))
    post, offer = snapshot.lots[pair[0]], snapshot.offers[pair[1]]
    return Plan(
        *pair,
        seller_id=post.organisation_id,
        buyer_id=offer.organisation_id,
        product_id=lot.product,
        answer_by=offer.answer_by,
        lot_digest=post.digest,
        offer_digest=offer.digest,
        replaced=snapshot.superseded.get(pair, 0),
        bid=bid,
        transport_vnd=transport_vnd,
        distance_km=(metres + 500) // 1000,
        reasons=reasons_of(snapshot, result, pair, bid),
    )


def _line(lot: Lot, need: Need, allocation: Allocation, transit_days: int) -> Line:
    """The days from the first on which everything holds, without a gap."""
    last = allocation.day
    for run in runs_within(lot, shared_days(lot, need, transit_days)):
        if run.first_day <= last + 1 and run.last_day > last:
            if need.requires & ~run.has:
                break
            last = run.last_day
    return Line(
        tranche_id=need.id,
        kg=allocation.kg,
        deliver_from=date.fromordinal(allocation.day),
        deliver_to=date.fromordinal(last),
    )
