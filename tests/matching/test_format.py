"""Instances as JSON: the proven optimum, for any order of rows, by command."""

from __future__ import annotations

import contextlib
import copy
import json
import random
import subprocess
import sys
import time
from itertools import product as cross
from math import prod
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from marketplace.matching.faults import MalformedInstance
from marketplace.matching.format import read_instance
from marketplace.matching.format_result import result_json
from marketplace.matching.solve import solve
from tests.matching import instances as truth
from tests.matching.instances import instances

LOT = {
    "id": "a", "seller": "c1", "product": "longan", "variety": "t6", "grade": 1,
    "holds": [{"what": "VIETGAP", "until": "2026-08-04"}], "kg": 48000,
    "min_lot_kg": 1000, "floor_vnd": 12000, "from": "2026-07-25", "to": "2026-08-31",
    "shelf_life_days": 5, "lon": 103.75, "lat": 21.05,
}  # fmt: skip
NEED = {
    "id": "x", "buyer": "b1", "product": "longan", "varieties": None, "grade": 2,
    "requires": ["VIETGAP"], "kg": 12000, "min_lot_kg": 1000, "max_suppliers": 3,
    "max_share": 1.0, "ceiling_vnd": 15500, "from": "2026-08-01", "to": "2026-08-07",
    "lon": 105.85, "lat": 21.03, "transport_vnd_per_kg_km": 2.5,
    "transport_fixed_vnd_per_kg": 150,
}  # fmt: skip
ISSUE = {"on": "2026-07-01", "lots": [LOT], "needs": [NEED]}


def answer_to(data) -> dict:
    instance = read_instance(data)
    return result_json(instance, solve(instance.market))


@settings(max_examples=80, deadline=None)
@given(instances())
def test_without_side_rules_the_optimum_is_proven_with_gap_zero(data):
    answer = answer_to(data)

    truth.assert_legal(data, answer)
    assert answer["surplus_vnd"] == truth.whole_optimum(data)
    assert (answer["status"], answer["gap"]) == ("optimal", 0)
    assert answer["upper_bound_vnd"] == answer["surplus_vnd"]


@settings(max_examples=80, deadline=None)
@given(instances(side_rules=True))
def test_with_side_rules_the_optimum_is_proven_too(data):
    answer = answer_to(data)

    truth.assert_legal(data, answer)
    assert answer["surplus_vnd"] == truth.whole_optimum(data)
    assert (answer["status"], answer["gap"]) == ("optimal", 0)


@pytest.mark.parametrize("seed", range(10))
def test_a_thousand_rolled_instances_reach_their_optimum(seed):
    dice = random.Random(seed)
    for _ in range(100):
        data = truth.rolled(dice)
        instance = read_instance(data)

        result = solve(instance.market)

        assert result.surplus_vnd == truth.whole_optimum(data), data
        assert result.bound_vnd == result.surplus_vnd <= result.relaxed_vnd, data


@settings(max_examples=80, deadline=None)
@given(instances(most=3, kilograms=st.integers(0, 3), side_rules=True))
def test_no_allocation_tried_one_by_one_is_better(data):
    pairs = truth.feasible_pairs(data)
    ends = [(data["lots"][i], data["needs"][j]) for i, j in pairs]
    assume(prod(min(lot["kg"], need["kg"]) + 1 for lot, need in ends) < 2_000)

    assert answer_to(data)["surplus_vnd"] == _best_by_trying(data, ends)


def _best_by_trying(data, ends) -> int:
    best = 0
    ranges = [range(min(lot["kg"], need["kg"]) + 1) for lot, need in ends]
    for kilograms in cross(*ranges):
        used = [(a, n, kg) for (a, n), kg in zip(ends, kilograms, strict=True) if kg]
        value = sum(truth.surplus(lot, need) * kg for lot, need, kg in used)
        if value > best and truth.allowed(data, used):
            best = value
    return best


@settings(max_examples=60, deadline=None)
@given(instances(side_rules=True), st.sampled_from([10**7, 7 * 10**7]))
def test_a_thousand_times_the_kilograms_is_a_thousand_times_the_surplus(data, many):
    large = copy.deepcopy(data)
    for row in [*large["lots"], *large["needs"]]:
        row["kg"] *= many
        if row.get("min_lot_kg"):
            row["min_lot_kg"] *= many
        if row.get("max_share") not in (None, 0, 1):
            row["max_share"] = None
    small = copy.deepcopy(large)
    for row in [*small["lots"], *small["needs"]]:
        row["kg"] //= many
        if row.get("min_lot_kg"):
            row["min_lot_kg"] //= many

    answer = answer_to(large)

    truth.assert_legal(large, answer)
    assert answer["surplus_vnd"] == many * answer_to(small)["surplus_vnd"]


