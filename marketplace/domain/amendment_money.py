"""Deposit and grade terms under an amendment; what was delivered keeps its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marketplace.domain.price_terms import GradeTerm


def term_row(term: GradeTerm) -> dict[str, str]:
    """A grade term as contents write it."""
    amount = format(term.amount.normalize(), "f")
    return {"grade": term.grade, "amount": amount, "unit": str(term.unit)}


def change_deposit(content: dict[str, Any], pct: int) -> None:
    """Set the deposit to a share of the value; the same share keeps its đồng.

    Of several seasons it secures the first, as when the contract was drawn.
    """
    old: Mapping[str, Any] = content.get("advance") or {}
    if int(old.get("pct", 0)) == pct:
        return
    content.pop("advance", None)
    if pct:
        content["advance"] = {"vnd": _first_vnd(content) * pct // 100, "pct": pct}


def _first_vnd(content: Mapping[str, Any]) -> int:
    price_vnd = content["price"]["price_vnd"]
    return sum(
        row["kg"] * int(row.get("price_vnd") or price_vnd)
        for row in content["delivery"]["tranches"]
        if not row.get("season")
    )
