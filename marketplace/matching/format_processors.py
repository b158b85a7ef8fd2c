"""Processors of an instance as JSON: a key beyond the published format.

    {"id", "owner", "from_product", "to_product", "ratio", "kg", "fee_vnd",
     "from", "to", "drying_days", "shelf_life_days", ...}

`ratio` kilograms of the one make one of the other, 1 to 100, and `kg` is the
most that is taken in from `from` to `to`. What is made can be had when the last
has dried, on `to` + `drying_days`, and keeps for `shelf_life_days`. Optional are
`varieties`, `accepts_grade`, `requires` and `min_lot_kg` of what is taken in,
`variety`, `grade` and `holds` of what is made, the place, and the two
`transport_...` keys of a need. Nobody takes in what a processor makes. A processor is written out as a lot and a need,
which are read like all others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from marketplace.matching.faults import MOST_KG, MOST_VND
from marketplace.matching.format_fields import Fields, Name, in_order

MOST_RATIO = 100
MOST_DRYING_DAYS = 1000
COMMON = ("lon", "lat")
LOT = {"variety": "variety", "grade": "grade", "holds": "holds"}
NEED = {
    "varieties": "varieties",
    "accepts_grade": "grade",
    "requires": "requires",
    "min_lot_kg": "min_lot_kg",
    "transport_vnd_per_kg_km": "transport_vnd_per_kg_km",
    "transport_fixed_vnd_per_kg": "transport_fixed_vnd_per_kg",
    "from": "from",
    "to": "to",
}
KEYS = {
    *("id", "owner", "from_product", "to_product", "ratio", "kg", "fee_vnd"),
    *("drying_days", "shelf_life_days", *COMMON, *LOT, *NEED),
}


@dataclass(frozen=True)
class Campaign:
    """A processor of the file, and the lot and the need that it comes to."""

    name: Name
    ratio: Fraction
    kg: int
    fee_vnd: int
    lot: Fields
    need: Fields


def read_processors(top: Fields, taken: set[Name]) -> list[Campaign]:
    """The processors in the order of their ids; faults with their path.

    In a result a processor is a lot and a need, so that no name is `taken`.
    """
    found: dict[Name, Campaign] = {}
    for item, path in top.items("processors") if top.has("processors") else ():
        one = _campaign(Fields(item, path, KEYS))
        if one.name in found:
            raise one.lot.fault("id", f"{one.name!r} occurs more than once")
        if one.name in taken:
            raise one.lot.fault("id", f"{one.name!r} is a lot or a need")
        found[one.name] = one
    raw = {one.need.name("product") for one in found.values()}
    for one in found.values():
        if one.lot.name("product") in raw:
            raise one.lot.fault("to_product", "taken in by a processor: no chains")
    return [found[name] for name in in_order(found)]


def _campaign(row: Fields) -> Campaign:
    raw, made = row.name("from_product"), row.name("to_product")
    if raw == made:
        raise row.fault("to_product", "the same as from_product")
    _, last = row.window("from", "to")
    ready = last + row.whole("drying_days", MOST_DRYING_DAYS)
    if ready > date.max.toordinal():
        raise row.fault("drying_days", "beyond the calendar")
    day = date.fromordinal(ready).isoformat()
    shared = {"id": row.name("id"), "kg": 0} | _some(row, {key: key for key in COMMON})
    sells = {"seller": row.name("owner"), "product": made, "floor_vnd": 0}
    sells |= {"from": day, "to": day, "shelf_life_days": _life(row)}
    buys = {"buyer": row.name("owner"), "product": raw, "ceiling_vnd": 0}
    return Campaign(
        row.name("id"),
        _ratio(row),
        row.whole("kg", MOST_KG),
        row.whole("fee_vnd", MOST_VND // MOST_RATIO),
        _fields(row, shared | sells | _some(row, LOT)),
        _fields(row, shared | buys | _some(row, NEED)),
    )


def _ratio(row: Fields) -> Fraction:
    """The very number of the file, in thousandths at the finest."""
    value = row.number("ratio", 1, MOST_RATIO)
    ratio = Fraction(value).limit_denominator(1000)
    if float(ratio) != value:
        raise row.fault("ratio", "finer than a thousandth")
    return ratio


def _life(row: Fields) -> int:
    return row.whole("shelf_life_days", 10_000) if row.has("shelf_life_days") else 0


def _some(row: Fields, keys: Mapping[str, str]) -> dict[str, object]:
    return {new: row.data[old] for old, new in keys.items() if row.has(old)}


def _fields(row: Fields, data: dict[str, object]) -> Fields:
    return Fields(data, row.path, data)
