"""Why a pair may be matched or not: one record a rule, as data.

A reason carries what either side may know: its numbers come from the public
rows of the two posts. A floor or a ceiling never enters one; about the price a
reason says only whether the two have a common zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from marketplace.matching.instance import Lot, Market, Need
from marketplace.matching.pair import Pair, least_kg, share_kg


class Verdict(StrEnum):
    """How a rule stands for a pair."""

    OK = "ok"
    TIGHT = "tight"
    FAIL = "fail"


@dataclass(frozen=True)
class Reason:
    """One rule's answer; `params` holds JSON values only."""

    code: str
    verdict: Verdict
    params: dict[str, object] = field(default_factory=dict)


def _judge(failed: bool, tight: bool = False) -> Verdict:
    if failed:
        return Verdict.FAIL
    return Verdict.TIGHT if tight else Verdict.OK


def product(pair: Pair) -> Reason:
    """The product is the one asked for."""
    lot, need = pair.lot.product, pair.need.product
    return Reason("product", _judge(lot != need), {"product": lot, "asked": need})


def parties(pair: Pair) -> Reason:
    """Nobody sells to themselves."""
    return Reason("parties", _judge(pair.lot.owner == pair.need.owner))


def apart(pair: Pair) -> Reason:
    """Neither has said no to the other's post, nor do they bargain already."""
    return Reason("apart", _judge((pair.lot.id, pair.need.offer) in pair.market.apart))


def variety(pair: Pair) -> Reason:
    """The variety is among those accepted; an empty set accepts any."""
    accepted = pair.need.varieties
    failed = bool(accepted) and pair.lot.variety not in accepted
    params: dict[str, object] = {
        "variety": pair.lot.variety,
        "accepted": sorted(accepted),
    }
    return Reason("variety", _judge(failed), params)


def transport(pair: Pair) -> Reason:
    """The journey is not longer than the shelf life."""
    life = pair.lot.shelf_life_days
    params: dict[str, object] = {
        "metres": pair.road_m,
        "transport_vnd": pair.transport_vnd,
        "transit_days": pair.transit_days,
        "shelf_life_days": life,
    }
    failed = pair.transit_days > life
    return Reason("transport", _judge(failed, pair.transit_days > 0), params)


def window(pair: Pair) -> Reason:
    """At least one day on which the lot can arrive and the need is open."""
    need, days = pair.need, pair.days
    params: dict[str, object] = {
        "lot_first_day": pair.lot.first_day,
        "lot_last_day": pair.lot.last_day,
        "need_first_day": need.first_day,
        "need_last_day": need.last_day,
        "days": len(days),
    }
    if days:
        params |= {"first_day": days[0], "last_day": days[-1]}
    tight = len(days) < need.last_day - need.first_day + 1
    return Reason("window", _judge(not days, tight), params)


def grade(pair: Pair) -> Reason:
    """Some of the lot is of the least grade or better."""
    fits = pair.lot.fitting_kg(pair.need.least_grade)
    params: dict[str, object] = {
        "least_grade": pair.need.least_grade,
        "fitting_kg": fits,
        "kg": pair.lot.kg,
    }
    # A lot of nothing has no grade to miss; it lacks quantity.
    failed = fits == 0 < pair.lot.kg
    return Reason("grade", _judge(failed, fits < pair.lot.kg), params)


def papers(pair: Pair) -> Reason:
    """The required papers hold together on some shared day."""
    return _held(pair, "papers", pair.need.requires & ~pair.market.market_bits)


def market(pair: Pair) -> Reason:
    """The codes of the market hold on a shared day, with all other papers."""
    codes = pair.need.requires & pair.market.market_bits
    alone = _held(pair, "market", codes)
    if alone.verdict is Verdict.FAIL or not codes:
        return alone
    if papers(pair).verdict is Verdict.FAIL:
        return alone
    together = _held(pair, "market", pair.need.requires)
    return alone if together.verdict is not Verdict.FAIL else together


