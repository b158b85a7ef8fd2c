"""Reports across the reform of communes: each record once, in the right row."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from marketplace.domain.reports import ReportForm, Said
from marketplace.domain.words import ChainKind
from marketplace.domain.words_board import Communes
from marketplace.services.clockwork import HOME
from marketplace.services.report_areas import former_communes
from marketplace.services.report_scopes import scope_report
from marketplace.services.reports import FORMS, build_report, digest_of_report
from tests.deals import Deals
from tests.factories import TODAY
from tests.services.test_reports import recognised

REFORM = date(2025, 7, 1)
LONG_AGO = datetime(2025, 1, 5, tzinfo=HOME)
BEFORE, AFTER = "2025-H1", "2026-N"


@pytest.fixture
def officer(make):
    return make.officer()


@pytest.fixture
def units(make):
    """Nà Nghịu, which went into xã Sông Mã on 1 July 2025."""
    return make.commune("Nà Nghịu", on=date(2025, 1, 1)), make.commune("xã Sông Mã")


@pytest.fixture
def leads(make, units):
    """Of xã Sông Mã today: one of Nà Nghịu by its record, one by its word, one silent."""
    old, new = units
    then = {"verified_at": LONG_AGO}
    return [
        make.organisation(unit_id=old.id, **then),
        make.organisation(unit_id=new.id, declared_unit_id=old.id, **then),
        make.organisation(unit_id=new.id, **then),
    ]


def form(session, who, letter, period, area="", communes=Communes.TODAY):
    scope = scope_report(session, who, period, area, today=TODAY, communes=communes)
    return build_report(session, letter, scope)


def rows_of_e(session, who, period, communes):
    """How many cooperatives each commune has, by its name."""
    report = form(session, who, ReportForm.COOPERATIVES, period, "", communes)
    table, details = report.tables
    assert sum(row[2] for row in table.rows) == table.total[2] == len(details.rows)
    return {
        name.params["commune"] + "?" if isinstance(name, Said) else name: number
        for _, name, number, *_ in table.rows
    }


@pytest.mark.usefixtures("leads")
def test_form_e_tells_each_cooperative_once_in_every_view(session, officer):
    """As then, whoever named no former commune stands in today's, marked as such."""
    former = {"Xã Nà Nghịu": 2, "Xã Sông Mã?": 1}
    for period, communes, told in (
        (BEFORE, Communes.TODAY, {"Xã Sông Mã": 3}),
        (AFTER, Communes.TODAY, {"Xã Sông Mã": 3}),
        (BEFORE, Communes.AS_THEN, former),
        (AFTER, Communes.AS_THEN, {"Xã Sông Mã": 3}),
        (BEFORE, Communes.FORMER, former),
        (AFTER, Communes.FORMER, former),
    ):
        assert rows_of_e(session, officer, period, communes) == told, (period, communes)


def test_a_former_commune_is_an_area_for_reports(session, officer, leads, units):
    old, new = units
    areas = former_communes(session, officer, today=TODAY)

    (area,) = [one for one in areas if one.former == old.id]
    assert area.name == "Xã Nà Nghịu (–30/06/2025)"
    assert new.id not in {one.former for one in areas}
    report = form(session, officer, ReportForm.COOPERATIVES, AFTER, area.code)
    assert {row[1] for row in report.tables[1].rows} == {one.name for one in leads[:2]}
    assert report.notes[-1].params == {"n": 1}


def test_every_form_of_a_former_commune_counts_what_names_it(
    session, make, officer, leads, units
):
    """With the silent one's records beside them: in today's commune, not in the old."""
    deals = Deals(session, make)
    for lead in leads:
        make.code(make.area(lead))
        deal = deals.in_force(make.proposal(make.harvest(lead)))
        deals.inspected(deal)
        recognised(session, make, officer, ChainKind.SAFE_SUPPLY, deal)
        other = deals.in_force(make.proposal(make.harvest(lead)))
        recognised(session, make, officer, ChainKind.PRODUCT_DEVELOPMENT, other)

    def number(letter, unit):
        first, *more = form(session, officer, letter, AFTER, str(unit.id)).tables
        match letter:
            case ReportForm.CHAINS | ReportForm.COOPERATIVES:
                return first.total[2]
            case ReportForm.CODES:
                return first.total[6]
            case ReportForm.LINKAGE:
                return len(first.rows)
        return len(more[0].rows)

    for letter in FORMS:
        assert [number(letter, unit) for unit in units] == [2, 3], letter


@pytest.mark.usefixtures("leads")
def test_the_view_is_part_of_what_was_exported(session, officer):
    todays, again, former = (
        form(session, officer, ReportForm.COOPERATIVES, AFTER, "", communes)
        for communes in (Communes.TODAY, Communes.TODAY, Communes.FORMER)
    )

    assert digest_of_report(todays) == digest_of_report(again)
    assert digest_of_report(todays) != digest_of_report(former)


def test_nobody_reports_on_a_former_commune_of_others(session, make, units):
    stranger = make.officer("D116")
    code = str(units[0].id)

    scope = scope_report(session, stranger, AFTER, code, today=TODAY)

    assert scope.former is None
    assert scope.area.code == ""
    assert scope.days.last - scope.days.first > timedelta(days=300)
