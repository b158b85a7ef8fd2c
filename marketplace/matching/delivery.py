"""The days on which a lot can be delivered, and what it holds on them.

Picked on h in [first, last], under way for T days and good for L days, fruit
arrives on a day d of [first + T, last + L - T]: not before the first picking
has travelled, and so early that its life outlasts the journey once more, which
leaves the buyer time to sell. A paper counts on the day of delivery, not on
the day of the match.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from marketplace.matching.instance import Lot, Need, Segment


def paper_runs(lot: Lot) -> tuple[Segment, ...]:
    """Delivery days before transit, cut where the papers held change.

    The runs are disjoint, in order, without a gap from the first day of
    harvest to the end of the shelf life.
    """
    first, end = lot.first_day, lot.last_day + lot.shelf_life_days + 1
    cuts = {first, end}
    for segment in lot.segments:
        cuts |= {segment.first_day, segment.last_day + 1}
    days = sorted(day for day in cuts if first <= day <= end)
    return tuple(
        Segment(start, stop - 1, held_on(lot, start)) for start, stop in pairwise(days)
    )


def held_on(lot: Lot, day: int) -> int:
    """The mask of everything that holds on a day."""
    mask = 0
    for segment in lot.segments:
        if segment.first_day <= day <= segment.last_day:
            mask |= segment.has
    return mask


def shared_days(lot: Lot, need: Need, transit_days: int) -> range:
    """Days on which the lot can arrive and the need is open; may be empty."""
    first = max(need.first_day, lot.first_day + transit_days)
    last = min(need.last_day, lot.last_day + lot.shelf_life_days - transit_days)
    return range(first, max(last + 1, first))


def runs_within(lot: Lot, days: range) -> Iterable[Segment]:
    """The paper runs of a lot, clipped to the days given."""
    for run in paper_runs(lot):
        first, last = max(run.first_day, days.start), min(run.last_day, days.stop - 1)
        if first <= last:
            yield Segment(first, last, run.has)


def lay_papers(
    first_day: int, last_day: int, papers: Iterable[tuple[int, int, int]]
) -> tuple[Segment, ...]:
    """Segments from papers given as (bit mask, valid from, valid until).

    `first_day` and `last_day` are the delivery days of interest, so the end of
    the shelf life, not of the harvest; days without a paper stay with mask 0.
    """
    laid = [Segment(first_day, last_day, 0)]
    for mask, since, until in papers:
        first, last = max(since, first_day), min(until, last_day)
        if first <= last:
            laid.append(Segment(first, last, mask))
    return tuple(sorted(laid))
