"""Land and days counted once: by codes of several markets, by several contracts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.domain.chain_backbone import Backbone, pd7
from marketplace.domain.chain_params import ChainParams
from marketplace.domain.commands_papers import SaveCode
from marketplace.domain.commands_plots import SavePlot
from marketplace.domain.land import covered_by
from marketplace.domain.papers import counts_on
from marketplace.domain.reports import ReportForm
from marketplace.domain.words import ChainKind, Market
from marketplace.services.alert_papers import first_paper_end
from marketplace.services.board import register_figures
from marketplace.services.chain_evaluation import evaluate_chain
from marketplace.services.chain_facts import contract_facts
from marketplace.services.chain_recount import Knowledge, recount
from marketplace.services.chain_runs import due_chains
from marketplace.services.drawn_land import DrawnLand
from marketplace.services.geodesy import union_ha
from marketplace.services.land_under import land_under
from marketplace.services.paper_rows import paper_of
from marketplace.services.papers import save_code
from marketplace.services.plots import save_plot
from marketplace.services.registers import codes_on
from marketplace.services.report_scopes import scope_report
from marketplace.services.reports import build_report
from models.chains import Chain, ChainContract, ChainEvaluation
from models.organisations import Organisation
from models.plots import Plot, PlotCode
from tests.chain_rows import Chains, at
from tests.deals import Deals
from tests.factories import NOW, TODAY
from tests.plot_rows import plot, shape_of, square

DAY = timedelta(days=1)
LAST = TODAY + 10 * DAY


@pytest.fixture
def code(session, make):
    """A verified code that is typed to be valid to the last day."""
    who = make.member()
    area = make.area(session.get_one(Organisation, who.organisation_id))
    words = SaveCode(
        area.public_id,
        Market.CN,
        "VN-SLOR-0123",
        area.area_ha,
        first_day=TODAY - DAY,
        last_day=LAST,
    )
    row = save_code(session, who, words, today=TODAY, now=NOW)
    officer = make.officer()
    row.state, row.verified_at, row.verified_by_id = "active", NOW, officer.user_id
    session.flush()
    return row


@pytest.mark.parametrize("day", [LAST - DAY, LAST, LAST + DAY])
def test_a_code_counts_to_the_end_of_its_last_day_wherever_one_asks(session, code, day):
    units = {code.area.unit_id}

    listed = list(codes_on(session, day, units)) == [code]

    assert listed is counts_on(paper_of(code), day) is (day <= LAST)


def test_a_report_prints_the_last_day_that_counts(session, make, code):
    officer = make.officer()

    scope = scope_report(session, officer, f"{LAST.year}-N", "", today=TODAY)
    running = build_report(session, ReportForm.CODES, scope).tables[1].rows[0]
    code.state, code.ended_on = "suspended", TODAY + 3 * DAY
    session.flush()
    stopped = build_report(session, ReportForm.CODES, scope).tables[1].rows[0]

    assert running[9] == LAST
    assert stopped[9] == TODAY + 2 * DAY


def test_the_paper_of_a_harvest_ends_on_the_last_day_of_its_code(session, make, code):
    seller = code.area.organisation
    harvest = make.harvest(seller, area_id=code.area_id, papers=[code])
    deal = Deals(session, make).in_force(make.proposal(harvest))

    assert first_paper_end(session, deal) == LAST


def test_two_contracts_on_one_garden_bind_its_hectares_once(session, make):
    seller = make.organisation()
    garden, other = make.area(seller), make.area(seller)
    deals = [
        Deals(session, make).in_force(
            make.proposal(make.harvest(seller, area_id=area.id))
        )
        for area in (garden, garden, other)
    ]
    for deal, hectares in zip(deals, ("0.4", "0.3", "0.2"), strict=True):
        deal.linked_area_ha = Decimal(hectares)

    facts = contract_facts(_chain(session, make, seller, deals))
    params = replace(ChainParams(), min_area_ha=Decimal("0.7"), min_kg=10**9)
    result = pd7(Backbone(facts), TODAY, params)

    assert (result.holds, Decimal(result.params["area_ha"])) == (False, Decimal("0.6"))


def _chain(session, make, seller, deals):
    chain = Chain(
        kind=ChainKind.PRODUCT_DEVELOPMENT,
        lead_id=seller.id,
        group_id=make.product().group_id,
        name="Chuỗi nhãn",
        unit_id=seller.unit_id,
    )
    session.add(chain)
    session.flush()
    first = date(2026, 1, 1)
    session.add_all(
        ChainContract(
            chain_id=chain.id, contract_id=deal.id, kind=chain.kind, linked_from=first
        )
        for deal in deals
    )
    session.flush()
    return chain


def test_form_c_and_the_board_count_a_plot_of_two_markets_once(session, make):
    officer, who = make.officer(), make.member()
    area = make.area(session.get_one(Organisation, who.organisation_id))
    codes = [make.code(area, market) for market in (Market.CN, Market.US)]
    both = tuple(code.public_id for code in codes)
    plots = [
        save_plot(session, who, area.public_id, SavePlot(*words), today=TODAY)
        for words in (
            ("A", square(), None, "", both),
            ("B", square(50), None, "", both[:1]),
            ("C", square(300), None, "", both[1:]),
        )
    ]
    union = union_ha([square(), square(50), square(300)])

    scope = scope_report(session, officer, f"{TODAY.year}-N", "", today=TODAY)
    table = build_report(session, ReportForm.CODES, scope).tables[0]

    rows = {line[1]: line[-1] for line in table.rows}
    assert rows[Market.CN] == union_ha([square(), square(50)])
    assert rows[Market.US] == plots[0].measured_ha + plots[2].measured_ha
    assert table.total[-1] == union < sum(rows.values())
    figures = register_figures(session, scope.on, officer.scope_unit_ids)
    assert figures["code_area_ha"] == union


FIELDS = st.lists(
    st.tuples(
        st.integers(0, 8),
        st.integers(0, 8),
        st.integers(2, 5),
        st.sets(st.sampled_from(range(3)), min_size=1),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.databases("sqlite")
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(fields=FIELDS)
def test_whatever_the_codes_hectares_are_those_of_the_union(session, make, fields):
    """Plots may overlap and carry any codes: the land under them counts once."""
    who = make.member()
    area = make.area(session.get_one(Organisation, who.organisation_id))
    codes = [make.code(area, one) for one in (Market.CN, Market.US, Market.AU)]
    shapes = []
    for x, y, side, carried in fields:
        shapes.append(square(x * 40, y * 40, side * 40))
        row = plot(session, area, who, shapes[-1])
        row.codes = [PlotCode(code_id=codes[n].id, since=TODAY) for n in carried]
    session.flush()
    named = [codes[n] for n in sorted(set().union(*(one[3] for one in fields)))]

    found = land_under(session, named, TODAY).hectares

    assert abs(found - union_ha(shapes)) <= Decimal("0.0001") * len(shapes)
    each = [land_under(session, [code], TODAY).hectares for code in named]
    assert max(each) - Decimal("0.001") <= found <= sum(each) + Decimal("0.001")


def bring_up(session, chain, day):
    session.expire_all()
    evaluate_chain(session, chain.id, today=day, now=at(day))


# --- by outlines --------------------------------------------------------------


def test_a_chain_counts_its_gardens_as_drawn_on_the_day(session, make):
    chains = Chains(session, make)
    chain = chains.recognised()
    contract = chain.contracts[0].contract
    who = make.member(contract.seller)
    area = make.area(contract.seller)
    contract.harvest.area_id = area.id
    contract.linked_area_ha = area.area_ha
    session.flush()
    bring_up(session, chain, TODAY + DAY)
    drawn, later = TODAY + 5 * DAY, TODAY + 9 * DAY
    for shape in (square(), square(50)):
        plot(session, area, who, shape, since=drawn)
    bring_up(session, chain, drawn)
    _redrawn(session, area, who, later)
    bring_up(session, chain, later)

    said = {
        row.on: row.params
        for row in session.scalars(
            select(ChainEvaluation).where(
                ChainEvaluation.chain_id == chain.id,
                ChainEvaluation.predicate == "PD7",
            )
        )
    }

    both, all_three = (
        str(union_ha([square(x) for x in places])) for places in ((0, 50), (0, 80))
    )
    assert "measured_ha" not in said[min(said)]
    assert said[drawn]["measured_ha"] == said[drawn]["area_ha"] == both
    assert said[later]["measured_ha"] == all_three
    for knowledge in Knowledge:
        changed = list(recount(session, TODAY, later, knowledge, [chain.id]))
        assert [one.what for one in changed if one.first > TODAY] == []


def _redrawn(session, area, who, on):
    old = session.scalars(select(Plot).where(Plot.area_id == area.id)).all()[-1]
    old.ended_on = on
    plot(session, area, who, square(80), since=on, replaces_id=old.id)


def test_a_drawn_plot_makes_its_chain_due_in_the_night(session, make):
    chain = Chains(session, make).recognised()
    contract = chain.contracts[0].contract
    contract.harvest.area_id = make.area(contract.seller).id
    session.flush()
    quiet = TODAY + DAY
    bring_up(session, chain, quiet)
    since = datetime.now(UTC) + timedelta(days=1)
    before = due_chains(session, quiet, since)

    row = plot(session, contract.harvest.area, make.member(contract.seller))
    row.updated_at = since + timedelta(hours=1)
    session.flush()

    assert (before, due_chains(session, quiet, since)) == ([], [chain.id])


def test_certificates_measure_the_gardens_that_are_drawn(session, make):
    units = make.officer().scope_unit_ids
    who = make.member()
    holder = session.get_one(Organisation, who.organisation_id)
    drawn, other = make.area(holder), make.area(holder)
    for hectares in (drawn.area_ha, drawn.area_ha + 1):
        make.certificate(holder, area_id=drawn.id, area_ha=hectares)
    make.certificate(holder, area_id=other.id, area_ha=other.area_ha)
    make.certificate(make.organisation(), area_id=None, area_ha="1.5")
    before = register_figures(session, TODAY, units)

    plot(session, drawn, who, square())
    after = register_figures(session, TODAY, units)

    measured = union_ha([square()])
    assert before["vietgap_measured_ha"] == 0
    assert after["vietgap_measured_ha"] == measured
    assert after["vietgap_area_ha"] == measured + other.area_ha + Decimal("1.5")


@pytest.mark.databases("sqlite")
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    fields=st.lists(
        st.tuples(
            st.integers(0, 6),
            st.integers(0, 6),
            st.integers(2, 4),
            st.integers(0, 1),
            st.integers(0, 4),
            st.one_of(st.none(), st.integers(5, 8)),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_pieces_of_land_give_the_union_of_the_outlines_of_any_day(
    session, make, fields
):
    who = make.member()
    holder = session.get_one(Organisation, who.organisation_id)
    gardens = [make.area(holder), make.area(holder)]
    rows = []
    for number, (x, y, side, garden, since, ended) in enumerate(fields):
        row = plot(
            session,
            gardens[garden],
            who,
            square(x * 40, y * 40, side * 40),
            since=TODAY + since * DAY,
            ended_on=None if ended is None else TODAY + ended * DAY,
            name=f"Thửa {number} {who.user_id}",
        )
        rows.append(row)
    ids = [one.id for one in gardens]

    pieces = DrawnLand(session, ids).pieces(ids)

    for after in range(10):
        day = TODAY + after * DAY
        for wanted in (ids, ids[:1]):
            shapes = [
                shape_of(row)
                for row in rows
                if row.area_id in wanted
                and row.since <= day
                and (row.ended_on is None or day < row.ended_on)
            ]
            _, covered = covered_by(pieces, day)
            found = covered(frozenset(wanted))
            assert abs(found - union_ha(shapes)) <= Decimal("0.0002") * len(rows)
