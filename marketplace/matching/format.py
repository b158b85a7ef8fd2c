"""An instance as JSON: what `python -m marketplace.matching` reads.

    {"on": day, "lots": [...], "needs": [...]}

A lot needs `id`, `seller`, `product`, `kg`, `floor_vnd`, `from`, `to`; a need
`id`, `buyer`, `product`, `kg`, `ceiling_vnd`, `from`, `to`. Every other key may
be left out or null, and then there is no such rule: no smallest lot, any
variety, grade or paper will do, nothing to carry, no shelf life. A lot without
a grade meets every grade; one without a variety only who asks for none. `lon`
and `lat` are missed only where somebody pays by the kilometre. `on` is the day
of the run and rules nothing by itself.

Ids are texts or whole numbers, 1 and "1" being two ids; those of lots and those
of needs are two worlds of their own, those of sellers and buyers are one.

Beyond the published format: `promised_kg`, `posted` (a day) and `record` (0 to 10,
0 being the best) of lots and needs settle ties, `references` [{product, low_vnd, high_vnd}] and
`price_step_vnd` anchor the prices, `max_share` is a share of `kg`, and
`processors` make one product of another (`format_processors`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from marketplace.matching.changes import MOST_DAYS
from marketplace.matching.delivery import lay_papers
from marketplace.matching.faults import MOST_KG, MOST_VND
from marketplace.matching.format_fields import (
    Fields,
    Name,
    in_order,
    optional_names,
    optional_whole,
)
from marketplace.matching.format_processors import Campaign, read_processors
from marketplace.matching.format_words import Words
from marketplace.matching.instance import Lot, Market, Need, Reference, Segment
from marketplace.matching.processors import Processor

TOP = {"on", "lots", "needs", "processors", "references", "price_step_vnd"}
PLACE = {"lon", "lat"}
LOT = PLACE | {
    "id", "seller", "product", "variety", "grade", "holds", "kg", "min_lot_kg",
    "floor_vnd", "from", "to", "shelf_life_days", "promised_kg", "posted", "record",
}  # fmt: skip
NEED = PLACE | {
    "id", "buyer", "product", "varieties", "grade", "requires", "kg", "min_lot_kg",
    "max_suppliers", "max_share", "ceiling_vnd", "from", "to", "posted", "record",
    "transport_vnd_per_kg_km", "transport_fixed_vnd_per_kg",
}  # fmt: skip
MOST_GRADE, MOST_RECORD = 1000, 10
MOST_LIFE_DAYS = 10_000


@dataclass(frozen=True)
class Instance:
    """A market, and what its numbers are called outside.

    Ids of lots and needs are 1, 2, ... in the order of their names; `rows` are
    the JSON objects behind them.
    """

    market: Market
    lot_names: tuple[Name, ...]
    need_names: tuple[Name, ...]
    lot_rows: tuple[Fields, ...]
    need_rows: tuple[Fields, ...]
    varieties: tuple[Name, ...]
    papers: dict[int, list[Name]]
    processors: tuple[Processor, ...] = ()


def read_instance(data: object) -> Instance:
    """Read an instance; raises MalformedInstance with the path of the fault."""
    top = Fields(data, "", TOP)
    if top.has("on"):
        top.day("on")
    lots, needs = _rows(top, "lots", LOT), _rows(top, "needs", NEED)
    campaigns = read_processors(top, {row.name("id") for row in [*lots, *needs]})
    sold, asked = [one.lot for one in campaigns], [one.need for one in campaigns]
    words = Words([*lots, *sold], [*needs, *asked])
    paid = any(_rate(need) > 0 for need in [*needs, *asked])
    return Instance(
        _market(top, lots, needs, words, paid),
        lot_names=tuple(row.name("id") for row in [*lots, *sold]),
        need_names=tuple(row.name("id") for row in [*needs, *asked]),
        lot_rows=tuple(lots),
        need_rows=tuple(needs),
        varieties=tuple(words.varieties),
        papers=words.papers,
        processors=tuple(
            _processor(one, words, paid, (id_, len(lots), len(needs)))
            for id_, one in enumerate(campaigns, 1)
        ),
    )


def _processor(
    one: Campaign, words: Words, paid: bool, places: tuple[int, int, int]
) -> Processor:
    """Its lot and its need are numbered after all others."""
    id_, lots, needs = places
    need = _need(needs + id_, one.need, words, paid)
    lot = _lot(lots + id_, one.lot, words, paid)
    return Processor(id_, need, lot, one.ratio, one.kg, one.fee_vnd)


def _market(
    top: Fields, lots: list[Fields], needs: list[Fields], words: Words, paid: bool
) -> Market:
    return Market(
        lots=tuple(_lot(id_, row, words, paid) for id_, row in enumerate(lots, 1)),
        needs=tuple(_need(id_, row, words, paid) for id_, row in enumerate(needs, 1)),
        references=_references(top, words),
        price_step_vnd=optional_whole(top, "price_step_vnd", MOST_VND, 1) or 100,
    )


def _rows(top: Fields, key: str, known: Iterable[str]) -> list[Fields]:
    """The rows of a list in the order of their ids."""
    found: dict[Name, Fields] = {}
    for item, path in top.items(key):
        row = Fields(item, path, known)
        name = row.name("id")
        if name in found:
            raise row.fault("id", f"{name!r} occurs more than once")
        found[name] = row
    return [found[name] for name in in_order(found)]


def _lot(id_: int, row: Fields, words: Words, paid: bool) -> Lot:
    product = words.product[row.name("product")]
    first, last = row.window("from", "to")
    life = optional_whole(row, "shelf_life_days", MOST_LIFE_DAYS)
    kg = row.whole("kg", MOST_KG)
    grade = optional_whole(row, "grade", MOST_GRADE, 1) or 1
    lat, lon = _place(row, paid)
    return Lot(
        id=id_,
        owner=words.owner[row.name("seller")],
        product=product,
        variety=words.variety[row.name("variety")] if row.has("variety") else 0,
        grade_kg=((grade, kg),),
        kg=kg,
        smallest_kg=optional_whole(row, "min_lot_kg", MOST_KG),
        ask_vnd=row.whole("floor_vnd", MOST_VND),
        segments=_segments(row, product, words, (first, last + life)),
        shelf_life_days=life,
        lat=lat,
        lon=lon,
        promised_before_kg=optional_whole(row, "promised_kg", MOST_KG),
        posted=row.day("posted") if row.has("posted") else 0,
        record=optional_whole(row, "record", MOST_RECORD),
        window=(first, last),
    )


def _segments(
    row: Fields, product: int, words: Words, days: tuple[int, int]
) -> tuple[Segment, ...]:
    """Papers on their days, so far beyond the lot as a changed window may reach."""
    first, last = days[0] - MOST_DAYS, days[1] + MOST_DAYS
    papers = []
    for item, path in row.items("holds") if row.has("holds") else ():
        paper = Fields(item, path, ("what", "from", "until"))
        mask = words.mask(product, [paper.name("what")])
        if paper.has("from") and paper.has("until"):
            paper.window("from", "until")
        since = paper.day("from") if paper.has("from") else first
        until = paper.day("until") if paper.has("until") else last
        if mask:
            papers.append((mask, since, until))
    return lay_papers(first, last, papers)


def _need(id_: int, row: Fields, words: Words, paid: bool) -> Need:
    product = words.product[row.name("product")]
    first, last = row.window("from", "to")
    kg, (lat, lon) = row.whole("kg", MOST_KG), _place(row, paid)
    return Need(
        id=id_,
        offer=id_,
        owner=words.owner[row.name("buyer")],
        product=product,
        varieties=_varieties(row, words),
        least_grade=optional_whole(row, "grade", MOST_GRADE, 1),
        requires=words.mask(product, optional_names(row, "requires")),
        first_day=first,
        last_day=last,
        kg=kg,
        bid_vnd=row.whole("ceiling_vnd", MOST_VND),
        smallest_kg=optional_whole(row, "min_lot_kg", MOST_KG),
        most_suppliers=optional_whole(row, "max_suppliers", MOST_KG, 1),
        lat=lat,
        lon=lon,
        posted=row.day("posted") if row.has("posted") else 0,
        record=optional_whole(row, "record", MOST_RECORD),
        most_share_kg=_share_kg(row, kg),
        rate_vnd_per_kg_km=_rate(row),
        fixed_vnd_per_kg=_cost(row, "transport_fixed_vnd_per_kg"),
    )


def _share_kg(row: Fields, kg: int) -> int | None:
    if not row.has("max_share") or row.number("max_share", 0, 1) == 1:
        return None
    return row.part_of("max_share", kg)


def _varieties(row: Fields, words: Words) -> frozenset[int]:
    if not row.has("varieties"):
        return frozenset()
    found = frozenset(words.variety[name] for name in row.names("varieties"))
    if not found:
        raise row.fault("varieties", "empty; leave the key out to accept any variety")
    return found


def _rate(row: Fields) -> float:
    return _cost(row, "transport_vnd_per_kg_km")


def _cost(row: Fields, key: str) -> float:
    return row.number(key, 0, MOST_VND) if row.has(key) else 0.0


def _place(row: Fields, paid: bool) -> tuple[float, float]:
    """Latitude and longitude; 0 where nobody pays for the way."""
    if not (paid or row.has("lon") or row.has("lat")):
        return 0.0, 0.0
    return row.number("lat", -90, 90), row.number("lon", -180, 180)


def _references(top: Fields, words: Words) -> dict[int, Reference]:
    found: dict[int, Reference] = {}
    for item, path in top.items("references") if top.has("references") else ():
        row = Fields(item, path, ("product", "low_vnd", "high_vnd"))
        low, high = row.whole("low_vnd", MOST_VND), row.whole("high_vnd", MOST_VND)
        if low > high:
            raise row.fault("low_vnd", "lies above high_vnd")
        product = words.product.get(row.name("product"))
        if product in found:
            raise row.fault("product", "occurs more than once")
        if product is not None:
            found[product] = Reference(low, high)
    return found
