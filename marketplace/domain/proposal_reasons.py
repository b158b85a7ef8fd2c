"""The stored reasons of a proposal, read beside the terms on the table.

A reason was right for the matcher's terms; a counter-offer changes kilograms
and price, and so the verdict of those two rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.domain.bargaining import Bid
from marketplace.domain.words import Verdict

Reason = dict[str, Any]
_ORDER = {Verdict.FAIL: 0, Verdict.TIGHT: 1, Verdict.OK: 2}


def read_reasons(stored: Sequence[Mapping[str, Any]], bid: Bid) -> list[Reason]:
    """The rules' answers to these terms, what is unresolved first."""
    found = [_refreshed(dict(row), bid) for row in stored if "verdict" in row]
    return sorted(found, key=lambda row: _ORDER[Verdict(row["verdict"])])


def satisfied(reasons: Sequence[Mapping[str, Any]]) -> int:
    """How many rules hold without a but."""
    return sum(row["verdict"] == Verdict.OK for row in reasons)


def others_of(stored: Sequence[Mapping[str, Any]], side: str) -> Reason:
    """How many others were looked at for one side, and where they fell away."""
    row = next((row for row in stored if row["code"] == "others"), {})
    counts: Reason = row.get(side, {"compared": 0, "left": 0, "lost": {}})
    return counts


def _refreshed(row: Reason, bid: Bid) -> Reason:
    if row["code"] == "quantity":
        return _quantity(row, bid)
    if row["code"] == "price":
        return _price(row, bid)
    return row


def _quantity(row: Reason, bid: Bid) -> Reason:
    lines = bid.by_tranche
    tranches = [
        {**one, "kg": lines[one["tranche"]].kg if one["tranche"] in lines else 0}
        for one in row["tranches"]
    ]
    short = [one["number"] for one in tranches if one["kg"] < one["asked_kg"]]
    verdict = Verdict.TIGHT if short else Verdict.OK
    return {
        **row,
        "verdict": verdict.value,
        "kg": bid.kg,
        "tranches": tranches,
        "short": short,
    }


def _price(row: Reason, bid: Bid) -> Reason:
    band = row["reference"]
    fair = band is None or band[0] <= bid.price_vnd <= band[1]
    verdict = Verdict.OK if fair else Verdict.TIGHT
    return {**row, "verdict": verdict.value, "price_vnd": bid.price_vnd}
