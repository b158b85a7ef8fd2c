"""The words of an amended contract, made from those in force and what changes.

The content of an amendment is the whole contract as it reads after it, with a head
that says what it amends and why: both sign one text, and nobody has to piece two
papers together to learn what is agreed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from marketplace.domain.amendment_money import change_deposit, term_row
from marketplace.domain.clause_filling import fill_clauses
from marketplace.domain.formats import format_day
from marketplace.domain.price_terms import GradeTerm
from marketplace.domain.season_content import season_of_day, season_sums
from marketplace.domain.template_texts import ClauseText
from marketplace.domain.words import PriceMode
from marketplace.domain.words_amendments import AmendmentReason

Content = Mapping[str, Any]
MOST_DELIVERIES = 60
# Said after the price, which otherwise would bind what was delivered before.
_APPLIES = {
    "vi": " Giá này áp dụng cho hàng giao từ ngày %(day)s, sau khi hai bên ký phụ lục. "
    "Hàng giao trước đó giữ giá cũ.",
    "en": " This price applies to goods delivered from %(day)s, after both sides have "
    "signed the amendment. Goods delivered before keep the former price.",
}


@dataclass(frozen=True)
class PlannedDelivery:
    """A delivery as it is to be: `number` is that of the plan, None for a new one.

    Nought kilograms drop it. `season` names a later season than the contract's own.
    """

    first_day: date
    last_day: date
    kg: int
    number: int | None = None
    season: str = ""


@dataclass(frozen=True)
class NewTerms:
    """All that an amendment may change, as it is to be afterwards.

    Deliveries that are not named stay as they are.
    """

    mode: PriceMode
    price_vnd: int
    share_pct: int
    reference_market: str
    price_from: date
    tolerance_pct: int
    penalty_pct: int
    payment_days: int
    claim_hours: int
    place: str
    until: date
    deliveries: tuple[PlannedDelivery, ...] = ()
    # None: as it is.
    deposit_pct: int | None = None
    grade_terms: tuple[GradeTerm, ...] | None = None


@dataclass(frozen=True)
class ProposeAmendment:
    """What a side sends: `digest` is that of the words it read and wants changed."""

    digest: str
    reason: AmendmentReason
    text: str
    terms: NewTerms


def amended_content(
    old: Content,
    terms: NewTerms,
    *,
    reference: Mapping[str, Any],
    head: Mapping[str, Any],
    grounds: Mapping[str, Sequence[str]],
    texts: Sequence[ClauseText],
    last_number: int = 0,
) -> dict[str, Any]:
    """The contract as it reads with these terms.

    `reference` is what the price then names as its market (empty for a fixed one),
    `head` what stands as `amendment`, `grounds` the law in force on the day, `texts`
    the template that the contract was signed under, `last_number` the highest number
    that a delivery of the contract ever had: a dropped one keeps its number.
    """
    new: dict[str, Any] = json.loads(json.dumps(dict(old)))
    new.pop("schema", None)
    price = amended_price(old["price"], terms, reference)
    tranches = _tranches(old, terms, price, last_number)
    new |= {
        "amendment": dict(head),
        **{name: list(said) for name, said in grounds.items()},
        "price": price,
        "quantity": {
            "kg": sum(row["kg"] for row in tranches),
            "tolerance_pct": terms.tolerance_pct,
        },
        "value_vnd": sum(row["kg"] * price_of(row, price) for row in tranches),
        "delivery": {**old["delivery"], "place": terms.place, "tranches": tranches},
        "acceptance": {**old["acceptance"], "hours": terms.claim_hours},
        "payment": {**old["payment"], "days": terms.payment_days},
        "term": {**old["term"], "until": terms.until.isoformat()},
        "breach": {**old["breach"], "penalty_pct": terms.penalty_pct},
    }
    if "seasons" in new:
        new["seasons"] = season_sums(new)
    if terms.deposit_pct is not None:
        change_deposit(new, terms.deposit_pct)
    new["clauses"] = reworded(old, new, texts)
    return new


def price_of(row: Content, price: Content) -> int:
    """Đồng a kilogram that a planned delivery is reckoned with."""
    return int(row.get("price_vnd") or price["price_vnd"])


def amended_price(
    old: Content, terms: NewTerms, reference: Mapping[str, Any]
) -> dict[str, Any]:
    """The price afterwards; one that does not change keeps its words and its day."""
    kept = {
        name: value
        for name, value in old.items()
        if name not in ("share_pct", "reference", "reference_day_rule", "applies_from")
    }
    new = {**kept, "mode": str(terms.mode), "price_vnd": terms.price_vnd}
    if terms.mode is not PriceMode.FIXED:
        new |= {"share_pct": terms.share_pct, **reference}
    if terms.grade_terms is not None:
        new["grade_terms"] = [term_row(term) for term in terms.grade_terms]
    if not new.get("grade_terms"):
        new.pop("grade_terms", None)
    same = {name: value for name, value in old.items() if name != "applies_from"}
    if new == same:
        return dict(old)
    return {**new, "applies_from": terms.price_from.isoformat()}


def _tranches(
    old: Content, terms: NewTerms, price: Content, last_number: int
) -> list[dict[str, Any]]:
    """The plan by its numbers: kept, changed, added; what is dropped is left out."""
    rows = {row["number"]: dict(row) for row in old["delivery"]["tranches"]}
    number = max(last_number, *rows, *(one.number or 0 for one in terms.deliveries))
    for one in terms.deliveries:
        if one.number is None:
            number += 1
        rows[one.number or number] = _row(old, one, one.number or number)
    kept = (row for _, row in sorted(rows.items()) if row["kg"])
    return [_priced(row, old["price"], price) for row in kept]


def _row(old: Content, one: PlannedDelivery, number: int) -> dict[str, Any]:
    """A delivery keeps its season; a new one is of the season that its days lie in."""
    row: dict[str, Any] = {
        "number": number,
        "first_day": one.first_day.isoformat(),
        "last_day": one.last_day.isoformat(),
        "kg": one.kg,
    }
    known = {row["number"]: row for row in old["delivery"]["tranches"]}
    if one.number in known:
        season = known[one.number].get("season", "")
    else:
        season = one.season or season_of_day(old, one.first_day)
    return {**row, "season": season} if season else row


def _priced(row: dict[str, Any], old: Content, new: Content) -> dict[str, Any]:
    """A delivery before the day of a new price carries the former one."""
    before = row["first_day"] < new.get("applies_from", "")
    former = price_of(row, old) if before else new["price_vnd"]
    plain = {name: value for name, value in row.items() if name != "price_vnd"}
    return plain if former == new["price_vnd"] else {**plain, "price_vnd": former}


def reworded(
    old: Content, new: Content, texts: Sequence[ClauseText]
) -> dict[str, dict[str, Any]]:
    """The clauses afterwards: only those whose values change are worded anew.

    The words of the others stay as they were signed; an optional clause is there if
    it was.
    """
    signed: Mapping[str, Mapping[str, Any]] = old["clauses"]
    asked = {"advance_deposit"} if new.get("advance") else set()
    chosen = [
        replace(text, included=text.clause.key in signed.keys() | asked)
        for text in texts
    ]
    before, after = fill_clauses(old, chosen), fill_clauses(new, chosen)
    words = {
        key: dict(signed[key]) | {"position": row["position"]}
        if key in signed and same_words(row, before.get(key, {}))
        else row
        for key, row in after.items()
    }
    kept = {
        key: dict(old["clauses"][key])
        for key in old["clauses"]
        if key not in words and (key != "advance_deposit" or new.get("advance"))
    }
    words |= kept
    if new["price"] != old["price"] and new["price"].get("applies_from"):
        words["price"] = _from_day(after["price"], new["price"]["applies_from"])
    return words


def same_words(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two clauses read alike, wherever they stand."""
    return {**one, "position": 0} == {**other, "position": 0}


def _from_day(clause: Mapping[str, Any], day: str) -> dict[str, Any]:
    words = dict(clause)
    for lang, said in _APPLIES.items():
        added = said % {"day": format_day(date.fromisoformat(day), lang)}
        words[f"plain_{lang}"] += added
        words[f"legal_{lang}"] += added
    return words
