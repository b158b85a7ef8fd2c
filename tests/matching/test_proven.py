"""Advice is never more than a run of the changed market gives."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from marketplace.matching import again
from marketplace.matching.format import read_instance
from marketplace.matching.format_result import result_json
from marketplace.matching.solve import solve
from tests.matching.instances import instances
from tests.matching.test_format import LOT, NEED, answer_to

QUIET = [HealthCheck.function_scoped_fixture]


@pytest.fixture
def nothing_again(monkeypatch):
    """Whatever is asked, solving again takes too long."""
    monkeypatch.setattr(again, "MOST_CELLS", -1)


@pytest.mark.usefixtures("nothing_again")
@settings(max_examples=100, deadline=None, suppress_health_check=QUIET)
@given(instances(side_rules=True))
def test_what_is_sure_without_solving_is_reached(data):
    for left in answer_to(data)["unmatched"]:
        for told in left["would_match"]:
            assert told["kg"] > 0
            assert _left(_changed(data, left, told["change"]), left) <= (
                left["kg"] - told["kg"]
            ), (left, told)


def _changed(data, left, change):
    key = f"{left['side']}s"
    rows = [
        row | change if repr(row["id"]) == repr(left["id"]) else row
        for row in data[key]
    ]
    return data | {key: rows}


def _left(data, left) -> int:
    """Kilograms that the same post has left in a run."""
    instance = read_instance(data)
    result = solve(instance.market, advice=False)
    names = instance.lot_names if left["side"] == "lot" else instance.need_names
    rows = data[f"{left['side']}s"]
    kg = next(row["kg"] for row in rows if repr(row["id"]) == repr(left["id"]))
    return kg - sum(
        row.kg
        for row in result.allocations
        if repr(names[getattr(row, left["side"]) - 1]) == repr(left["id"])
    )


@pytest.mark.usefixtures("nothing_again")
def test_a_paper_is_advised_without_solving_again():
    lot, need = answer_to({"lots": [LOT | {"holds": []}], "needs": [NEED]})["unmatched"]

    assert need["would_match"] == [{"change": {"requires": []}, "kg": 12000}]
    assert [told["kg"] for told in lot["would_match"]] == [12000]


def test_what_had_no_time_is_left_out_and_counted():
    instance = read_instance({"lots": [LOT | {"holds": []}], "needs": [NEED]})
    result = solve(instance.market)

    rows = result_json(instance, result, seconds=0)["unmatched"]

    assert [row["would_match"] for row in rows] == [[], []]
    assert all(row["untried"] > 0 for row in rows)
    in_time = result_json(instance, result)["unmatched"]
    assert all("untried" not in row for row in in_time)
