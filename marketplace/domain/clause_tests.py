"""What each clause of a contract must state, read from the content alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marketplace.domain.errors import Refused
from marketplace.domain.identity import normalise_tax_code
from marketplace.domain.linkage import find_form
from marketplace.domain.words import OrganisationKind, PriceMode, Side, Stage

Content = Mapping[str, Any]

MOST_TOLERANCE_PCT = 30
MOST_PAYMENT_DAYS = 90
MOST_PENALTY_PCT = 8

_PARTY_FIELDS = ("name", "address", "tax_code", "representative", "position")


def has_words(content: Content, key: str) -> bool:
    """Whether the legal words of a clause are there."""
    words = content.get("clauses", {}).get(key, {})
    return bool(str(words.get("legal_vi", "")).strip())


def words_suffice(_content: Content) -> bool:
    """For clauses that are nothing but their words."""
    return True


def stages_of(content: Content) -> frozenset[Stage]:
    """The stages of the linkage that the content names and we know."""
    stages = content.get("linkage", {}).get("stages", ())
    return frozenset(Stage(stage) for stage in stages if stage in set(Stage))


def parties(content: Content) -> bool:
    """Both sides, each with all fields and a tax code that checks."""
    found = content.get("parties", ())
    sides = {party.get("side") for party in found}
    complete = all(str(p.get(f) or "").strip() for p in found for f in _PARTY_FIELDS)
    codes = {party.get("tax_code") for party in found}
    return (
        sides == {Side.SELLER, Side.BUYER}
        and complete
        and len(codes) == len(found)
        and all(_tax_code_checks(str(code)) for code in codes)
    )


def legal_grounds(content: Content) -> bool:
    """At least one legal ground is named."""
    return bool(content.get("legal_grounds"))


def linkage_form(content: Content) -> bool:
    """CT-04: the form named is the one its stages make."""
    form = find_form(stages_of(content))
    return form is not None and content["linkage"].get("form") == form


def subject(content: Content) -> bool:
    """The product is named."""
    return bool(content.get("subject", {}).get("product"))


def areas(content: Content) -> bool:
    """At least one growing area is named."""
    return bool(content.get("areas"))


def quantity(content: Content) -> bool:
    """Whole kilograms, and a tolerance of at most 30 percent."""
    row = content.get("quantity", {})
    return _within(row.get("kg"), 1, None) and _within(
        row.get("tolerance_pct"), 0, MOST_TOLERANCE_PCT
    )


def quality(content: Content) -> bool:
    """Grades or standards are named."""
    row = content.get("quality", {})
    return bool(row.get("grades") or row.get("standards"))


def inputs(content: Content) -> bool:
    """What is supplied, at which price, and how it is settled."""
    row = content.get("inputs", {})
    return all(row.get(field) for field in ("items", "price", "settlement"))


def processing(content: Content) -> bool:
    """The ratio of raw produce to product is named."""
    return bool(content.get("processing", {}).get("ratio"))


def price(content: Content) -> bool:
    """CT-08: a floor names its share and its reference, the market its reference."""
    row = content.get("price", {})
    mode = row.get("mode")
    referred = bool(row.get("reference") and row.get("reference_day_rule"))
    priced = _within(row.get("price_vnd"), 1, None)
    if mode == PriceMode.FIXED:
        return priced
    if mode == PriceMode.FLOOR:
        return priced and _within(row.get("share_pct"), 0, 100) and referred
    return bool(mode == PriceMode.MARKET) and referred


def delivery(content: Content) -> bool:
    """A place, and deliveries each with days in order and kilograms."""
    row = content.get("delivery", {})
    tranches = row.get("tranches", ())
    return bool(row.get("place")) and bool(tranches) and all(map(_tranche, tranches))


def acceptance(content: Content) -> bool:
    """At least one hour to accept or refuse what was delivered."""
    return _within(content.get("acceptance", {}).get("hours"), 1, None)


def payment(content: Content) -> bool:
    """Payment is due within 90 days."""
    return _within(content.get("payment", {}).get("days"), 0, MOST_PAYMENT_DAYS)


def advance(content: Content) -> bool:
    """No more is paid ahead than the contract is worth, where that is known."""
    kilograms = content.get("quantity", {}).get("kg", 0)
    price_vnd = content.get("price", {}).get("price_vnd")
    worth = kilograms * price_vnd if price_vnd else None
    return _within(content.get("advance", {}).get("vnd"), 0, worth)


def term(content: Content) -> bool:
    """The contract ends after its first day."""
    row = content.get("term", {})
    first, until = row.get("first_day"), row.get("until")
    return bool(first and until and first < until)


def food_safety(content: Content) -> bool:
    """A commitment or certificates are named."""
    row = content.get("food_safety", {})
    return bool(row.get("commitment") or row.get("certificates"))


def breach(content: Content) -> bool:
    """CT-07: the penalty is at most 8 percent of what was broken."""
    return _within(content.get("breach", {}).get("penalty_pct"), 0, MOST_PENALTY_PCT)


def dispute(content: Content) -> bool:
    """The forum that settles disputes is named."""
    return bool(content.get("dispute", {}).get("forum"))


def _tranche(row: Content) -> bool:
    first, last = row.get("first_day"), row.get("last_day")
    return bool(first and last and first <= last) and _within(row.get("kg"), 1, None)


def _within(value: object, least: int, most: int | None) -> bool:
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    return least <= value and (most is None or value <= most)


def _tax_code_checks(code: str) -> bool:
    try:
        # A household signs with the personal number of its head.
        normalise_tax_code(code, OrganisationKind.FARM_HOUSEHOLD)
    except Refused:
        return False
    return True
