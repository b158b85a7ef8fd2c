"""Processors as the command reads them and tells of them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from marketplace.matching.faults import MalformedInstance
from marketplace.matching.format import read_instance

DAYS = {"from": "2026-06-01", "to": "2026-06-25"}
MANGO = {"product": "mango", **DAYS}
LOT = {"id": "a", "seller": "c1", "kg": 48_000, "floor_vnd": 6_000, **MANGO}
FRESH = {"id": "x", "buyer": "b1", "kg": 12_000, "ceiling_vnd": 9_000, **MANGO}
DRIED = {
    "id": "y", "buyer": "b2", "product": "dried mango", "kg": 2_000,
    "ceiling_vnd": 160_000, "from": "2026-07-05", "to": "2026-09-15",
}  # fmt: skip
DRYER = {
    "id": "p", "owner": "d1", "from_product": "mango", "to_product": "dried mango",
    "ratio": 12, "kg": 30_000, "fee_vnd": 1_500, "drying_days": 3,
    "shelf_life_days": 300, **DAYS,
}  # fmt: skip
MARKET = {"lots": [LOT], "needs": [FRESH, DRIED], "processors": [DRYER]}


def test_the_command_dries_what_is_worth_it(tmp_path):
    path = tmp_path / "instance.json"
    path.write_text(json.dumps(MARKET))
    words = [sys.executable, "-m", "marketplace.matching", str(path)]
    done = subprocess.run(words, capture_output=True, check=True)
    told = json.loads(done.stdout)

    assert told["surplus_vnd"] == 12_000 * 3_000 + 2_000 * 160_000 - 24_000 * 7_500
    assert told["status"] == "optimal"
    assert told["processed"] == [{"processor": "p", "in_kg": 24_000, "out_kg": 2_000}]
    pairs = {(row["lot"], row["need"]): row["kg"] for row in told["allocations"]}
    assert pairs == {("a", "x"): 12_000, ("a", "p"): 24_000, ("p", "y"): 2_000}
    price = {(row["lot"], row["need"]): row["price_vnd"] for row in told["allocations"]}
    assert 6_000 <= price["a", "x"] <= 9_000
    assert price["p", "y"] >= 12 * (price["a", "p"] + 1_500)


def test_a_dryer_may_share_its_name_with_nobody_of_its_kind():
    with pytest.raises(MalformedInstance, match=r"^processors\[1\]\.id: 'p' occurs"):
        read_instance(MARKET | {"processors": [DRYER, DRYER]})


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("ratio", 0.5, "processors[0].ratio: not a number between 1 and 100"),
        ("ratio", "12", "processors[0].ratio: not a number"),
        ("ratio", 12.34567, "processors[0].ratio: finer than a thousandth"),
        ("id", "a", "processors[0].id: 'a' is a lot or a need"),
        ("id", "y", "processors[0].id: 'y' is a lot or a need"),
        ("kg", -1, "processors[0].kg: not between 0 and 1000000000"),
        ("kg", None, "processors[0].kg: missing"),
        ("fee_vnd", 1.5, "processors[0].fee_vnd: not a whole number"),
        ("to_product", "mango", "processors[0].to_product: the same as from_product"),
        ("from", "2026-06-26", "processors[0].from: lies after to"),
        ("drying_days", 1001, "processors[0].drying_days: not between 0 and 1000"),
        ("speed", 1, "processors[0].speed: unknown key"),
        ("varieties", [], "processors[0].varieties: empty"),
    ],
)
def test_faults_of_a_processor_are_told_with_their_path(key, value, said):
    with pytest.raises(MalformedInstance) as fault:
        read_instance(MARKET | {"processors": [DRYER | {key: value}]})
    assert str(fault.value).startswith(said)


def test_processors_make_no_chain():
    milled = {"id": "q", "from_product": "dried mango", "to_product": "powder"}
    with pytest.raises(MalformedInstance, match=r"^processors\[0\]\.to_product: taken"):
        read_instance(MARKET | {"processors": [DRYER, DRYER | milled]})


def test_who_pays_by_the_kilometre_needs_to_know_where_everybody_is():
    dryer = DRYER | {"transport_vnd_per_kg_km": 2.5, "lon": 103.7, "lat": 21.1}
    with pytest.raises(MalformedInstance, match=r"^lots\[0\]\.lat: missing"):
        read_instance(MARKET | {"processors": [dryer]})
