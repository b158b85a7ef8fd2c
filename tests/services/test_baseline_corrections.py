"""Declared numbers of the reference data: corrected by two officers, never changed."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DatabaseError

from marketplace.domain.commands_board import CorrectBaseline
from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.services.baseline_corrections import (
    approve_correction,
    as_they_hold,
    correct_baseline,
    corrections_of,
    corrections_waiting,
)
from marketplace.services.board import declared_beside
from marketplace.services.board_history import list_others, list_published
from marketplace.services.market_figures import market_figures
from tests.board_rows import correction, declared
from tests.factories import NOW, TODAY


@pytest.fixture
def officer(make):
    return make.officer()


def held(session):
    """What the board, the figures of the market and the list say of cooperatives."""
    board = declared_beside(session, ["cooperatives"], TODAY)["cooperatives"]
    figures = market_figures(session, today=TODAY)
    latest = figures["cooperatives"].latest
    return {one.value for one in board} | {latest.value if latest else None}


def test_a_correction_holds_everywhere_once_a_second_officer_approves(
    session, make, officer
):
    new = correction(session, make, officer)
    assert held(session) == {"75"}
    assert corrections_waiting(session, officer) == [new]

    approve_correction(session, make.officer(), new.public_id, now=NOW)

    assert held(session) == {"74"}
    told = [
        one.row
        for one in list_published(session, officer)
        if one.metric == "cooperatives" and one.area == "D126"
    ]
    assert [(one.value, one.source, one.corrected) for one in told] == [
        ("74", "Sổ của huyện", True)
    ]
    assert declared(session).value == "75"
    assert corrections_waiting(session, officer) == []


def test_nobody_approves_the_own_correction(session, make, officer):
    new = correction(session, make, officer)

    with pytest.raises(Refused):
        approve_correction(session, officer, new.public_id, now=NOW)
    new.approved_by_id, new.approved_at = officer.user_id, NOW
    with pytest.raises(DatabaseError, match="four_eyes"), session.begin_nested():
        session.flush()


def test_the_last_correction_holds_and_all_stay(session, make, officer):
    first = correction(session, make, officer)
    approve_correction(session, make.officer(), first.public_id, now=NOW)
    command = CorrectBaseline("73", "Sổ mới", "Đếm lại lần nữa", after=1)
    second = correct_baseline(session, officer, declared(session).id, command, now=NOW)

    (before,) = as_they_hold(session, [declared(session)])
    approve_correction(session, make.officer(), second.public_id, now=NOW)
    (after,) = as_they_hold(session, [declared(session)])

    assert (before.value, after.value) == ("74", "73")
    assert corrections_of(session, declared(session)) == [second, first]


def test_an_older_correction_is_approved_no_more(session, make, officer):
    first = correction(session, make, officer)
    correction(session, make, officer)

    with pytest.raises(Refused):
        approve_correction(session, make.officer(), first.public_id, now=NOW)


def test_who_corrects_what_was_corrected_meanwhile_learns_of_it(session, make, officer):
    correction(session, make)
    late = CorrectBaseline("70", "Sổ cũ", "Tôi cũng sửa", after=0)

    with pytest.raises(Conflict):
        correct_baseline(session, officer, declared(session).id, late, now=NOW)


def test_a_number_that_was_withdrawn_is_told_nowhere(session, make, officer):
    command = CorrectBaseline("75", "Sổ", "Không ai công bố số này", withdrawn=True)
    number = declared(session).id
    gone = correct_baseline(session, officer, number, command, now=NOW)
    approve_correction(session, make.officer(), gone.public_id, now=NOW)

    assert held(session) == {None}


def test_only_who_oversees_the_whole_area_corrects_its_numbers(session, make, officer):
    stranger = make.officer("D116")
    new = correction(session, make, officer)

    with pytest.raises(NotFound):
        correction(session, make, stranger)
    with pytest.raises(NotFound):
        approve_correction(session, stranger, new.public_id, now=NOW)
    with pytest.raises(NotFound):
        correct_baseline(session, officer, 10**6, CorrectBaseline("", "", ""), now=NOW)
    province = [one for one in list_published(session, officer) if one.area == "P14"]
    assert province
    assert not any(one.correctable for one in province)


def test_a_reason_is_asked_for(session, officer):
    command = CorrectBaseline("74", "Sổ", " nhầm ")

    with pytest.raises(Refused) as refusal:
        correct_baseline(session, officer, declared(session).id, command, now=NOW)
    assert refusal.value.field == "reason"


@pytest.mark.parametrize("column", ["value", "source", "reason"])
def test_the_database_changes_no_correction(session, make, column):
    new = correction(session, make)

    setattr(new, column, "khác")
    with pytest.raises(DatabaseError, match="frozen"), session.begin_nested():
        session.flush()


def test_numbers_without_a_count_can_be_corrected_too(session, officer):
    others = {one.metric for one in list_others(session, officer) if one.correctable}

    assert {"charter_capital", "irrigated_area"} <= others
