"""Small markets with processors, and the joint programme that bounds them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction

from hypothesis import strategies as st
from scipy.optimize import linprog

from marketplace.matching import Market
from marketplace.matching.instance import Lot, Need, Transport
from marketplace.matching.pair import Pair
from marketplace.matching.processors import Processor

DAY = 740_000
FRESH, DRIED = 1, 2


def a_lot(id_, product, kg, ask, first=DAY, last=DAY + 9, shelf=5, place=21.0):
    return Lot(
        id=id_,
        owner=id_,
        product=product,
        variety=0,
        grade_kg=((1, kg),),
        kg=kg,
        smallest_kg=0,
        ask_vnd=ask,
        segments=(),
        shelf_life_days=shelf,
        lat=place,
        lon=103.0,
        window=(first, last),
    )


def a_need(id_, product, kg, bid, first=DAY, last=DAY + 9, place=21.0):
    return Need(
        id=id_,
        offer=id_,
        owner=1000 + id_,
        product=product,
        varieties=frozenset(),
        least_grade=0,
        requires=0,
        first_day=first,
        last_day=last,
        kg=kg,
        bid_vnd=bid,
        smallest_kg=0,
        most_suppliers=0,
        lat=place,
        lon=103.0,
        rate_vnd_per_kg_km=1.0,
    )


def a_processor(id_, kg, fee, ratio=12, place=21.0, drying=3):
    output = a_lot(500 + id_, DRIED, 0, 0, DAY + 9 + drying, DAY + 9 + drying, 300)
    return Processor(
        id_,
        a_need(500 + id_, FRESH, 0, 0, place=place),
        replace(output, owner=1500 + id_, lat=place),
        Fraction(ratio),
        kg,
        fee,
    )


@st.composite
def layered(draw):
    """A few fresh lots, fresh and dried needs, dried lots, and processors."""
    kg, place = st.integers(1, 60), st.sampled_from([21.0, 21.3, 22.0])
    fresh = st.integers(30, 90).map(lambda n: n * 100)
    dried = st.integers(300, 1800).map(lambda n: n * 100)
    late = {"first": DAY + 12, "last": DAY + 60}
    lots, needs = [], []
    lots += [
        a_lot(id_, FRESH, draw(kg), draw(fresh), place=draw(place))
        for id_ in range(1, draw(st.integers(2, 5)))
    ]
    for id_ in range(11, 11 + draw(st.integers(0, 2))):
        few = draw(st.integers(1, 4))
        lots.append(a_lot(id_, DRIED, few, draw(dried), shelf=300, place=draw(place)))
    needs += [
        a_need(id_, FRESH, draw(kg), draw(fresh), place=draw(place))
        for id_ in range(1, draw(st.integers(1, 4)))
    ]
    for id_ in range(11, 12 + draw(st.integers(0, 2))):
        bid, few = draw(dried), draw(st.integers(1, 6))
        needs.append(a_need(id_, DRIED, few, bid, place=draw(place), **late))
    processors = [
        a_processor(
            id_,
            draw(st.integers(0, 90)),
            draw(st.integers(0, 2000)),
            draw(st.sampled_from([1, 8, 10, Fraction(25, 2), 12])),
            draw(place),
        )
        for id_ in range(1, draw(st.integers(2, 4)))
    ]
    return Market(tuple(lots), tuple(needs), Transport()), processors


def joint_optimum(market, processors):
    """The best with fractions of a kilogram, all in one programme."""
    gain, rows, most = [], defaultdict(dict), {}
    lots = [*market.lots, *(one.output for one in processors)]
    needs = [*market.needs, *(one.intake for one in processors)]
    by_lot = {one.output.id: one for one in processors}
    by_need = {one.intake.id: one for one in processors}
    most |= {("lot", lot.id): lot.kg for lot in market.lots}
    most |= {("need", need.id): need.kg for need in market.needs}
    for one in processors:
        most |= {("need", one.intake.id): one.kg, ("mass", one.id): 0}
        most["lot", one.output.id] = one.most_out_kg
    for lot in lots:
        for need in needs:
            pair = Pair(lot, need, market)
            if lot.product != need.product or not pair.days or lot.owner == need.owner:
                continue
            from_, into = by_lot.get(lot.id), by_need.get(need.id)
            bid = -into.fee_vnd if into else need.bid_vnd
            ask = 0 if from_ else lot.ask_vnd
            at = len(gain)
            gain.append(bid - ask - pair.transport_vnd)
            rows["need", need.id][at] = 1
            if from_:
                rows["mass", from_.id][at] = float(from_.ratio)
            rows["lot", lot.id][at] = 1
            if into:
                rows["mass", into.id][at] = -1
    if not gain:
        return 0.0
    keys = list(rows)
    matrix = [[rows[key].get(at, 0) for at in range(len(gain))] for key in keys]
    found = linprog(
        [-one for one in gain], A_ub=matrix, b_ub=[most[key] for key in keys]
    )
    return -found.fun