@settings(max_examples=80, deadline=None)
@given(instances(side_rules=True), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(data, dice):
    mixed = copy.deepcopy(data)
    dice.shuffle(mixed["lots"])
    dice.shuffle(mixed["needs"])
    for row in [*mixed["lots"], *mixed["needs"]]:
        for key in ("holds", "requires", "varieties"):
            if row.get(key) and key == "holds":
                row[key] = dice.sample(row[key], len(row[key]))

    here, there = _timeless(answer_to(data)), _timeless(answer_to(mixed))

    for answer in (here, there):
        for row in answer["unmatched"]:
            for told in row["would_match"]:
                # A new paper is told behind those held, in the order of the row.
                told["change"].get("holds", []).sort(key=json.dumps)
    assert here == there


def _timeless(answer: dict) -> dict:
    return answer | {"seconds": None}


def test_the_example_of_the_format():
    answer = answer_to(ISSUE)

    assert answer["allocations"] == [
        {
            "lot": "a",
            "need": "x",
            "kg": 12000,
            "day": "2026-08-01",
            "price_vnd": 12000,
            "instead": {"need": None, "lot": None},
        }
    ]
    assert answer["surplus_vnd"] == 12000 * truth.surplus(LOT, NEED)
    assert answer["unmatched"] == [
        {
            "id": "a",
            "side": "lot",
            "kg": 36000,
            "why": ["demand"],
            "would_match": [],
        }
    ]
    assert set(answer) == {
        "status", "surplus_vnd", "upper_bound_vnd", "gap", "allocations",
        "unmatched", "seconds", "pairs_considered",
    }  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(instances(side_rules=True))
def test_every_change_matches_more_when_it_is_made(data):
    answer = answer_to(data)
    for left in answer["unmatched"]:
        for told in left["would_match"]:
            again = answer_to(_changed(data, left, told["change"]))
            before = _worth(_changed(data, left, told["change"]), answer)
            assert again["surplus_vnd"] >= before, (left, told)
            gained = _kg(again, left) - _kg(answer, left)
            assert gained == told["kg"] > 0, (left, told)


def _changed(data, left, change):
    key = f"{left['side']}s"
    rows = [
        row | change if repr(row["id"]) == repr(left["id"]) else row
        for row in data[key]
    ]
    return data | {key: rows}


def _kg(answer, left) -> int:
    return sum(
        row["kg"]
        for row in answer["allocations"]
        if repr(row[left["side"]]) == repr(left["id"])
    )


def _worth(data, answer) -> int:
    lots = {repr(lot["id"]): lot for lot in data["lots"]}
    needs = {repr(need["id"]): need for need in data["needs"]}
    return sum(
        row["kg"] * truth.surplus(lots[repr(row["lot"])], needs[repr(row["need"])])
        for row in answer["allocations"]
    )


@pytest.mark.parametrize(
    ("lot", "need", "change", "kg"),
    [
        ({"holds": []}, {}, {"requires": []}, 12000),
        ({}, {"ceiling_vnd": 12000}, {"ceiling_vnd": 12695}, 12000),
        ({}, {"from": "2026-07-20", "to": "2026-07-23"}, {"to": "2026-07-25"}, 12000),
        ({"grade": 3}, {}, {"grade": 3}, 12000),
        ({}, {"varieties": ["late"]}, {"varieties": ["late", "t6"]}, 12000),
        ({}, {"max_share": 0.5}, {"max_share": None}, 6000),
        ({}, {"max_share": 0.05}, {"min_lot_kg": 600}, 600),
    ],
)
def test_a_need_learns_what_to_change(lot, need, change, kg):
    lot = LOT | {"min_lot_kg": 0} | lot
    answer = answer_to({"lots": [lot], "needs": [NEED | need]})

    left = next(row for row in answer["unmatched"] if row["side"] == "need")

    assert {"change": change, "kg": kg} in left["would_match"]


@pytest.mark.parametrize(
    ("lot", "need", "change"),
    [
        (
            {"holds": []},
            {},
            {
                "holds": [
                    {"what": "VIETGAP", "from": "2026-08-01", "until": "2026-08-07"}
                ]
            },
        ),
        ({"floor_vnd": 20000}, {}, {"floor_vnd": 14805}),
        ({"from": "2026-08-09"}, {"requires": None}, {"from": "2026-08-07"}),
        ({"to": "2026-07-26"}, {}, {"to": "2026-07-27"}),
        ({"grade": 3}, {}, {"grade": 2}),
    ],
)
def test_a_lot_learns_what_to_change(lot, need, change):
    answer = answer_to({"lots": [LOT | lot], "needs": [NEED | need]})

    left = next(row for row in answer["unmatched"] if row["side"] == "lot")

    assert {"change": change, "kg": 12000} in left["would_match"]


# --- what is refused ------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value", "path", "problem"),
    [
        ("kg", True, "lots[0].kg", "not a whole number"),
        ("kg", 1.5, "lots[0].kg", "not a whole number"),
        ("kg", float("nan"), "lots[0].kg", "not a whole number"),
        ("kg", 10**9 + 1, "lots[0].kg", "not between 0 and 1000000000"),
        ("kg", -1, "lots[0].kg", "not between"),
        ("kg", None, "lots[0].kg", "missing"),
        ("floor_vnd", "12", "lots[0].floor_vnd", "not a whole number"),
        ("lon", float("nan"), "lots[0].lon", "not a number between"),
        ("lat", 91, "lots[0].lat", "not a number between"),
        ("lat", 10**400, "lots[0].lat", "not a number between"),
        ("lat", None, "lots[0].lat", "missing"),
        ("from", "2026-02-30", "lots[0].from", "no day"),
        ("from", "20260725", "lots[0].from", "YYYY-MM-DD"),
        ("from", "2026-09-01", "lots[0].from", "lies after to"),
        ("from", 5, "lots[0].from", "YYYY-MM-DD"),
        ("id", "", "lots[0].id", "empty"),
        ("id", 1.5, "lots[0].id", "neither"),
        ("seller", False, "lots[0].seller", "neither"),
        ("grade", 0, "lots[0].grade", "not between"),
        ("holds", {}, "lots[0].holds", "not a list"),
        ("holds", [{"what": "A"}, 3], "lots[0].holds[1]", "not an object"),
        ("holds", [{"until": "2026-01-01"}], "lots[0].holds[0].what", "missing"),
        ("holds", [{"what": "A", "to": ""}], "lots[0].holds[0].to", "unknown key"),
        (
            "holds",
            [{"what": "A", "from": "2026-02-01", "until": "2026-01-01"}],
            "lots[0].holds[0].from",
            "lies after until",
        ),
        ("colour", 1, "lots[0].colour", "unknown key"),
    ],
)
def test_a_malformed_lot_is_named_by_path(key, value, path, problem):
    with pytest.raises(MalformedInstance, match=problem) as fault:
        read_instance({"lots": [LOT | {key: value}], "needs": [NEED]})

    assert fault.value.path == path


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ([], "$"),
        ({"needs": []}, "lots"),
        ({"lots": [], "needs": {}}, "needs"),
        ({"lots": [], "needs": [], "more": 1}, "more"),
        ({"lots": [], "needs": [], "on": "soon"}, "on"),
        ({"lots": [LOT, LOT], "needs": []}, "lots[1].id"),
        ({"lots": [], "needs": [NEED | {"max_share": 1.1}]}, "needs[0].max_share"),
        ({"lots": [], "needs": [NEED | {"max_share": True}]}, "needs[0].max_share"),
        (
            {"lots": [], "needs": [NEED | {"max_suppliers": 0}]},
            "needs[0].max_suppliers",
        ),
        ({"lots": [], "needs": [NEED | {"varieties": []}]}, "needs[0].varieties"),
        ({"lots": [], "needs": [NEED | {"varieties": [[]]}]}, "needs[0].varieties[0]"),
        (
            {"lots": [], "needs": [NEED | {"transport_vnd_per_kg_km": -1}]},
            "needs[0].transport_vnd_per_kg_km",
        ),
        (
            {"lots": [], "needs": [NEED | {"requires": [str(n) for n in range(63)]}]},
            "needs[0].requires",
        ),
        (
            {"lots": [], "needs": [], "references": [{"product": 1, "low_vnd": 2}]},
            "references[0].high_vnd",
        ),
    ],
)
def test_a_malformed_instance_is_named_by_path(data, path):
    with pytest.raises(MalformedInstance) as fault:
        read_instance(data)

    assert fault.value.path == path


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["2026-08-01", "a", 10**9, 0, -1, "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=4,
)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_whatever_is_written_it_is_solved_or_refused(data):
    """One value somewhere is replaced by anything at all."""
    whole = copy.deepcopy({"lots": [LOT, LOT | {"id": 2}], "needs": [NEED]})
    side = data.draw(st.sampled_from(["lots", "needs", "lots", None]))
    if side is None:
        whole[data.draw(st.sampled_from(["lots", "needs", "on", "?"]))] = data.draw(
            JSON
        )
    else:
        row = whole[side][0]
        row[data.draw(st.sampled_from(sorted(row)))] = data.draw(JSON)
    with contextlib.suppress(MalformedInstance):
        answer = answer_to(whole)
        json.dumps(answer)
        assert answer["gap"] == 0


