"""The forms of the province: the board's numbers, for any period and area."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.domain.chain_reasons import PREDICATE_TITLES
from marketplace.domain.formats import format_number
from marketplace.domain.reports import (
    Outlet,
    ReportForm,
    ReportGroup,
    adds_up,
    outlet_of,
)
from marketplace.domain.words import ChainKind, Market, OrganisationKind, PaperState
from marketplace.services import report_d
from marketplace.services.board import register_figures
from marketplace.services.chain_decisions import record_fact
from marketplace.services.chain_evaluation import evaluate_chain
from marketplace.services.figures import chains_on, count_chains_on
from marketplace.services.report_areas import list_areas
from marketplace.services.report_contracts import ContractLand
from marketplace.services.report_scopes import scope_report
from marketplace.services.reports import build_report, digest_of_report
from marketplace.services.statements import findings_of
from models.chains import Chain, ChainContract, ChainEvaluation, Recognition
from tests.deals import Deals
from tests.factories import NOW, TODAY
from tests.plot_rows import plot, square

# Columns of Form A.
ALL, NEW, STOPPED, RUNNING = 2, 3, 4, 5


@pytest.fixture
def officer(make):
    return make.officer()


def recognised(session, make, officer, kind, contract=None):
    """A chain that counts from today on the word of two officers."""
    lead = contract.seller if contract else make.organisation()
    chain = Chain(
        kind=kind,
        lead_id=lead.id,
        group_id=make.product().group_id,
        name="Chuỗi nhãn",
        unit_id=lead.unit_id,
        state="submitted",
        submitted_at=NOW,
    )
    session.add(chain)
    session.flush()
    if contract:
        session.add(
            ChainContract(
                chain_id=chain.id,
                contract_id=contract.id,
                kind=kind,
                linked_from=TODAY,
            )
        )
    session.add(
        Recognition(
            chain_id=chain.id,
            number=f"{chain.id:02d}/2026/XN-CATP",
            issuer_id=officer.organisation_id,
            issued_on=TODAY,
            proposed_by_id=make.officer().user_id,
            decided_by_id=officer.user_id,
            decided_at=NOW,
        )
    )
    session.flush()
    evaluate_chain(session, chain.id, today=TODAY, now=NOW)
    return chain


@pytest.fixture
def confirmed(session, make, officer):
    return recognised(session, make, officer, ChainKind.SAFE_SUPPLY)


def form_a(session, who, period="", area="", today=TODAY):
    scope = scope_report(session, who, period, area, today=today)
    return build_report(session, ReportForm.CHAINS, scope)


def row(report, group=ReportGroup.FRUIT):
    return next(line for line in report.tables[0].rows if line[1] == group)


def test_form_a_says_what_the_board_says_on_the_same_day(session, confirmed, officer):
    report = form_a(session, officer, f"{TODAY.year}-N")

    total = report.tables[0].total
    board = count_chains_on(session, report.head.on, officer.scope_unit_ids)
    safe = board["safe_supply_detail"]
    assert total[ALL] == safe["cumulative"] == 1
    assert total[RUNNING] == safe["operating"]
    assert total[ALL] - total[RUNNING] == safe["stopped"]
    assert len(report.tables[1].rows) == total[ALL]


def test_every_column_of_form_a_adds_up_to_its_total(session, confirmed, officer):
    report = form_a(session, officer, f"{TODAY.year}-N")

    table = report.tables[0]
    for place in (ALL, NEW, STOPPED, RUNNING):
        assert sum(line[place] for line in table.rows) == table.total[place]
    assert [line[1] for line in table.rows] == list(ReportGroup)


def test_a_chain_is_new_in_the_period_of_its_confirmation_only(
    session, confirmed, officer
):
    later = TODAY + timedelta(days=80)

    evaluate_chain(session, confirmed.id, today=later, now=NOW)
    then = form_a(session, officer, f"{TODAY.year}-N")
    now = form_a(session, officer, today=later)

    assert row(then)[NEW] == 1
    assert now.head.first > TODAY
    assert (row(now)[ALL], row(now)[NEW]) == (1, 0)


def test_a_stop_counts_in_its_period_and_leaves_what_was_reported_before(
    session, confirmed, officer
):
    later = TODAY + timedelta(days=40)
    before = form_a(session, officer, f"{TODAY.year}-N", today=TODAY)

    record_fact(
        session,
        officer,
        confirmed.public_id,
        "stop",
        passed=None,
        note="Ngừng sản xuất",
        today=later,
        now=NOW,
    )
    evaluate_chain(session, confirmed.id, today=later, now=NOW)
    after = form_a(session, officer, f"{later.year}-N", today=later)

    assert (row(before)[STOPPED], row(before)[RUNNING]) == (0, 1)
    assert (row(after)[STOPPED], row(after)[RUNNING]) == (1, 0)
    assert row(after)[ALL] == 1


def test_a_chain_that_stopped_unconfirmed_is_no_part_of_the_sum(session, make, officer):
    lead = make.organisation()
    chain = Chain(
        kind=ChainKind.SAFE_SUPPLY,
        lead_id=lead.id,
        group_id=make.product().group_id,
        name="Chưa xác nhận",
        unit_id=lead.unit_id,
        state="submitted",
        submitted_at=NOW,
    )
    session.add(chain)
    session.flush()
    record_fact(
        session,
        officer,
        chain.public_id,
        "stop",
        passed=None,
        note="",
        today=TODAY,
        now=NOW,
    )

    evaluate_chain(session, chain.id, today=TODAY, now=NOW)

    safe = count_chains_on(session, TODAY)["safe_supply_detail"]
    assert (safe["cumulative"], safe["stopped"], safe["operating"]) == (0, 0, 0)
    assert form_a(session, officer, "2026-N").tables[1].rows == []


def test_the_list_says_each_state_as_it_was_stored(session, confirmed, officer):
    report = form_a(session, officer, "2026-N")

    stored = {one.chain_id: one.state for one in chains_on(session, report.head.on)}
    assert [line[-1] for line in report.tables[1].rows] == [stored[confirmed.id]]


def test_land_in_two_contracts_is_counted_once(session, make):
    deals = Deals(session, make)
    seller = make.organisation()
    area = make.area(seller)
    first, second = (
        deals.in_force(make.proposal(make.harvest(seller, area_id=area.id, **over)))
        for over in ({}, {"season": "2027"})
    )
    other = deals.in_force()

    land = ContractLand(session, [first, second, other], TODAY)

    assert land.land([first, second, other]).hectares == (
        max(first.linked_area_ha, second.linked_area_ha) + other.linked_area_ha
    )


def test_land_that_was_drawn_is_reported_as_it_was_measured(session, make, officer):
    deals, seller = Deals(session, make), make.organisation()
    area = make.area(seller, area_ha=Decimal(2))
    harvest = make.harvest(seller, area_id=area.id, harvested_area_ha=Decimal(2))
    deal = deals.in_force(make.proposal(harvest))
    recognised(session, make, officer, ChainKind.SAFE_SUPPLY, deal)
    drawn = plot(session, area, make.member(seller), square(side=120))
    assert drawn.measured_ha != deal.linked_area_ha

    report = form_a(session, officer, "2026-N")

    form, details = report.tables
    assert form.total[6] == drawn.measured_ha
    assert details.rows[0][10] == drawn.measured_ha
    said = report.notes[-1].params
    assert said == {"measured": format_number(drawn.measured_ha), "declared": "0"}


@pytest.mark.parametrize(
    ("buyer", "market", "outlet"),
    [
        (OrganisationKind.PROCESSOR, Market.US, Outlet.PROCESSING),
        (OrganisationKind.ENTERPRISE, Market.CN, Outlet.EXPORT),
        (OrganisationKind.EXPORTER, Market.DOMESTIC, Outlet.DOMESTIC),
        (OrganisationKind.EXPORTER, None, Outlet.EXPORT),
        (OrganisationKind.RETAILER, None, Outlet.DOMESTIC),
    ],
)
def test_goods_go_where_the_buyer_and_the_market_say(buyer, market, outlet):
    assert outlet_of(buyer, market) is outlet


def test_a_commune_reports_its_own_chains_and_those_of_what_went_into_it(
    session, confirmed, officer
):
    home = str(confirmed.unit_id)
    elsewhere = next(
        one.code
        for one in list_areas(session, officer, today=TODAY)
        if one.code not in ("", home)
    )

    here = form_a(session, officer, "2026-N", home)
    there = form_a(session, officer, "2026-N", elsewhere)

    assert (row(here)[ALL], row(there)[ALL]) == (1, 0)


@pytest.mark.parametrize("period", ["", "2019-N", "2026-T12", "2031-N", "x"])
def test_what_has_not_begun_or_is_no_period_gives_the_last_whole_month(
    session, officer, period
):
    scope = scope_report(session, officer, period, "no such area", today=TODAY)

    assert scope.period.code == "2026-T2"
    assert (scope.days.first, scope.on) == (date(2026, 1, 15), date(2026, 2, 14))
    assert scope.units == officer.scope_unit_ids


def test_nobody_reports_on_an_area_that_is_not_theirs(session, make, confirmed):
    stranger = make.officer("D116")

    report = form_a(session, stranger, "2026-N", str(confirmed.unit_id))

    assert report.tables[0].total[ALL] == 0


def test_the_digest_changes_with_the_rows_alone(session, confirmed, officer):
    once, again = (form_a(session, officer, "2026-N") for _ in range(2))
    other = form_a(session, officer, "2026-T2")

    assert digest_of_report(once) == digest_of_report(again)
    assert digest_of_report(once) != digest_of_report(other)


def codes_form(session, who, period="2026-N", today=TODAY):
    scope = scope_report(session, who, period, "", today=today)
    return build_report(session, ReportForm.CODES, scope)


def test_land_with_codes_of_two_markets_is_counted_once_in_the_total(
    session, make, officer
):
    area = make.area(make.organisation())
    for market in (Market.CN, Market.US):
        make.code(area, market)

    form = codes_form(session, officer)

    table = form.tables[0]
    figures = register_figures(session, form.head.on, officer.scope_unit_ids)
    assert [line[-1] for line in table.rows] == [area.area_ha, area.area_ha]
    assert table.total[-1] == area.area_ha == figures["code_area_ha"]
    assert table.total[-2] == sum(line[-2] for line in table.rows) == figures["codes"]


def test_a_revoked_code_counts_until_its_last_day_and_then_as_ended(
    session, make, officer
):
    code = make.code(make.area(make.organisation()), valid_from=date(2025, 1, 1))
    code.verified_at = datetime(2025, 1, 2, tzinfo=UTC)
    code.state, code.ended_on = PaperState.REVOKED, TODAY
    session.flush()

    before = codes_form(session, officer, "2026-T2").tables[0].total
    during = codes_form(session, officer, "2026-N").tables[0].total

    assert before[3:7] == [1, 0, 0, 1]
    assert during[3:7] == [1, 0, 1, 0]


def test_codes_at_the_end_are_those_of_the_start_with_new_less_ended(
    session, make, officer
):
    area = make.area(make.organisation())
    make.code(area, Market.CN)
    make.code(area, Market.US, valid_to=TODAY)

    table = codes_form(session, officer).tables[0]

    for line in [*table.rows, table.total]:
        start, new, ended, end = line[3:7]
        assert end == start + new - ended


def test_cooperatives_are_those_of_the_board(session, make, officer):
    first = make.organisation(charter_capital_vnd=1_250_000_000, revenue_vnd=900_000)
    make.organisation()
    make.certificate(first)
    make.certificate(make.buyer())
    scope = scope_report(session, officer, "2026-N", "", today=TODAY)

    table = build_report(session, ReportForm.COOPERATIVES, scope).tables[0]

    board = register_figures(session, scope.on, officer.scope_unit_ids)
    total = table.total
    assert total[2] == board["cooperatives"] == 2
    assert total[4] == board["members"]
    assert total[5] * 1_000_000 == board["charter_capital_vnd"]
    assert total[7] == board["vietgap_cooperatives"] == 1
    for place in range(2, len(total)):
        assert total[place] == sum(line[place] for line in table.rows)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_sum_agrees_if_and_only_if_it_is_within_one_per_cent(parts, whole):
    assert adds_up(parts, whole) == (whole * 99 <= parts * 100 <= whole * 101)


def test_what_was_accepted_in_the_period_goes_where_the_buyer_sells(
    session, make, officer
):
    deals = Deals(session, make)
    note = deals.inspected(deals.in_force())
    scope = scope_report(session, officer, "2026-N", "", today=TODAY)

    form = build_report(session, ReportForm.CONSUMPTION, scope)

    accepted = findings_of(session, note.contract)[note.id][-1].accepted_kg
    total = form.tables[0].total
    assert total[2] * 1000 == accepted > 0
    assert total[2] == sum(total[3:6])
    assert total[6] == sum(total[7:10]) > 0
    assert [line[6] for line in form.tables[1].rows] == [total[2]]


def test_a_sum_that_does_not_agree_is_said_on_the_form(session, make, officer):
    deals = Deals(session, make)
    deals.inspected(deals.in_force())
    scope = scope_report(session, officer, "2026-N", "", today=TODAY)

    agreed = build_report(session, ReportForm.CONSUMPTION, scope)
    none = report_d._notes(session, scope, [])

    assert report_d._AGREES in {note.message for note in agreed.notes}
    assert report_d._DISAGREES in {note.message for note in none}


def consumption(session, officer, period="2026-N"):
    scope = scope_report(session, officer, period, "", today=TODAY)
    return build_report(session, ReportForm.CONSUMPTION, scope)


def test_a_contract_with_a_sum_but_no_note_is_listed_and_in_no_sum(
    session, make, officer
):
    deals = Deals(session, make)
    old, with_note = deals.in_force(), deals.in_force()
    deals.inspected(with_note)
    before = consumption(session, officer)

    old.delivered_kg = 7_500
    session.flush()
    after = consumption(session, officer)

    assert len(before.tables) == 2
    assert after.tables[0] == before.tables[0]
    table = after.tables[2]
    assert [(line[1], line[-1]) for line in table.rows] == [(old.number, 7.5)]
    assert table.total[-1] == 7.5
    said = after.notes[-1]
    assert (said.params["n"], said.params["tonnes"]) == (1, 7.5)


def test_only_what_the_notes_do_not_say_counts_as_without_a_note(
    session, make, officer
):
    deals = Deals(session, make)
    contract = deals.in_force()
    deals.inspected(contract)
    noted = contract.delivered_kg

    contract.delivered_kg = noted + 1_000
    session.flush()

    assert noted > 0
    assert consumption(session, officer).tables[2].total[-1] == 1


def test_an_old_contract_is_told_in_the_periods_of_its_term_only(
    session, make, officer
):
    old = Deals(session, make).in_force()
    old.delivered_kg = 500
    session.flush()

    assert len(consumption(session, officer, "2026-T3").tables) == 3
    assert len(consumption(session, officer, "2026-T2").tables) == 2


def test_a_linkage_chain_is_reported_with_its_parties_and_what_fails(
    session, make, officer
):
    deal = Deals(session, make).in_force()
    kind = ChainKind.PRODUCT_DEVELOPMENT
    chain = recognised(session, make, officer, kind, deal)
    scope = scope_report(session, officer, "2026-N", "", today=TODAY)

    table = build_report(session, ReportForm.LINKAGE, scope).tables[0]

    counted = count_chains_on(session, scope.on, officer.scope_unit_ids)
    line = table.rows[0]
    failing = session.scalars(
        select(ChainEvaluation).where(ChainEvaluation.holds.is_(False))
    ).all()
    operating = counted["product_development_detail"]["operating"]
    assert len(table.rows) == operating == 1
    assert line[1] == chain.name
    assert line[5:7] == [1, 1]
    assert line[9] * 1000 == deal.total_kg
    assert [said.params["what"] for said in line[-1]] == [
        PREDICATE_TITLES[row.predicate] for row in failing
    ]
