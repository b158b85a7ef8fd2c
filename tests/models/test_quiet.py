"""What the database refuses is told without what was to be written."""

from __future__ import annotations

import traceback

import pytest
from sqlalchemy.exc import IntegrityError

FLOOR = 13_571
TAKEN = "chim.hoang.yen@example.vn"


def refusal(session, spoil):
    """All that a log would say of what the database refused."""

    def write():
        with session.begin_nested():
            spoil()
            session.flush()

    with pytest.raises(IntegrityError) as caught:
        write()
    error = caught.value
    return "".join(traceback.format_exception(error)) + repr(error) + repr(error.orig)


def test_a_violated_check_names_the_rule_and_no_value(session, make):
    harvest = make.harvest(floor_price_vnd=FLOOR)

    def sell_too_much():
        harvest.promised_kg = 99_999_937

    said = refusal(session, sell_too_much)

    assert "ck_harvests_" in said
    assert str(FLOOR) not in said
    assert "99999937" not in said


def test_an_address_that_is_taken_is_not_told(session, make):
    make.user(email=TAKEN)

    said = refusal(session, lambda: make.user(email=TAKEN))

    assert "email" in said
    assert "hoang.yen" not in said
    assert "argon2" not in said