# --- the command ----------------------------------------------------------------


def command(text: str | bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "marketplace.matching", *arguments],
        input=text.encode() if isinstance(text, str) else text,
        capture_output=True,
        check=False,
    )


def test_the_command_reads_a_file_and_standard_input(tmp_path: Path):
    file = tmp_path / "instance.json"
    file.write_text(json.dumps(ISSUE))

    by_file, by_input = command("", str(file)), command(json.dumps(ISSUE), "-")

    assert by_file.returncode == by_input.returncode == 0
    expected = _timeless(answer_to(ISSUE))
    assert _timeless(json.loads(by_file.stdout)) == expected
    assert _timeless(json.loads(by_input.stdout)) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (json.dumps({"lots": [LOT | {"kg": 1.5}], "needs": []}), "lots[0].kg: not a"),
        ("{", "no JSON"),
        ('{"lots": [], "lots": [], "needs": []}', "lots: the key occurs twice"),
        (
            json.dumps({"lots": [LOT], "needs": []}).replace(
                '"seller"', '"seller": "c2", "seller"'
            ),
            "lots[0].seller: the key occurs twice",
        ),
        (
            json.dumps({"lots": [LOT], "needs": []}).replace("48000", "9" * 5_000),
            "lots[0].kg: not between 0 and 1000000000",
        ),
        (
            json.dumps({"lots": [LOT], "needs": []}).replace('"a"', "9" * 5_000),
            "lots[0].id: a number of more than 400 digits",
        ),
        ("[" * 100_000, "nested too deeply"),
        (b"\xff\xfe{}", "no JSON"),
        ('{"lots": [], "needs": [], "on": NaN}', "on: not a day"),
    ],
)
def test_the_command_names_the_fault(text, said):
    done = command(text, "-")

    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
    assert done.stdout == b""


