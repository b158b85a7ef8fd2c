"""Small markets that Hypothesis draws: few days, few kilograms, many ties."""

from __future__ import annotations

import math

from hypothesis import strategies as st

from marketplace.matching import Lot, Market, Need, Reference, Segment, Transport

PLACES = ((21.0, 103.7), (21.03, 105.85), (21.3, 103.9))
BIT_CODE = 4


@st.composite
def lots(draw: st.DrawFn, id_: int, most_kg: int, side_rules: bool) -> Lot:
    first = draw(st.integers(0, 5))
    last = first + draw(st.integers(2, 9))
    segments = draw(
        st.lists(
            st.builds(
                lambda start, length, has: Segment(start, start + length, has),
                st.integers(first, first + 2),
                st.integers(3, 12),
                st.sampled_from([1, 3, 4, 5, 7, 7]),
            ),
            max_size=3,
        )
    )
    shares = draw(st.lists(st.integers(1, most_kg), min_size=1, max_size=3))
    lat, lon = draw(st.sampled_from(PLACES))
    return Lot(
        id=id_,
        owner=draw(st.integers(1, 4)),
        product=draw(st.sampled_from([1, 1, 1, 2])),
        variety=draw(st.integers(1, 2)),
        grade_kg=tuple((rank + 1, kg) for rank, kg in enumerate(shares)),
        kg=draw(st.integers(1, most_kg)),
        smallest_kg=draw(st.integers(0, most_kg // 2)) if side_rules else 0,
        ask_vnd=draw(st.integers(0, 8)) * 500,
        segments=tuple(segments),
        shelf_life_days=draw(st.integers(0, 3)),
        lat=lat,
        lon=lon,
        promised_before_kg=draw(st.integers(0, 2)),
        posted=draw(st.integers(0, 2)),
        record=draw(st.sampled_from([0, 0, 1, 3])),
        window=(first, last),
    )


@st.composite
def offers(
    draw: st.DrawFn, offer: int, first_id: int, most_kg: int, side_rules: bool
) -> list[Need]:
    lat, lon = draw(st.sampled_from(PLACES))
    shared = {
        "offer": offer,
        "owner": draw(st.integers(4, 5)),
        "product": draw(st.sampled_from([1, 1, 1, 2])),
        "varieties": draw(st.sampled_from([frozenset(), frozenset(), frozenset({1})])),
        "least_grade": draw(st.integers(0, 2)),
        "requires": draw(st.sampled_from([0, 0, 0, 1, 3, 4, 5])),
        "smallest_kg": draw(st.integers(0, most_kg // 2)) if side_rules else 0,
        "most_suppliers": draw(st.integers(0, 2)) if side_rules else 0,
        "lat": lat,
        "lon": lon,
        "posted": draw(st.integers(0, 2)),
        "rate_vnd_per_kg_km": draw(st.sampled_from([0.0, 2.5, 3.3])),
        "fixed_vnd_per_kg": draw(st.sampled_from([0.0, 150.0, 0.5])),
    }
    found = []
    share = st.none() | st.integers(0, most_kg)
    for number in range(draw(st.integers(1, 2))):
        first = draw(st.integers(0, 10))
        found.append(
            Need(
                id=first_id + number,
                first_day=first,
                last_day=first + draw(st.integers(0, 4)),
                kg=draw(st.integers(1, most_kg)),
                bid_vnd=draw(st.integers(4, 16)) * 500,
                most_share_kg=draw(share) if side_rules else None,
                **shared,
            )
        )
    return found


@st.composite
def markets(
    draw: st.DrawFn,
    *,
    most_lots: int = 6,
    most_offers: int = 5,
    most_kg: int = 9,
    side_rules: bool = False,
) -> Market:
    """A market of a few rows, with or without smallest lots and limits."""
    rows = [
        draw(lots(id_, most_kg, side_rules))
        for id_ in range(1, 1 + draw(st.integers(1, most_lots)))
    ]
    needs: list[Need] = []
    for offer in range(1, 1 + draw(st.integers(1, most_offers))):
        needs += draw(offers(offer, len(needs) + 1, most_kg, side_rules))
    return Market(
        lots=tuple(rows),
        needs=tuple(needs),
        transport=Transport(km_per_day=draw(st.sampled_from([100, 500, math.inf]))),
        apart=frozenset(
            draw(
                st.sets(
                    st.tuples(st.integers(1, most_lots), st.integers(1, most_offers)),
                    max_size=2,
                )
            )
        ),
        references={1: Reference(2_000, 4_000)},
        market_bits=BIT_CODE,
    )
