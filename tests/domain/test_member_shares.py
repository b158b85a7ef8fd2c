"""What a load pays, among the households that brought it."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.errors import Refused
from marketplace.domain.household_sheet import brought_of, rows_of_households
from marketplace.domain.member_shares import (
    fill_up,
    retained_of,
    share_delivery,
    split,
    sum_of,
)
from marketplace.domain.price_rules import NotKnownYet, price_part
from marketplace.domain.price_terms import AcceptedPart, rule_of
from marketplace.domain.settlement_facts import AcceptedLine, Delivery

DAY = date(2026, 8, 1)
RULE = rule_of({"mode": "fixed", "price_vnd": 14_533})
WEIGHTS = st.lists(st.integers(0, 5_000), min_size=1, max_size=12).filter(any)


def line(kg: int, grade: str = "", off: int = 0) -> AcceptedLine:
    outcome = price_part(RULE, AcceptedPart(kg, grade), None)
    assert not isinstance(outcome, NotKnownYet)
    return AcceptedLine(kg, outcome, grade, min(off, outcome.total_vnd))


@st.composite
def loads(draw) -> tuple[Delivery, list[int]]:
    brought = draw(WEIGHTS)
    left, parts = sum(brought), []
    for _ in range(draw(st.integers(0, 4))):
        kg = draw(st.integers(0, left))
        parts.append(line(kg, off=draw(st.integers(0, 90_000))))
        left -= kg
    return Delivery("a", DAY, DAY, sum(brought), tuple(parts)), brought


@given(st.integers(0, 10**12), WEIGHTS)
def test_the_parts_of_an_amount_make_the_amount(amount, weights):
    parts = split(amount, weights)

    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - amount * weight) < sum(weights)
        assert part >= 0


@given(loads(), st.integers(0, 1000))
def test_a_shared_load_reconciles_line_by_line(load, per_mille):
    delivery, brought = load

    shared = share_delivery(delivery, brought, per_mille)

    for one in shared.lines:
        assert sum(one.parts_vnd) + one.retained_vnd == one.line.owed_vnd
        assert sum(one.parts_kg) == one.line.kg
    total = sum_of(shared.dues)
    assert total.owed_vnd + shared.retained_vnd == delivery.owed_vnd
    assert total.accepted_kg == delivery.accepted_kg
    assert [due.delivered_kg for due in shared.dues] == brought
    assert all(0 <= due.accepted_kg <= due.delivered_kg for due in shared.dues)


@given(loads(), st.integers(0, 1000))
def test_who_brought_more_of_a_load_is_owed_no_less(load, per_mille):
    delivery, brought = load

    dues = share_delivery(delivery, brought, per_mille).dues

    for one, other in pairwise(dues):
        if one.delivered_kg >= other.delivered_kg:
            lines = len(delivery.parts)
            assert one.owed_vnd >= other.owed_vnd - lines


def test_a_line_is_rounded_half_up_and_the_rest_goes_to_whom_rounding_hurt_most():
    assert split(100, [1, 1, 1]) == (34, 33, 33)
    assert split(5, [1, 1]) == (2, 3)  # both would be 3: the first gives one back
    assert split(10, [1, 2, 4]) == (1, 3, 6)


def test_the_cooperative_keeps_its_share_of_each_line_first():
    delivery = Delivery("a", DAY, DAY, 1_000, (line(900),))

    shared = share_delivery(delivery, [600, 400], 30)

    assert shared.retained_vnd == retained_of(900 * 14_533, 30) == 392_391
    assert [due.owed_vnd for due in shared.dues] == [7_612_385, 5_074_924]
    assert [due.rejected_kg for due in shared.dues] == [60, 40]


def test_what_nobody_brought_is_not_shared():
    with pytest.raises(ValueError, match="400"):
        share_delivery(Delivery("a", DAY, DAY, 1_000, ()), [400], 0)


def test_a_rest_is_spread_by_what_was_told_or_evenly():
    assert fill_up(1_000, [300, 100]) == (750, 250)
    assert fill_up(10, [0, 0, 0]) == (4, 3, 3)


def test_a_sheet_names_households_by_name_or_code():
    known = {"lo van pang": [1], "h02": [2], "quang thi hoa": [2, 3]}
    rows = [("Tên hộ", "Số kg"), ("LÒ VĂN PÂNG", "1.200"), ("H02", "", "800")]

    assert brought_of(rows, known, "paste", "vi") == {1: 1_200, 2: 800}
    with pytest.raises(Refused, match="nhiều hộ"):
        brought_of([("Quàng Thị Hoa", "5")], known, "paste", "vi")
    with pytest.raises(Refused, match="Không có hộ"):
        brought_of([("Ai đó", "5")], known, "paste", "vi")


def test_a_register_tells_which_row_is_wrong():
    rows = [("Tên hộ", "Mã hộ"), ("Lò Văn Pâng", "", "0987 654 321", "Mường Hung")]

    assert rows_of_households(rows, "paste")[0].phone == "+84987654321"
    with pytest.raises(Refused) as refusal:
        rows_of_households([("A",), ("B", "", "12")], "paste")
    assert refusal.value.params == {"row": 2}