def test_the_command_wants_one_file_that_exists():
    for arguments in ((), ("a", "b"), ("no-such-file.json",)):
        done = command("", *arguments)
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"Traceback" not in done.stderr


def test_the_command_tells_its_usage():
    for option in ("-h", "--help"):
        done = command("", option)
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.startswith(b"usage: python -m marketplace.matching")
    done = command("", "--no-such-option")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"usage:")


def test_a_result_that_cannot_be_written_is_told():
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "marketplace.matching", "-"],
            input=json.dumps(ISSUE).encode(),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert done.returncode == 1
    assert b"cannot be written: No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


def test_the_seconds_of_the_command_sum_up_to_the_whole():
    data = json.dumps(ISSUE)
    began = time.monotonic()
    done = command(data, "-")
    whole = time.monotonic() - began

    assert 0 < sum(json.loads(done.stdout)["seconds"].values()) < whole


def test_the_command_knows_neither_web_nor_database():
    code = (
        "import sys, runpy; sys.argv = ['x', '-']\n"
        "try: runpy.run_module('marketplace.matching', run_name='__main__')\n"
        "except SystemExit as end: assert end.code == 0\n"
        "found = {'flask', 'sqlalchemy', 'celery', 'redis'} & set(sys.modules)\n"
        "assert not found, found"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(ISSUE).encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()


def test_the_instance_of_the_manual_is_solved():
    text = Path("docs/matching.md").read_text(encoding="utf-8")
    written = text.split("```json\n")[1].split("```")[0]

    (row,) = answer_to(json.loads(written))["allocations"]

    assert (row["lot"], row["need"], row["kg"]) == ("a", "x", 9000)
