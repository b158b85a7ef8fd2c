"""Small instances in the published format, and what is true of them.

The second half is a reading of the format by itself: it shares no line with
the engine, works on the JSON and tries day by day.
"""

from __future__ import annotations

import math
import random
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

START = date(2026, 7, 25)
PLACES = [(103.75, 21.05), (105.85, 21.03), (103.7501, 21.05), (106.7, 10.8)]
KG = st.sampled_from([0, 1, 1, 2, 3, 5, 8, 13])
PRICE = st.integers(0, 12).map(lambda steps: steps * 100)


def day(number: int) -> str:
    return (START + timedelta(days=number)).isoformat()


def days(least: int, most: int):
    return st.integers(least, most).map(day)


@st.composite
def windows(draw, longest: int) -> dict[str, str]:
    first = draw(st.integers(0, 8))
    return {"from": day(first), "to": day(first + draw(st.integers(0, longest)))}


def optional(**keys):
    """Some of these keys; a key may also be null."""
    values = {key: st.none() | strategy for key, strategy in keys.items()}
    return st.fixed_dictionaries({}, optional=values)


PAPERS = st.lists(
    st.fixed_dictionaries(
        {"what": st.sampled_from(["GAP", "ORG", "PUC"])},
        optional={"from": days(-3, 3), "until": days(4, 12)},
    ),
    max_size=3,
)


def _place(lon_lat):
    return {"lon": lon_lat[0], "lat": lon_lat[1]}


PLACE = st.sampled_from(PLACES).map(_place)


@st.composite
def lots(draw, id_, kilograms, side_rules):
    row = {
        "id": id_,
        "seller": draw(st.sampled_from(["s1", "s2", 3])),
        "product": draw(st.sampled_from(["longan", "longan", "longan", 7])),
        "kg": draw(kilograms),
        "floor_vnd": draw(PRICE),
        **draw(windows(6)),
        **draw(PLACE),
        **draw(
            optional(
                variety=st.sampled_from(["t6", "late", 5]),
                grade=st.integers(1, 3),
                holds=PAPERS,
                shelf_life_days=st.integers(0, 3),
            )
        ),
    }
    if side_rules:
        row |= draw(optional(min_lot_kg=kilograms))
    return row


@st.composite
def needs(draw, id_, kilograms, side_rules):
    row = {
        "id": id_,
        "buyer": draw(st.sampled_from(["b1", "b2", "s1"])),
        "product": draw(st.sampled_from(["longan", "longan", "longan", 7])),
        "kg": draw(kilograms),
        "ceiling_vnd": draw(PRICE),
        **draw(windows(4)),
        **draw(PLACE),
        **draw(
            optional(
                varieties=st.lists(
                    st.sampled_from(["t6", "late", 5]), min_size=1, max_size=2
                ),
                grade=st.integers(1, 3),
                requires=st.lists(st.sampled_from(["GAP", "ORG", "PUC"]), max_size=2),
                transport_vnd_per_kg_km=st.sampled_from([0, 1, 2.5]),
                transport_fixed_vnd_per_kg=st.sampled_from([0, 50, 0.5, 49.5]),
            )
        ),
    }
    if side_rules:
        share = st.sampled_from([0, 0.29, 0.5, 0.7, 1, 1.0])
        row |= draw(
            optional(
                min_lot_kg=kilograms, max_suppliers=st.integers(1, 2), max_share=share
            )
        )
    return row


@st.composite
def instances(draw, *, most: int = 5, kilograms=KG, side_rules: bool = False):
    """An instance; lots and needs may share ids, numbers and texts are mixed."""
    ids = st.lists(st.sampled_from(["a", "b", "c", 1, 2, "1"]), unique=True)
    lot_ids = draw(ids.filter(len))[:most]
    need_ids = draw(ids.filter(len))[:most]
    return {
        "on": "2026-07-01",
        "lots": [draw(lots(id_, kilograms, side_rules)) for id_ in lot_ids],
        "needs": [draw(needs(id_, kilograms, side_rules)) for id_ in need_ids],
    }


