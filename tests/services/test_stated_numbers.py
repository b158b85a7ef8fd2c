"""Targets and published numbers: stated, corrected, approved, and never counted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError

from marketplace.domain.commands_board import CorrectNumber, StateNumber
from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.domain.words import ChainKind, ChainState
from marketplace.domain.words_board import BoardMetric, StatedKind
from marketplace.services.board_history import histories, list_published
from marketplace.services.board_targets import achieved, count_by_group, targets_beside
from marketplace.services.figures import chains_on, count_chains_on
from marketplace.services.stated_areas import areas_stated, units_of
from marketplace.services.stated_numbers import (
    approve_number,
    correct_number,
    list_numbers,
    state_number,
    versions_of,
)
from models.chain_days import ChainInterval
from tests.board_rows import target
from tests.factories import NOW, TODAY
from tests.services.test_reports import recognised


@pytest.fixture
def officer(make):
    return make.officer()


def counting(session, make, officer, kind):
    """A chain that counts today."""
    chain = recognised(session, make, officer, kind)
    session.execute(
        update(ChainInterval)
        .where(ChainInterval.chain_id == chain.id)
        .values(state=ChainState.ACTIVE, counts=True, confirmed=True)
    )
    return chain


def baseline(session, who, **over):
    values = {
        "kind": StatedKind.BASELINE,
        "metric": BoardMetric.SAFE_SUPPLY,
        "area": "D126",
        "number": Decimal(27),
        "source": "Báo cáo năm của huyện",
        "day": date(2025, 12, 31),
    }
    command = StateNumber(**{**values, **over})
    return state_number(session, who, command, today=TODAY, now=NOW)


def corrected(session, who, row, number=28, **over):
    values = {"number": Decimal(number), "source": "Báo cáo sửa", "reason": "Ghi nhầm"}
    command = CorrectNumber(**{**values, **over})
    return correct_number(session, who, row.public_id, command, now=NOW)


def test_a_published_number_stands_beside_the_count_and_changes_none(
    session, make, officer
):
    counting(session, make, officer, ChainKind.SAFE_SUPPLY)
    before = count_chains_on(session, TODAY, officer.scope_unit_ids)

    baseline(session, officer, day=TODAY)
    session.flush()

    assert count_chains_on(session, TODAY, officer.scope_unit_ids) == before
    told = [
        one
        for one in histories(session, officer, today=TODAY)
        if (one.metric, one.area_name) == (BoardMetric.SAFE_SUPPLY, "Huyện Sông Mã")
    ]
    last = told[0].points[-1]
    assert (last.published.number, last.counted, told[0].today) == (27, 1, 1)


def test_before_the_market_knew_a_chain_nothing_is_counted(session, make, officer):
    counting(session, make, officer, ChainKind.SAFE_SUPPLY)
    baseline(session, officer, day=date(2018, 12, 31))
    session.flush()

    history = next(
        one
        for one in histories(session, officer, today=TODAY)
        if one.area_name == "Huyện Sông Mã" and one.metric is BoardMetric.SAFE_SUPPLY
    )

    assert history.points[0].counted is None


def test_the_history_of_the_province_is_there_to_be_charted(session, make):
    told = list_published(session, make.officer())

    years = {
        one.day.year: one.number
        for one in told
        if (one.metric, one.area) == (BoardMetric.SAFE_SUPPLY, "P14")
    }
    assert {2018: 61, 2021: 219, 2022: 240, 2023: 254}.items() <= years.items()


def test_a_correction_keeps_what_was_written_and_why_it_changed(session, officer):
    first = baseline(session, officer)
    session.flush()

    second = corrected(session, officer, first)

    assert list_numbers(session, officer, StatedKind.BASELINE) == [second]
    assert versions_of(second) == [second, first]
    assert (first.number, second.number, second.reason) == (27, 28, "Ghi nhầm")


def test_who_corrects_what_was_corrected_meanwhile_learns_of_it(session, officer):
    first = baseline(session, officer)
    session.flush()
    corrected(session, officer, first)

    with pytest.raises(Conflict):
        corrected(session, officer, first, 30)


def test_a_withdrawn_number_is_shown_no_more_but_stays(session, make, officer):
    first = baseline(session, officer)
    session.flush()

    gone = corrected(session, officer, first, withdrawn=True)
    assert first in [one.row for one in list_published(session, officer)]
    approve_number(session, make.officer(), gone.public_id, now=NOW)

    assert gone.replaces is first
    assert all(
        one.row is not gone and one.row is not first
        for one in list_published(session, officer)
    )


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"area": "P14"}, "area"),
        ({"area": "D116"}, "area"),
        ({"day": date(2030, 1, 1)}, "day"),
        ({"day": None}, "day"),
        ({"metric": BoardMetric.MEMBERS, "group": "longan"}, "group"),
        ({"kind": StatedKind.TARGET, "period": "x"}, "period"),
    ],
)
def test_what_cannot_be_stated_is_refused_beside_its_field(
    session, officer, over, field
):
    with pytest.raises(Refused) as refusal:
        baseline(session, officer, **over)

    assert refusal.value.field == field


def test_the_same_number_of_the_same_source_is_there_once(session, officer):
    baseline(session, officer)
    session.flush()

    with pytest.raises(Refused):
        baseline(session, officer)

    baseline(session, officer, source="Báo Sơn La")


@pytest.mark.parametrize("column", ["number", "source", "day"])
def test_the_database_changes_no_stated_number(session, officer, column):
    row = baseline(session, officer)
    session.flush()
    values = {"number": Decimal(1), "source": "khác", "day": date(2020, 1, 1)}

    setattr(row, column, values[column])

    with pytest.raises(DatabaseError, match="frozen"), session.begin_nested():
        session.flush()


def test_a_target_holds_once_a_second_officer_has_approved_it(session, make, officer):
    row = target(session, make)
    assert targets_beside(session, officer, TODAY) == []

    approve_number(session, officer, row.public_id, now=NOW)
    session.flush()

    assert [one.stated for one in targets_beside(session, officer, TODAY)] == [row]


def test_nobody_approves_their_own_target(session, make, officer):
    row = target(session, make, entered_by_id=officer.user_id)

    with pytest.raises(Refused):
        approve_number(session, officer, row.public_id, now=NOW)

    row.approved_by_id, row.approved_at = officer.user_id, NOW
    with pytest.raises(DatabaseError, match="four_eyes"), session.begin_nested():
        session.flush()


def test_the_old_target_holds_until_its_correction_is_approved(session, make, officer):
    row = target(session, make)
    approve_number(session, officer, row.public_id, now=NOW)
    new = corrected(session, officer, row, 40)

    waiting = [one.stated.number for one in targets_beside(session, officer, TODAY)]
    approve_number(session, make.officer(), new.public_id, now=NOW)
    session.flush()
    after = [one.stated.number for one in targets_beside(session, officer, TODAY)]

    assert (waiting, after) == ([36], [40])


def test_a_correction_of_a_correction_that_waits_leaves_one_target(
    session, make, officer
):
    row = target(session, make)
    approve_number(session, officer, row.public_id, now=NOW)
    second = corrected(session, officer, corrected(session, officer, row, 40), 41)
    approve_number(session, make.officer(), second.public_id, now=NOW)
    session.flush()

    held = [one.stated.number for one in targets_beside(session, officer, TODAY)]
    assert held == [41]


def test_a_published_number_holds_until_its_correction_has_two_officers(
    session, make, officer
):
    first = baseline(session, officer)
    session.flush()
    new = corrected(session, officer, first)

    def held():
        rows = list_published(session, officer)
        return [one.number for one in rows if one.row in (first, new)]

    assert held() == [27]
    with pytest.raises(Refused):
        approve_number(session, officer, new.public_id, now=NOW)
    with pytest.raises(Refused):
        approve_number(session, make.officer(), first.public_id, now=NOW)
    approve_number(session, make.officer(), new.public_id, now=NOW)
    assert held() == [28]


def test_another_authority_sees_and_changes_no_target(session, make):
    row = target(session, make)
    stranger = make.officer("D116")

    assert list_numbers(session, stranger, StatedKind.TARGET) == []
    with pytest.raises(NotFound):
        approve_number(session, stranger, row.public_id, now=NOW)


def test_an_officer_states_numbers_of_the_own_areas_only(session, officer):
    codes = [one.code for one in areas_stated(session, officer, today=TODAY)]

    assert codes[0] == "D126"
    assert len(codes) == 1 + 9  # the former district and its communes of today


@pytest.mark.parametrize("kind", list(ChainKind))
def test_what_is_achieved_is_what_the_board_counts(session, make, officer, kind):
    counting(session, make, officer, kind)
    row = target(session, make, metric=BoardMetric(kind.value))
    units = units_of(session, row)

    counted = [
        one
        for one in chains_on(session, TODAY, units)
        if one.counts and one.kind is kind
    ]
    assert achieved(session, row.metric, TODAY, units) == len(counted) == 1
    assert sum(count_by_group(session, TODAY, units).values()) == len(
        [one for one in chains_on(session, TODAY, units) if one.counts]
    )


@pytest.mark.parametrize("metric", list(BoardMetric))
def test_every_metric_has_its_number(session, make, officer, metric):
    owner = make.organisation()
    make.certificate(owner, area_ha=Decimal(5))
    make.code(make.area(owner))

    number = achieved(session, metric, TODAY, officer.scope_unit_ids)

    none = achieved(session, metric, TODAY, frozenset())
    assert number >= none == 0
    if "safe" not in metric and "development" not in metric and "ocop" not in metric:
        assert number > 0