def _held(pair: Pair, code: str, mask: int) -> Reason:
    """How many of the shared days hold `mask`, and what lacks on the others."""
    good = [run for run in pair.runs if mask & ~run.has == 0]
    bad = [run for run in pair.runs if mask & ~run.has]
    params: dict[str, object] = {
        "requires": mask,
        "held_days": sum(run.last_day - run.first_day + 1 for run in good),
        "days": len(pair.days),
    }
    if good:
        params |= {"first_day": good[0].first_day, "last_day": good[-1].last_day}
    if bad:
        least = min(bad, key=lambda run: ((mask & ~run.has).bit_count(), run.first_day))
        params |= {
            "missing": mask & ~least.has,
            "missing_from": least.first_day,
            "missing_until": least.last_day,
        }
    # Without a shared day it is the window that fails, not the papers.
    failed = bool(mask) and bool(pair.days) and not good
    return Reason(code, _judge(failed, bool(bad)), params)


def quantity(pair: Pair) -> Reason:
    """What the two could move reaches the smallest lot of both."""
    lot, need = pair.lot, pair.need
    # If no grade fits, it is the grade that fails, not the quantity.
    have = lot.fitting_kg(need.least_grade) or lot.kg
    share, least = share_kg(need), least_kg(lot, need)
    params: dict[str, object] = {
        "have_kg": have,
        "need_kg": need.kg,
        "least_kg": least,
        "share_kg": share,
        "lot_smallest_kg": lot.smallest_kg,
        "offer_smallest_kg": need.smallest_kg,
    }
    failed = least == 0 or min(have, share) < least
    return Reason("quantity", _judge(failed, have < need.kg), params)


def price(pair: Pair) -> Reason:
    """The two have a common zone of prices. No number of either side."""
    common = pair.surplus_vnd >= pair.market.least_surplus_vnd
    params: dict[str, object] = {
        "common_zone": common,
        "transport_vnd": pair.transport_vnd,
    }
    band = pair.market.references.get(pair.lot.product)
    if band is not None:
        params |= {"reference_low_vnd": band.low_vnd}
        params |= {"reference_high_vnd": band.high_vnd}
    return Reason("price", _judge(not common), params)


RULES: dict[str, Callable[[Pair], Reason]] = {
    "product": product,
    "parties": parties,
    "apart": apart,
    "variety": variety,
    "transport": transport,
    "window": window,
    "grade": grade,
    "papers": papers,
    "market": market,
    "quantity": quantity,
    "price": price,
}
"""Every hard rule by its code, in the order in which pairs are counted."""


def explain_pair(lot: Lot, need: Need, rules: Market) -> list[Reason]:
    """Every rule's answer for one lot and one tranche, in a fixed order."""
    pair = Pair(lot, need, rules)
    if lot.product != need.product:
        return [product(pair)]
    return [rule(pair) for rule in RULES.values()]


def explain_offer(lot: Lot, needs: Iterable[Need], rules: Market) -> list[Reason]:
    """Every rule's answer for one lot and several tranches of an offer.

    A rule that holds for every tranche is OK, for some TIGHT, for none FAIL;
    `params["tranches"]` tells them apart.
    """
    by_code: dict[str, list[tuple[int, Reason]]] = {}
    for need in sorted(needs, key=lambda need: (need.first_day, need.id)):
        for reason in explain_pair(lot, need, rules):
            by_code.setdefault(reason.code, []).append((need.id, reason))
    return [_merge(code, found) for code, found in by_code.items()]


def _merge(code: str, found: list[tuple[int, Reason]]) -> Reason:
    verdicts = {reason.verdict for _, reason in found}
    verdict = verdicts.pop() if len(verdicts) == 1 else Verdict.TIGHT
    tranches = [
        {"need": id_, "verdict": reason.verdict.value, **reason.params}
        for id_, reason in found
    ]
    return Reason(code, verdict, {"tranches": tranches})
