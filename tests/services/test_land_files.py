"""All plots of an organisation as a file: for its people and its officers."""

from __future__ import annotations

import io
import json
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from marketplace.domain.errors import NotFound
from marketplace.services.geodesy import measure_ha
from marketplace.services.land_files import LandFile, land_file
from marketplace.services.plot_files import read_plots
from models.households import Household
from models.organisations import Organisation
from tests.factories import TODAY
from tests.plot_rows import plot, shape_of, square


@pytest.fixture
def who(make):
    return make.member()


@pytest.fixture
def owner(session, who):
    return session.get_one(Organisation, who.organisation_id)


@pytest.fixture
def plots(session, make, who, owner):
    """A plot in each of two gardens, one of a household; a third has ended."""
    home = Household(
        organisation_id=owner.id,
        name="Lò Văn Ún",
        name_folded="lo van un",
        code="H-07",
        unit_id=owner.unit_id,
    )
    session.add(home)
    session.flush()
    first, second = make.area(owner, name="Vườn A"), make.area(owner, name="Vườn B")
    rows = [
        plot(session, first, who, square(), household_id=home.id),
        plot(session, second, who, square(300), declared_ha=Decimal("1.2")),
    ]
    plot(session, second, who, square(600), ended_on=TODAY)
    plot(session, make.area(make.organisation()), who, square(900))
    return rows


def taken(session, who, owner, kind):
    body, _ = land_file(session, who, owner.public_id, kind, str)
    return body


@pytest.mark.parametrize("kind", [LandFile.GEOJSON, LandFile.KML])
def test_all_plots_in_use_come_back_from_the_file(session, who, owner, plots, kind):
    _, found = read_plots(taken(session, who, owner, kind))

    assert [one.shape for one in found] == [shape_of(row) for row in plots]


def test_the_spreadsheet_holds_real_numbers(session, who, owner, plots):
    body = taken(session, who, owner, LandFile.XLSX)

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0)
    lines = [row for row in sheet.to_python() if row and row[2] in _names(plots)]
    assert [row[2] for row in lines] == _names(plots)
    assert [row[5] for row in lines] == [
        float(measure_ha(shape_of(row))) for row in plots
    ]
    assert (lines[0][3], lines[1][4]) == ("Lò Văn Ún", 1.2)


def _names(plots):
    return [row.name for row in plots]


def test_an_officer_of_the_place_gets_it_without_the_households(
    session, make, owner, plots
):
    officer = make.officer()

    words = taken(session, officer, owner, LandFile.GEOJSON).decode()

    assert len(json.loads(words)["features"]) == 2
    assert "H-07" not in words
    assert b"H-07" not in taken(session, officer, owner, LandFile.KML)


def test_nobody_else_gets_it(session, make, owner, plots):
    for stranger in (make.member(), make.officer("D116")):
        with pytest.raises(NotFound):
            taken(session, stranger, owner, LandFile.GEOJSON)
