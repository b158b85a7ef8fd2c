"""Each rule of plots finds the row that breaks it."""

from __future__ import annotations

import pytest

from marketplace.services.invariants_plots import CHECKS_OF_PLOTS
from models.organisations import Organisation
from models.plots import PlotCode
from tests.estate import Estate
from tests.factories import NOW, TODAY
from tests.plot_rows import imported, plot


@pytest.fixture
def who(make):
    return make.member()


@pytest.fixture
def area(session, make, who):
    return make.area(session.get_one(Organisation, who.organisation_id))


def broken(session):
    """The subjects of all that is broken."""
    session.flush()
    return [v.subject for check in CHECKS_OF_PLOTS for v in check(session)]


def test_a_code_of_another_area_is_found(session, make, who, area):
    row = plot(session, area, who)
    row.codes = [PlotCode(code_id=make.code(area).id, since=TODAY)]
    assert broken(session) == []

    other = make.area(area.organisation)
    row.codes.append(PlotCode(code_id=make.code(other).id, since=TODAY))

    assert broken(session) == [row.public_id]


def test_a_household_of_another_cooperative_is_found(session, make, who, area):
    stranger = Estate(session, make).household

    row = plot(session, area, who, household_id=stranger.id)

    assert broken(session) == [row.public_id]


def test_a_code_that_outlives_its_plot_is_found(session, make, who, area):
    row = plot(session, area, who, ended_on=TODAY)

    row.codes = [PlotCode(code_id=make.code(area).id, since=TODAY)]

    assert broken(session) == [row.public_id]


def test_a_plot_of_a_file_that_was_never_stored_is_found(session, who, area):
    file = imported(session, area, who)
    row = plot(session, area, who, source="imported", import_id=file.id)
    assert broken(session) == [row.public_id]

    file.stored_at = NOW

    assert broken(session) == []
