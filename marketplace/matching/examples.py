"""Seeded markets of any size, for tests and benchmarks. All values invented."""

from __future__ import annotations

import random
from dataclasses import replace

from marketplace.matching.delivery import lay_papers
from marketplace.matching.instance import Lot, Market, Need, Reference, Transport

FIRST_DAY = 740_000
PRODUCTS = (
    # shelf life in days, low and high reference in đồng a kilogram
    (5, 13_000, 16_000),
    (8, 8_000, 12_000),
    (25, 10_000, 30_000),
    (200, 5_500, 8_500),
)
VIETGAP, ORGANIC, CODE_US, CODE_CN = 1, 2, 4, 8


def example(
    lots: int, needs: int, *, seed: int = 1, side_rules: bool = False
) -> Market:
    """A market with about that many lots and needs; the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311 - a sample, not a secret
    count = max(1, min(len(PRODUCTS), lots // 4))
    references = {
        product: Reference(low, high)
        for product, (_, low, high) in enumerate(PRODUCTS[:count])
    }
    return Market(
        lots=tuple(_lot(dice, id_, count, side_rules) for id_ in range(1, lots + 1)),
        needs=tuple(_needs(dice, needs, count, side_rules)),
        transport=Transport(km_per_day=500),
        references=references,
        market_bits=CODE_US | CODE_CN,
    )


def _lot(dice: random.Random, id_: int, products: int, side_rules: bool) -> Lot:
    product = dice.randrange(products)
    life, low, high = PRODUCTS[product]
    first = FIRST_DAY + dice.randrange(60)
    last = first + dice.randrange(5, 45)
    kg = dice.randrange(1, 80) * 500
    best = dice.randrange(0, kg + 1, 100)
    return Lot(
        id=id_,
        owner=1 + dice.randrange(max(id_ // 2, 1)),
        product=product,
        variety=dice.randrange(1, 4),
        grade_kg=((1, best), (2, kg - best)),
        kg=kg,
        smallest_kg=dice.choice((0, 500, 1_000, 3_000)) if side_rules else 0,
        ask_vnd=dice.randrange(low * 8 // 10, high, 100),
        segments=lay_papers(first, last + life, _papers(dice, first)),
        shelf_life_days=life,
        lat=21.0 + dice.random() / 3,
        lon=103.6 + dice.random() / 3,
        promised_before_kg=dice.randrange(0, 5) * 10_000,
        posted=dice.randrange(1_000),
        window=(first, last),
    )


def _papers(dice: random.Random, first: int) -> list[tuple[int, int, int]]:
    """Some of the papers, some of which lapse."""
    return [
        (bit, first - 30, first + dice.randrange(-5, 90))
        for bit in (VIETGAP, ORGANIC, CODE_US, CODE_CN)
        if dice.random() < 0.6
    ]


def _needs(
    dice: random.Random, count: int, products: int, side_rules: bool
) -> list[Need]:
    found: list[Need] = []
    offer = 0
    while len(found) < count:
        offer += 1
        tranches = min(dice.randrange(1, 5), count - len(found))
        found += _offer(dice, offer, len(found) + 1, tranches, products, side_rules)
    return found


def _offer(
    dice: random.Random,
    offer: int,
    first_id: int,
    tranches: int,
    products: int,
    side_rules: bool,
) -> list[Need]:
    """Weekly tranches of one offer."""
    pattern = _pattern(dice, offer, dice.randrange(products), side_rules)
    start = FIRST_DAY + dice.randrange(70)
    return [
        replace(
            pattern,
            id=first_id + number,
            first_day=start + 7 * number,
            last_day=start + 7 * number + dice.randrange(1, 8),
            kg=dice.randrange(1, 30) * 1_000,
        )
        for number in range(tranches)
    ]


def _pattern(dice: random.Random, offer: int, product: int, side_rules: bool) -> Need:
    """What all tranches of an offer have in common."""
    _, low, high = PRODUCTS[product]
    return Need(
        id=0,
        offer=offer,
        owner=1_000_000 + dice.randrange(offer),
        product=product,
        varieties=frozenset(dice.sample((1, 2, 3), dice.choice((0, 0, 1, 2)))),
        least_grade=dice.choice((0, 1, 2)),
        requires=dice.choice((0, 0, VIETGAP, VIETGAP | CODE_US, CODE_CN)),
        first_day=0,
        last_day=0,
        kg=0,
        bid_vnd=dice.randrange(low, high * 12 // 10, 100),
        smallest_kg=dice.choice((0, 1_000, 5_000)) if side_rules else 0,
        most_suppliers=dice.choice((0, 0, 1, 2)) if side_rules else 0,
        lat=dice.choice((21.03, 21.3, 21.85)),
        lon=dice.choice((105.85, 103.9, 106.7)),
        posted=dice.randrange(1_000),
        rate_vnd_per_kg_km=2.5,
        fixed_vnd_per_kg=150,
    )
