"""Single changes that a seller or a buyer could make on their own side.

Each candidate is the change as it is told, and the rows as they would be. The
proposals are found pair by pair from the reasons; whether and how much they
help is for `unmatched` to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from marketplace.matching.faults import MOST_VND
from marketplace.matching.instance import Lot, Need, Segment
from marketplace.matching.leftover import Leftover
from marketplace.matching.pair import Pair
from marketplace.matching.reasons import Reason, Verdict, market, papers

MOST_DAYS = 30
"""A window further away than this belongs to another harvest."""


@dataclass(frozen=True)
class Candidate:
    """A change as told (`code`, `params`) and as made (`lot` or `needs`)."""

    code: str
    params: tuple[tuple[str, int], ...]
    effort: int
    lot: Lot | None = None
    needs: tuple[Need, ...] = ()


def changes_of_lot(pair: Pair, left: Leftover) -> Iterator[Candidate]:
    """What the seller could change so that this pair might match."""
    yield from _seller_papers(pair)
    yield from _seller_window(pair)
    lot, need = pair.lot, pair.need
    moved = left.movable(lot, need)
    if moved and not left.suffices(lot, need, moved):
        changed = replace(lot, smallest_kg=_carried(pair, left))
        if left.suffices(changed, need, moved):
            least = changed.smallest_kg
            yield _told("quantity", 1, changed, smallest_kg=least)
    if lot.fitting_kg(need.least_grade) == 0 and lot.kg:
        changed = replace(lot, grade_kg=((need.least_grade, lot.kg),))
        yield _told("grade", 500, changed, least_grade=need.least_grade)
    if _loses(pair) and lot.ask_vnd:
        yield _told("price", 200, replace(lot, ask_vnd=0))


def changes_of_need(pair: Pair, left: Leftover) -> Iterator[Candidate]:
    """What the buyer could change so that this pair might match."""
    yield from _buyer_papers(pair)
    yield from _buyer_window(pair)
    yield from _buyer_offer(pair, left)
    lot, need = pair.lot, pair.need
    if need.varieties and lot.variety not in need.varieties:
        wider = replace(need, varieties=need.varieties | {lot.variety})
        yield _asked("variety", 50, (wider,), variety=lot.variety)
    if _loses(pair):
        yield _asked("price", 200, (replace(need, bid_vnd=MOST_VND),))


def _loses(pair: Pair) -> bool:
    return pair.surplus_vnd < pair.market.least_surplus_vnd


def _told(code: str, effort: int, lot: Lot, **params: int) -> Candidate:
    return Candidate(code, tuple(sorted(params.items())), effort, lot=lot)


def _asked(code: str, effort: int, needs: tuple[Need, ...], **params: int) -> Candidate:
    return Candidate(code, tuple(sorted(params.items())), effort, needs=needs)


def _tranches(pair: Pair) -> tuple[Need, ...]:
    return pair.market.tranches[pair.need.offer]


def _lapsed(pair: Pair) -> Iterator[Reason]:
    """The paper rules that fail although the windows meet."""
    for rule in (papers, market):
        reason = rule(pair)
        if reason.verdict is Verdict.FAIL and pair.days:
            yield reason


def _seller_papers(pair: Pair) -> Iterator[Candidate]:
    for reason in _lapsed(pair):
        missing, first, last = _numbers(
            reason, "missing", "missing_from", "missing_until"
        )
        yield _renewed(pair.lot, reason.code, missing, first, last)


def renewals(lot: Lot, found: Iterable[Candidate]) -> Iterator[Candidate]:
    """One paper that several needs lack, held from the first to the last of them."""
    spans: dict[tuple[str, int], list[int]] = {}
    for made in found:
        if made.code in ("papers", "market"):
            told = dict(made.params)
            days = spans.setdefault((made.code, told["mask"]), [])
            days += [told["from_day"], told["until_day"]]
    for (code, mask), days in sorted(spans.items()):
        yield _renewed(lot, code, mask, min(days), max(days))


def _renewed(lot: Lot, code: str, mask: int, first: int, last: int) -> Candidate:
    held = (*lot.segments, Segment(first, last, mask))
    changed = replace(lot, segments=held, window=(lot.first_day, lot.last_day))
    effort = 300 * mask.bit_count()
    return _told(code, effort, changed, mask=mask, from_day=first, until_day=last)


def _buyer_papers(pair: Pair) -> Iterator[Candidate]:
    for reason in _lapsed(pair):
        (missing,) = _numbers(reason, "missing")
        eased = replace(pair.need, requires=pair.need.requires & ~missing)
        yield _asked(reason.code, 300 * missing.bit_count(), (eased,), mask=missing)


def _numbers(reason: Reason, *names: str) -> list[int]:
    return [int(str(reason.params[name])) for name in names]


def _seller_window(pair: Pair) -> Iterator[Candidate]:
    """Harvest begins earlier or ends later, papers of the edge day held on."""
    later, earlier = _days_off(pair)
    lot = pair.lot
    if 0 < later <= MOST_DAYS:
        until = lot.last_day + later
        wider = replace(
            lot,
            window=(lot.first_day, until),
            segments=_stretched(lot, until + lot.shelf_life_days),
        )
        yield _told("window", 10 + later, wider, days_later=later)
    if 0 < earlier <= MOST_DAYS:
        since = lot.first_day - earlier
        wider = replace(
            lot, window=(since, lot.last_day), segments=_stretched(lot, since)
        )
        yield _told("window", 10 + earlier, wider, days_earlier=earlier)


def _buyer_window(pair: Pair) -> Iterator[Candidate]:
    later, earlier = _days_off(pair)
    need = pair.need
    if 0 < later <= MOST_DAYS:
        wider = replace(need, first_day=need.first_day - later)
        yield _asked("window", 10 + later, (wider,), days_earlier=later)
    if 0 < earlier <= MOST_DAYS:
        wider = replace(need, last_day=need.last_day + earlier)
        yield _asked("window", 10 + earlier, (wider,), days_later=earlier)


def _days_off(pair: Pair) -> tuple[int, int]:
    """Days by which the supply ends too early, or begins too late."""
    lot, need = pair.lot, pair.need
    end = lot.last_day + lot.shelf_life_days - pair.transit_days
    return need.first_day - end, lot.first_day + pair.transit_days - need.last_day


def _stretched(lot: Lot, day: int) -> tuple[Segment, ...]:
    """Segments that hold the papers of the nearer edge on to `day`."""
    if not lot.segments:
        return ()
    first = min(segment.first_day for segment in lot.segments)
    last = max(segment.last_day for segment in lot.segments)
    if day > last:
        edge = [s for s in lot.segments if s.last_day == last]
        return (*lot.segments, *(Segment(last, day, s.has) for s in edge))
    edge = [s for s in lot.segments if s.first_day == first]
    return (*lot.segments, *(Segment(min(day, first), first, s.has) for s in edge))


def _buyer_offer(pair: Pair, left: Leftover) -> Iterator[Candidate]:
    """Changes that concern all tranches of the offer."""
    lot, need, tranches = pair.lot, pair.need, _tranches(pair)
    yield from _buyer_quantity(pair, left)
    if not left.admits(lot, need):
        most = need.most_suppliers + 1
        changed = _all(tranches, most_suppliers=most)
        yield _asked("suppliers", 2, changed, most_suppliers=most)
    ranks = [rank for rank, kg in lot.grade_kg if kg]
    if lot.fitting_kg(need.least_grade) == 0 and lot.kg:
        least = min(ranks, default=0)
        changed = _all(tranches, least_grade=least)
        yield _asked("grade", 500, changed, least_grade=least)


def _buyer_quantity(pair: Pair, left: Leftover) -> Iterator[Candidate]:
    """A smaller smallest lot, or a larger share for one seller."""
    lot, need, tranches = pair.lot, pair.need, _tranches(pair)
    moved = left.movable(lot, need)
    if moved and not left.suffices(lot, need, moved):
        least = _carried(pair, left)
        if left.suffices(lot, replace(need, smallest_kg=least), moved):
            changed = _all(tranches, smallest_kg=least)
            yield _asked("quantity", 1, changed, smallest_kg=least)
    if left.of_share(lot, need) < min(left.of_lot(lot), left.of_need(need)):
        yield _asked("share", 3, (replace(need, most_share_kg=None),))


def _carried(pair: Pair, left: Leftover) -> int:
    """What the pair would carry with all that it can still move."""
    moved = left.movable(pair.lot, pair.need)
    return left.carried.get((pair.lot.id, pair.need.id), 0) + moved


def _all(needs: Iterable[Need], **changed: int) -> tuple[Need, ...]:
    return tuple(replace(need, **changed) for need in needs)  # type: ignore[arg-type]