def rolled(dice: random.Random) -> dict[str, object]:
    """An instance of up to nine lots and nine needs, drawn at random."""
    rules = dice.random() < 0.7
    kilograms = [1, 2, 3, 5, 8, 13, 40]
    if not rules and dice.random() < 0.3:
        kilograms = [1, 7, 10**9]

    def row(id_: int, most_days: int) -> dict[str, object]:
        first, (lon, lat) = dice.randrange(9), dice.choice(PLACES)
        last = day(first + dice.randrange(most_days))
        found = {"id": id_, "kg": dice.choice(kilograms), "from": day(first)}
        found |= {"product": "mango", "to": last, "lon": lon, "lat": lat}
        found["grade"] = dice.choice([None, 1, 2, 3])
        if rules:
            found["min_lot_kg"] = dice.choice([None, 2, 4, 10])
        return found

    def lot(id_: int) -> dict[str, object]:
        papers = [{"what": what, "until": day(dice.randrange(4, 12))} for what in "GO"]
        return row(id_, 7) | {
            "seller": dice.randrange(5),
            "floor_vnd": dice.randrange(0, 900, 100),
            "holds": papers[: dice.randrange(3)],
            "shelf_life_days": dice.randrange(3),
        }

    def need(id_: int) -> dict[str, object]:
        found = row(id_, 5) | {
            "buyer": dice.randrange(4, 9),
            "ceiling_vnd": dice.randrange(300, 1300, 100),
            "requires": ["G", "O"][: dice.choice([0, 0, 0, 1, 2])],
            "transport_vnd_per_kg_km": dice.choice([0, 0.3]),
        }
        if rules:
            found["max_suppliers"] = dice.choice([None, 1, 2])
            found["max_share"] = dice.choice([None, None, 0.5, 0.7])
        return found

    return {
        "lots": [lot(id_) for id_ in range(dice.randrange(1, 10))],
        "needs": [need(id_) for id_ in range(dice.randrange(1, 10))],
    }


# --- what is true of an instance ------------------------------------------------


def _on(text: str) -> date:
    return date.fromisoformat(text)


def carriage(lot, need) -> int:
    to_x, to_y = math.radians(need["lon"]), math.radians(need["lat"])
    x, y = math.radians(lot["lon"]), math.radians(lot["lat"])
    half = math.sin((to_y - y) / 2) ** 2
    half += math.cos(y) * math.cos(to_y) * math.sin((to_x - x) / 2) ** 2
    km = 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(half)))
    rate = need.get("transport_vnd_per_kg_km") or 0
    fixed = need.get("transport_fixed_vnd_per_kg") or 0
    return math.floor(fixed + rate * km + 0.5)


def delivery_day(lot, need) -> date | None:
    """The first day on which the pair could deliver."""
    last = _on(lot["to"]) + timedelta(days=lot.get("shelf_life_days") or 0)
    one = max(_on(lot["from"]), _on(need["from"]))
    while one <= min(last, _on(need["to"])):
        held = {
            paper["what"]
            for paper in lot.get("holds") or []
            if _on(paper.get("from") or "0001-01-01") <= one
            and one <= _on(paper.get("until") or "9999-12-31")
        }
        if set(need.get("requires") or []) <= held:
            return one
        one += timedelta(days=1)
    return None


def surplus(lot, need) -> int:
    return need["ceiling_vnd"] - lot["floor_vnd"] - carriage(lot, need)


def feasible(lot, need) -> bool:
    varieties = need.get("varieties")
    return (
        lot["product"] == need["product"]
        and lot["seller"] != need["buyer"]
        and (varieties is None or lot.get("variety") in varieties)
        and (lot.get("grade") or 1) <= (need.get("grade") or 99)
        and surplus(lot, need) >= 0
        and delivery_day(lot, need) is not None
    )


def least(lot, need) -> int:
    smallest = max(lot.get("min_lot_kg") or 0, need.get("min_lot_kg") or 0)
    return min(smallest, lot["kg"], need["kg"])


def share(need) -> int:
    limit = need.get("max_share")
    return math.floor(Fraction(str(1 if limit is None else limit)) * need["kg"])


def allowed(data, used) -> bool:
    """Whether (lot, need, kilograms) keep every quantity and side rule."""
    for lot in data["lots"]:
        if sum(kg for a, _, kg in used if a is lot) > lot["kg"]:
            return False
    for need in data["needs"]:
        mine = [(a, kg) for a, n, kg in used if n is need]
        sellers = {str(a["seller"]) for a, _ in mine}
        if sum(kg for _, kg in mine) > need["kg"]:
            return False
        if len(sellers) > (need.get("max_suppliers") or 99):
            return False
        for seller in sellers:
            together = sum(kg for a, kg in mine if str(a["seller"]) == seller)
            if together > share(need):
                return False
    return all(kg >= least(lot, need) for lot, need, kg in used)


