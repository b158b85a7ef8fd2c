"""Who keeps what is left from partners that fit: others, oneself, or a side rule."""

from __future__ import annotations

import pytest

from tests.matching.test_format import LOT, NEED, answer_to

OTHER = LOT | {"id": "b", "seller": "c2", "floor_vnd": LOT["floor_vnd"] - 100}


def whys(lots, needs) -> dict[str, str]:
    left = answer_to({"lots": lots, "needs": needs})["unmatched"]
    return {row["id"]: row["why"][0] for row in left}


@pytest.mark.parametrize(
    ("lots", "needs", "expected"),
    [
        ([LOT], [NEED], {"a": "demand"}),
        ([LOT | {"kg": 5000}], [NEED], {"x": "supply"}),
        ([LOT, OTHER], [NEED], {"a": "competition", "b": "demand"}),
        (
            [LOT | {"kg": 5000}],
            [NEED, NEED | {"id": "y", "buyer": "b2", "ceiling_vnd": 15000}],
            {"x": "supply", "y": "competition"},
        ),
        ([LOT], [NEED | {"max_share": 0.5}], {"a": "share", "x": "share"}),
        ([LOT | {"kg": 0}], [NEED], {"x": "quantity"}),
        (
            [LOT | {"kg": 5000}, OTHER | {"kg": 5000}],
            [NEED | {"max_suppliers": 1}],
            {"a": "suppliers", "x": "suppliers"},
        ),
    ],
)
def test_what_keeps_it_is_told(lots, needs, expected):
    assert whys(lots, needs) == expected


@pytest.mark.parametrize(
    ("share", "kg", "most"),
    [(0.29, 100, 29), (0.07, 100, 7), (0.57, 100, 57), (1 / 3, 3, 0), (0.5, 7, 3)],
)
def test_a_share_is_read_as_it_is_written(share, kg, most):
    need = NEED | {"kg": kg, "max_share": share, "min_lot_kg": 0}
    rows = answer_to({"lots": [LOT | {"min_lot_kg": 0}], "needs": [need]})

    assert sum(row["kg"] for row in rows["allocations"]) == most
