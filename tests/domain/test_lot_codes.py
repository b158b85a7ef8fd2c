"""Numbers of lots: what can stand in a bar code and in an address."""

from __future__ import annotations

from datetime import date

import pytest

from marketplace.domain.errors import Refused
from marketplace.domain.lot_codes import (
    LONGEST_OWN,
    check_lot_code,
    draw_lot_code,
    with_tail,
)


@pytest.mark.parametrize("code", ["L1", "SAY/01+A%B", "...", "a.b", "x" * 20])
def test_a_number_of_the_gs1_set_is_taken(code: str) -> None:
    taken = check_lot_code(code)

    assert taken == code


@pytest.mark.parametrize("code", ["", "x" * 21, "A B", "lô1", "\x00", ".", ".."])
def test_what_no_bar_code_or_address_can_hold_is_refused(code: str) -> None:
    with pytest.raises(Refused) as refused:
        check_lot_code(code)

    assert refused.value.field == "code"


def test_a_drawn_number_begins_with_its_day_and_can_be_taken() -> None:
    drawn = draw_lot_code(date(2025, 8, 9))

    assert drawn.startswith("250809-")
    assert check_lot_code(drawn) == drawn


def test_from_a_number_of_ones_own_the_next_cannot_be_guessed() -> None:
    own = "L" * LONGEST_OWN
    first, second = with_tail(own, "a" * 22), with_tail(own, "b" * 22)

    assert first != second
    assert first == with_tail(own, "a" * 22)  # what is sent twice is the same
    assert first.startswith(f"{own}-")
    assert len(check_lot_code(first)) == 20
    assert with_tail("", "a" * 22) == ""
