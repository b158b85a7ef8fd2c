"""What rules put into their messages, as each language writes it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from marketplace.domain.formats import format_mass, written


@pytest.mark.parametrize(
    ("said", "english"),
    [
        ("12.500", "12,500"),
        ("1.234.567,5", "1,234,567.5"),
        ("7,5", "7.5"),
        ("90", "90"),
        ("30/06/2026", "30 Jun 2026"),
        (date(2026, 6, 30), "30 Jun 2026"),
        (Decimal("12.5"), "12.5"),
        ("P1", "P1"),
        ("1234.5", "1234.5"),
        (90, 90),
        (None, None),
    ],
)
def test_numbers_and_days_are_written_anew_for_english(said, english):
    assert written({"what": said}, "en") == {"what": english}


def test_vietnamese_keeps_what_rules_wrote():
    params = {"kg": "12.500", "day": date(2026, 6, 30), "area": Decimal("12.5")}

    assert written(params, "vi") == {
        "kg": "12.500",
        "day": "30/06/2026",
        "area": "12,5",
    }


def test_a_mass_below_one_tonne_is_told_in_kilograms():
    assert format_mass(30) == "30 kg"
    assert format_mass(999, "en") == "999 kg"
    assert format_mass(1_000) == "1 tấn"
    assert format_mass(12_500, "en") == "12.5 t"
