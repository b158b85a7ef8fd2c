"""How much of a trace an organisation may learn (TR-01).

One step back and one step forward: the lots one handled, what those were made of, to
whom one shipped how many kilograms and how many of them were received. What a buyer has
left, sells, or makes of it is the buyer's own affair in ordinary times. While a hold or a
recall stands over a lot, whoever made it answers for all of it, and sees every lot and
kilogram that came of it. The names of organisations are those of one's own partners and
of the makers of lots one handled, which stand on the boxes: nobody learns whom a partner
buys from or sells to, in a recall neither (everybody in it is told by the market).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from marketplace.domain.trace import (
    HIDDEN,
    Party,
    Placed,
    Shipped,
    Source,
    Trace,
    TracedLot,
    Whereabout,
)


def seen_by(trace: Trace, me: int, recalled: Collection[int] = ()) -> Trace:
    """The part of a trace that an organisation may learn; officers get all of it.

    `recalled` are the lots of it that a hold or a recall stands over now.
    """
    sight = _Sight.of(trace, me, recalled)
    shown = [one for one in trace.lots if sight.shows(one)]
    ids = frozenset(one.id for one in shown)
    return Trace(
        trace.roots & ids,
        tuple(sight.lot(one) for one in shown),
        tuple(one for one in trace.links if {one.parent, one.child} <= ids),
        tuple(sight.shipped(one) for one in trace.shipped if sight.shows_way(one)),
        tuple(one for one in trace.sources if sight.shows_source(one)),
        tuple(sight.placed(one) for one in trace.placed if sight.shows_place(one)),
        whole=trace.roots <= sight.answered,
    )


@dataclass(frozen=True)
class _Sight:
    me: int
    mine: frozenset[int]  # lots that went through these hands
    before: frozenset[int]  # lots that those were made of
    named: frozenset[int]  # organisations whose names may be read
    made: frozenset[int]  # lots that were made here
    answered: frozenset[int]  # recalled lots of one's own, and all made of those

    @classmethod
    def of(cls, trace: Trace, me: int, recalled: Collection[int]) -> _Sight:
        made = frozenset(
            one.id for one in trace.lots if one.maker.organisation_id == me
        )
        mine = made | _handled(trace, me)
        before = frozenset(one.parent for one in trace.links if one.child in mine)
        answered = _made_of(trace, made & frozenset(recalled))
        return cls(me, mine, before, _named(trace, me, mine), made, answered)

    def shows(self, lot: TracedLot) -> bool:
        near = lot.id in self.before and lot.maker.organisation_id in self.named
        return lot.id in self.answered or lot.id in self.mine or near

    def lot(self, lot: TracedLot) -> TracedLot:
        """A lot of somebody unknown keeps its kind and kilograms alone.

        One that never was in these hands has no page for them.
        """
        if lot.maker.organisation_id in self.named:
            return lot if lot.id in self.mine else replace(lot, public_id="")
        return replace(lot, public_id="", code="", maker=HIDDEN)

    def shows_way(self, way: Shipped) -> bool:
        return way.lot in self.answered or self.me in _ends(way)

    def shipped(self, way: Shipped) -> Shipped:
        return replace(
            way,
            sender=self._party(way.sender, way.sender.organisation_id),
            receiver=self._party(way.receiver, way.sender.organisation_id),
        )

    def shows_source(self, source: Source) -> bool:
        return source.lot in self.made

    def shows_place(self, place: Placed) -> bool:
        ends = place.holder.organisation_id, place.sender_id
        return place.lot in self.answered or self.me in ends

    def placed(self, place: Placed) -> Placed:
        holder = self._party(place.holder, place.sender_id)
        seen = holder != HIDDEN or place.where is Whereabout.STOCK
        sender = place.sender_id if place.sender_id in self.named else None
        return replace(place, holder=holder, sender_id=sender if seen else None)

    def _party(self, party: Party, told_by: int | None) -> Party:
        """An organisation that may be named; somebody outside by who told of it."""
        if party.organisation_id is None:
            return party if told_by == self.me else HIDDEN
        return party if party.organisation_id in self.named else HIDDEN


def _ends(way: Shipped) -> tuple[int | None, int | None]:
    return way.sender.organisation_id, way.receiver.organisation_id


def _made_of(trace: Trace, lots: frozenset[int]) -> frozenset[int]:
    """These lots, and all that was made of them."""
    reached = lots
    while new := {one.child for one in trace.links if one.parent in reached} - reached:
        reached |= new
    return reached


def _handled(trace: Trace, me: int) -> frozenset[int]:
    moved = {one.lot for one in trace.shipped if me in _ends(one)}
    have = {one.lot for one in trace.placed if one.holder.organisation_id == me}
    return frozenset(moved | have)


def _named(trace: Trace, me: int, mine: frozenset[int]) -> frozenset[int]:
    partners = {end for one in trace.shipped if me in _ends(one) for end in _ends(one)}
    makers = {one.maker.organisation_id for one in trace.lots if one.id in mine}
    return frozenset(one for one in partners | makers | {me} if one is not None)
