"""The gardens, what is certified of them, and the codes they carry abroad.

The sums are those of the public article: 982 ha and 14,400 tonnes a year under
VietGAP at 52 cooperatives; 50 codes on a little over 710 ha, in which land with
several codes counts once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from marketplace.demo.cooperatives import (
    FAMOUS,
    FAMOUS_GARDENS,
    FAMOUS_OUTPUT_TONNES,
    TOAN_THANG,
    Seat,
)
from marketplace.demo.numbers import spread, uneven
from marketplace.domain.words import Market

# In tenths of a hectare, and in tonnes a year.
VIETGAP_AREA, CODED_AREA = 9_824, 7_106
VIETGAP_TONNES = 14_420
CODED_LONGAN, CODED_MANGO = 29, 9

_NAMES = {
    "longan": "Vườn nhãn",
    "mango": "Vườn xoài",
    "pomelo": "Vườn bưởi",
    "vegetable": "Ruộng rau",
    "cassava": "Nương sắn",
    "maize": "Nương ngô",
}


@dataclass(frozen=True)
class Garden:
    """Land under one product; `tonnes` is what VietGAP says it bears a year."""

    product: str
    tenths: int
    tonnes: int | None = None
    markets: tuple[Market, ...] = ()

    @property
    def name(self) -> str:
        return _NAMES[self.product]

    @property
    def hectares(self) -> Decimal:
        return Decimal(self.tenths) / 10


Gardens = dict[str, list[Garden]]


def lay_out(seats: Sequence[Seat], rng: Random) -> Gardens:
    """Every cooperative's gardens; the same for the same random numbers."""
    gardens = _famous()
    coded = _coded(seats)
    others = [s for s in seats if s.holds_vietgap and s.short not in (*coded, *FAMOUS)]
    famous = sum(garden.tenths for own in gardens.values() for garden in own)
    abroad = CODED_AREA - _famous_longan()
    sizes = [
        *uneven(abroad, len(coded), rng),
        *uneven(VIETGAP_AREA - famous - abroad, len(others), rng),
    ]
    certified = [*coded, *(seat.short for seat in others)]
    for short, tenths in zip(certified, sizes, strict=True):
        gardens[short] = [Garden(_product(seats, short), tenths)]
    _add_tonnes(gardens, certified, rng)
    _add_codes(gardens, coded)
    for seat in seats:
        if seat.short not in gardens and seat.product in _NAMES:
            gardens[seat.short] = [Garden(seat.product, rng.randrange(60, 180))]
    return gardens


def _famous() -> Gardens:
    return {
        short: [Garden(product, tenths) for product, tenths in FAMOUS_GARDENS[short]]
        for short in FAMOUS
    }


def _famous_longan() -> int:
    return sum(rows[0][1] for rows in FAMOUS_GARDENS.values())


def _coded(seats: Sequence[Seat]) -> list[str]:
    """Whose gardens are sold abroad: longan first, then mango."""

    def holders(letter: str) -> list[str]:
        return [s.short for s in seats if s.letters == letter and s.holds_vietgap]

    return [*holders("L")[: CODED_LONGAN - 2], *holders("M")[:CODED_MANGO]]


def _product(seats: Sequence[Seat], short: str) -> str:
    return next(seat.product for seat in seats if seat.short == short)


def _add_tonnes(gardens: Gardens, certified: Sequence[str], rng: Random) -> None:
    famous = sum(map(sum, FAMOUS_OUTPUT_TONNES.values()))
    weights = [gardens[s][0].tenths * rng.uniform(0.85, 1.15) for s in certified]
    shares = spread(VIETGAP_TONNES - famous, weights)
    for short, tonnes in zip(certified, shares, strict=True):
        gardens[short] = [replace(gardens[short][0], tonnes=tonnes)]
    for short, all_tonnes in FAMOUS_OUTPUT_TONNES.items():
        if short == TOAN_THANG:
            continue  # one certificate for the whole farm, see the papers
        gardens[short] = [
            replace(garden, tonnes=tonnes)
            for garden, tonnes in zip(gardens[short], all_tonnes, strict=True)
        ]


def _add_codes(gardens: Gardens, coded: Sequence[str]) -> None:
    """12 for the United States, 25 for China, 13 for Australia and New Zealand."""
    longan = [*coded[: CODED_LONGAN - 2], *FAMOUS]
    for place, short in enumerate(longan):
        first, *rest = gardens[short]
        gardens[short] = [replace(first, markets=_markets(place)), *rest]
    for short in coded[CODED_LONGAN - 2 :]:
        gardens[short] = [replace(gardens[short][0], markets=(Market.CN,))]


def _markets(place: int) -> tuple[Market, ...]:
    """Some longan gardens carry two codes."""
    found = []
    if place < 12:
        found.append(Market.US)
    if 3 <= place < 16:
        found.append(Market.AU)
    if place < 3 or place >= 16:
        found.append(Market.CN)
    return tuple(found)
