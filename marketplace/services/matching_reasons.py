"""Why a proposal was made, as data that both sides may read.

Numbers come from what the two posts show to each other: a floor or a ceiling
is never in here, nor is a count that moves with somebody's limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Protocol

from marketplace.domain.bargaining import Bid
from marketplace.domain.masks import names_of
from marketplace.domain.words import Verdict
from marketplace.matching import Lot, Need, Reason, explain_pair
from marketplace.services.matching_inputs import Snapshot
from marketplace.services.matching_papers import HeldPaper

SOON = timedelta(days=14)
"""A paper that lapses this soon after the last delivery is worth a word."""
COUNTED = (
    "parties",
    "apart",
    "variety",
    "transport",
    "window",
    "grade",
    "papers",
    "market",
    "quantity",
)
"""Rules whose counts are told; how many fail by price would tell of limits."""

Reasons = Mapping[str, Reason]
Stages = Mapping[int, Mapping[str, int]]


class Looked(Protocol):
    """How many of the other side are left after each rule, for each post."""

    @property
    def lot_stages(self) -> Stages:
        """Of harvests, the offers that are left."""

    @property
    def offer_stages(self) -> Stages:
        """Of offers, the harvests that are left."""


def reasons_of(
    snapshot: Snapshot, looked: Looked, pair: tuple[int, int], bid: Bid
) -> list[dict[str, Any]]:
    """Every rule's answer for a harvest and all open tranches of an offer."""
    lot, needs = snapshot.market.lot[pair[0]], snapshot.market.tranches[pair[1]]
    numbers = snapshot.offers[pair[1]].numbers
    found = {
        need.id: {r.code: r for r in explain_pair(lot, need, snapshot.market)}
        for need in needs
    }
    return [
        _quantity(needs, numbers, bid),
        _papers(lot, needs, numbers, found, snapshot.lots[lot.id].papers, bid),
        _product(lot, needs[0]),
        _window(lot, needs, numbers, found, bid),
        _price(snapshot, lot, bid),
        _transport(found[needs[0].id]["transport"]),
        _others(looked, pair),
    ]


def _row(code: str, verdict: Verdict, **params: Any) -> dict[str, Any]:
    return {"code": code, "verdict": verdict.value, **params}


def _tight_if(tight: bool) -> Verdict:
    return Verdict.TIGHT if tight else Verdict.OK


def _quantity(
    needs: Sequence[Need], numbers: Mapping[int, int], bid: Bid
) -> dict[str, Any]:
    lines = bid.by_tranche
    tranches = [
        {
            "tranche": need.id,
            "number": numbers[need.id],
            "from": _iso(need.first_day),
            "to": _iso(need.last_day),
            "kg": lines[need.id].kg if need.id in lines else 0,
            "asked_kg": need.kg,
        }
        for need in needs
    ]
    short = any(need.id not in lines or lines[need.id].kg < need.kg for need in needs)
    asked = sum(need.kg for need in needs)
    return _row(
        "quantity", _tight_if(short), kg=bid.kg, asked_kg=asked, tranches=tranches
    )


def _papers(
    lot: Lot,
    needs: Sequence[Need],
    numbers: Mapping[int, int],
    found: Mapping[int, Reasons],
    papers: Iterable[HeldPaper],
    bid: Bid,
) -> dict[str, Any]:
    asked = needs[0].requires
    missing = [
        {"number": numbers[need.id], "from": _iso(need.first_day), **lack}
        for need in needs
        for lack in _lacks(found[need.id])
    ]
    held = [
        {"name": name, "number": paper.number, "until": _until(paper, lot, bid)}
        for paper in papers
        for name in names_of(paper.bits & asked)
    ]
    limit = (bid.last_day + SOON).isoformat()
    soon = any(row["until"] and row["until"] < limit for row in held)
    return _row(
        "papers",
        _tight_if(bool(missing) or soon),
        required=names_of(asked),
        papers=held,
        missing=missing,
    )


def _lacks(reasons: Reasons) -> Iterable[dict[str, Any]]:
    """What a tranche lacks, if that is what keeps it out."""
    for code in ("papers", "market"):
        reason = reasons[code]
        if reason.verdict.value == Verdict.FAIL and "missing" in reason.params:
            yield {"names": names_of(int(str(reason.params["missing"])))}


def _until(paper: HeldPaper, lot: Lot, bid: Bid) -> str | None:
    """The last day on which a paper counts; None if it has no term."""
    if paper.paper.last_day is None and paper.paper.ended_on is None:
        return None
    first = date.fromordinal(lot.first_day)
    last = paper.last_day_within(first, bid.last_day + timedelta(days=3660))
    return last.isoformat() if last else first.isoformat()


def _product(lot: Lot, need: Need) -> dict[str, Any]:
    fits = lot.fitting_kg(need.least_grade)
    return _row(
        "product",
        _tight_if(fits < lot.kg),
        variety_id=lot.variety or None,
        any_variety=not need.varieties,
        least_grade=need.least_grade,
        share_percent=fits * 100 // lot.kg,
    )


def _window(
    lot: Lot,
    needs: Sequence[Need],
    numbers: Mapping[int, int],
    found: Mapping[int, Reasons],
    bid: Bid,
) -> dict[str, Any]:
    lines = bid.by_tranche
    tranches = [
        {
            "tranche": need.id,
            "number": numbers[need.id],
            "from": _iso(need.first_day),
            "to": _iso(need.last_day),
            "fits": found[need.id]["window"].verdict.value != Verdict.FAIL,
            "proposed": need.id in lines,
        }
        for need in needs
    ]
    return _row(
        "window",
        _tight_if(not all(row["fits"] for row in tranches)),
        harvest=[_iso(lot.first_day), _iso(lot.last_day)],
        tranches=tranches,
    )


def _price(snapshot: Snapshot, lot: Lot, bid: Bid) -> dict[str, Any]:
    band = snapshot.market.references.get(lot.product)
    reference = [band.low_vnd, band.high_vnd] if band else None
    outside = band is not None and not (band.low_vnd <= bid.price_vnd <= band.high_vnd)
    return _row(
        "price", _tight_if(outside), price_vnd=bid.price_vnd, reference=reference
    )


def _transport(reason: Reason) -> dict[str, Any]:
    metres = int(str(reason.params["metres"]))
    return _row(
        "transport",
        Verdict(reason.verdict.value),
        km=(metres + 500) // 1000,
        vnd=reason.params["transport_vnd"],
        days=reason.params["transit_days"],
    )


def _others(looked: Looked, pair: tuple[int, int]) -> dict[str, Any]:
    """How many others were looked at, and at which rule they fell away."""
    return {
        "code": "others",
        "seller": _counts(looked.lot_stages.get(pair[0], {})),
        "buyer": _counts(looked.offer_stages.get(pair[1], {})),
    }


def _counts(stages: Mapping[str, int]) -> dict[str, Any]:
    left = compared = int(stages.get("product", 0))
    lost = {}
    for code in COUNTED:
        after = int(stages.get(code, left))
        if after < left:
            lost[code] = left - after
        left = after
    return {"compared": compared, "left": left, "lost": lost}


def _iso(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()