def feasible_pairs(data):
    return [
        (i, j)
        for i, lot in enumerate(data["lots"])
        for j, need in enumerate(data["needs"])
        if feasible(lot, need)
    ]


def whole_optimum(data) -> int:
    """The best surplus under all rules, by a mixed integer programme."""
    pairs = feasible_pairs(data)
    if not pairs:
        return 0
    many = len(pairs)
    doors = sorted({(j, str(data["lots"][i]["seller"])) for i, j in pairs})
    rows, low, high = [], [], []

    def add(values, at_least, at_most):
        row = np.zeros(2 * many + len(doors))
        for column, value in values.items():
            row[column] = value
        rows.append(row)
        low.append(at_least)
        high.append(at_most)

    for number, lot in enumerate(data["lots"]):
        add({e: 1 for e, (i, _) in enumerate(pairs) if i == number}, 0, lot["kg"])
    for number, need in enumerate(data["needs"]):
        add({e: 1 for e, (_, j) in enumerate(pairs) if j == number}, 0, need["kg"])
        most = need.get("max_suppliers") or len(doors)
        places = [2 * many + d for d, (j, _) in enumerate(doors) if j == number]
        add(dict.fromkeys(places, 1), 0, most)
    for place, (number, seller) in enumerate(doors):
        together = [
            e
            for e, (i, j) in enumerate(pairs)
            if j == number and str(data["lots"][i]["seller"]) == seller
        ]
        add(dict.fromkeys(together, 1), 0, share(data["needs"][number]))
        for e in together:
            add({many + e: 1, 2 * many + place: -1}, -np.inf, 0)
    for e, (i, j) in enumerate(pairs):
        lot, need = data["lots"][i], data["needs"][j]
        add({e: 1, many + e: -least(lot, need)}, 0, np.inf)
        add({e: 1, many + e: -min(lot["kg"], need["kg"])}, -np.inf, 0)
    cost = np.zeros(2 * many + len(doors))
    cost[:many] = [-surplus(data["lots"][i], data["needs"][j]) for i, j in pairs]
    upper = np.ones(len(cost))
    upper[:many] = np.inf
    found = milp(
        cost,
        constraints=LinearConstraint(np.array(rows), low, high),
        integrality=np.ones(len(cost)),
        bounds=Bounds(0, upper),
        options={"mip_rel_gap": 0},
    )
    assert found.success
    return round(-found.fun)


def assert_legal(data, answer) -> None:
    """Every rule of the format, read again on every allocation."""
    lots_by = {repr(lot["id"]): lot for lot in data["lots"]}
    needs_by = {repr(need["id"]): need for need in data["needs"]}
    sold, got, brought, total = {}, {}, {}, 0
    for row in answer["allocations"]:
        lot, need = lots_by[repr(row["lot"])], needs_by[repr(row["need"])]
        a, b, kg = repr(row["lot"]), repr(row["need"]), row["kg"]
        assert feasible(lot, need)
        assert kg >= max(least(lot, need), 1)
        assert row["day"] == delivery_day(lot, need).isoformat()
        most = need["ceiling_vnd"] - carriage(lot, need)
        assert lot["floor_vnd"] <= row["price_vnd"] <= most
        assert (a, b) not in brought
        brought[a, b] = (str(lot["seller"]), kg)
        sold[a], got[b] = sold.get(a, 0) + kg, got.get(b, 0) + kg
        total += kg * surplus(lot, need)
    assert total == answer["surplus_vnd"] <= answer["upper_bound_vnd"]
    assert all(kg <= lots_by[a]["kg"] for a, kg in sold.items())
    for b, kg in got.items():
        need = needs_by[b]
        by_seller = {}
        for (_, other), (seller, part) in brought.items():
            if other == b:
                by_seller[seller] = by_seller.get(seller, 0) + part
        assert kg <= need["kg"]
        assert len(by_seller) <= (need.get("max_suppliers") or len(by_seller))
        assert max(by_seller.values()) <= share(need)
    left = {(row["side"], repr(row["id"])): row["kg"] for row in answer["unmatched"]}
    for side, rows, used in (("lot", lots_by, sold), ("need", needs_by, got)):
        rest = {(side, a): row["kg"] - used.get(a, 0) for a, row in rows.items()}
        assert {k: kg for k, kg in rest.items() if kg} == {
            k: kg for k, kg in left.items() if k[0] == side
        }
