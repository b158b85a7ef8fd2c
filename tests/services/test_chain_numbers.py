"""What the authority counts, from real rows: sums, groups, communes, every dimension."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from marketplace.domain.chain_counting import ChainCount
from marketplace.domain.reports import ReportGroup
from marketplace.domain.words import (
    ChainKind,
    ChainState,
    LinkageClass,
    LinkageForm,
    OrganisationKind,
)
from marketplace.domain.words_board import Communes
from marketplace.services.board import (
    chain_matrix,
    headline,
    register_figures,
    trend,
)
from marketplace.services.chain_counts import Dimension, Scope, add_up, count_by
from marketplace.services.chain_evaluation import evaluate_chain, evaluate_chains
from marketplace.services.figures import count_chains_on
from marketplace.services.invariants import find_violations
from marketplace.services.land_under import land_certified
from marketplace.services.registers import certificates_on, cooperatives_on
from models.chain_days import ChainInterval
from models.reference import ProductGroup
from tests.chain_rows import Chains, at
from tests.factories import TODAY

SAFE = ChainKind.SAFE_SUPPLY
# The province at the end of 2022: what runs, by product group (dossier 5.4).
OF_2022 = {
    ReportGroup.VEGETABLE: 34,
    ReportGroup.FRUIT: 154,
    ReportGroup.COFFEE: 2,
    ReportGroup.TEA: 9,
    ReportGroup.RICE: 1,
    ReportGroup.PORK: 4,
    ReportGroup.CHICKEN: 1,
    ReportGroup.HONEY: 5,
    ReportGroup.AQUACULTURE: 28,
    ReportGroup.SMOKED_MEAT: 1,
    ReportGroup.PROCESSED: 1,
}
REFORM = date(2025, 7, 1)


@pytest.fixture
def chains(session, make):
    return Chains(session, make)


def evaluated(session, rows, today=TODAY):
    ids = [chain.id for chain in rows]
    assert evaluate_chains(session, ids, today=today, now=at(today)) == set(ids)
    session.flush()


@pytest.mark.timeout(300)
def test_of_242_confirmed_chains_2_stopped_and_240_run_by_their_groups(session, chains):
    crops = {group: chains.product_of(group) for group in OF_2022}
    rows = [chains.own(crops[g]) for g, n in OF_2022.items() for _ in range(n)]
    stopped = [chains.own(crops[ReportGroup.FRUIT]) for _ in range(2)]
    evaluated(session, rows + stopped)

    for chain in stopped:
        chains.fact(chain, "stop")

    total = count_by(session, TODAY, Dimension.KIND)[SAFE]
    assert (total.cumulative, total.stopped, total.operating) == (242, 2, 240)
    assert total.headline == total.active == 240
    report_group = dict(
        session.execute(select(ProductGroup.id, ProductGroup.report_group)).all()
    )
    by_group = add_up(
        (report_group[group], number)
        for group, number in count_by(session, TODAY, Dimension.GROUP).items()
    )
    assert {g: n.operating for g, n in by_group.items()} == OF_2022
    assert by_group[ReportGroup.FRUIT].cumulative == 156
    assert find_violations(session) == []


def test_every_dimension_adds_up_to_the_whole(session, chains):
    chains.confirmed()
    chains.recognised("mango")
    evaluated(session, [chains.own(kind=OrganisationKind.ENTERPRISE)])

    whole = sum(count_by(session, TODAY, Dimension.KIND).values(), ChainCount())

    assert whole.headline == 3
    for dimension in Dimension:
        parts = count_by(session, TODAY, dimension)
        assert sum(parts.values(), ChainCount()) == whole, dimension


def test_forms_classes_and_the_kinds_of_leads_are_told_apart(session, chains):
    chains.confirmed()
    evaluated(session, [chains.own(kind=OrganisationKind.ENTERPRISE)])
    here = Scope(SAFE)

    forms = count_by(session, TODAY, Dimension.FORM, here)
    classes = count_by(session, TODAY, Dimension.CLASS, here)
    kinds = count_by(session, TODAY, Dimension.LEAD_KIND, here)

    assert {form: n.headline for form, n in forms.items()} == {LinkageForm.F3: 2}
    assert set(classes) == {LinkageClass.PRODUCTION_CONSUMPTION}
    assert {kind: n.headline for kind, n in kinds.items()} == {
        OrganisationKind.COOPERATIVE: 1,
        OrganisationKind.ENTERPRISE: 1,
    }


def test_what_lacks_only_the_confirmation_stands_beside_and_in_no_sum(session, chains):
    chains.safe(chains.contract())

    number = count_by(session, TODAY, Dimension.KIND)[SAFE]

    assert number == ChainCount(waiting=1, built_only=1)
    assert count_chains_on(session, TODAY)["safe_supply_detail"]["built_only"] == 1


def test_a_lead_that_lost_its_paper_is_at_risk_for_sixty_days(session, chains):
    chain = chains.own()
    evaluated(session, [chain])
    lapse = TODAY + timedelta(days=600)  # the last day of its papers
    for days in (0, 300):
        today = TODAY + timedelta(days=days)
        chains.fact(chain, "sample", passed=True, today=today, now=at(today))
        chains.fact(chain, "post_check", passed=True, today=today, now=at(today))
    evaluated(session, [chain], lapse + timedelta(days=100))

    def states(day):
        number = count_by(session, day, Dimension.KIND)[SAFE]
        return number.active, number.at_risk, number.suspended

    assert states(lapse) == (1, 0, 0)
    assert states(lapse + timedelta(days=1)) == (0, 1, 0)
    assert states(lapse + timedelta(days=60)) == (0, 1, 0)
    assert states(lapse + timedelta(days=61)) == (0, 0, 1)


def test_a_suspended_chain_comes_back_when_a_monitor_has_seen_it(session, chains):
    chain = chains.confirmed()
    chains.fact(chain, "sample", passed=False)
    assert chain.state is ChainState.SUSPENDED
    (failed,) = [fact for fact in chain.facts if fact.passed is False]

    later = TODAY + timedelta(days=9)
    failed.settled_on = later
    session.flush()
    evaluate_chain(session, chain.id, today=later, now=at(later))

    assert chain.state is ChainState.ACTIVE
    assert [v for v in find_violations(session) if "chain's" in v.rule] == []


class TestBoundaries:
    """A cooperative of Nà Nghịu, which went into xã Sông Mã on 1 July 2025."""

    BEFORE, AFTER = REFORM - timedelta(days=1), REFORM

    @pytest.fixture
    def units(self, make):
        old = make.commune("Nà Nghịu", on=date(2025, 1, 1))
        new = make.commune("xã Sông Mã", on=REFORM)
        assert (old.valid_to, new.valid_from) == (REFORM, REFORM)
        return old, new

    @pytest.fixture
    def chain(self, session, chains, units):
        confirmed = date(2025, 3, 3)
        chain = chains.own(on=confirmed, unit_id=units[0].id)
        evaluated(session, [chain], confirmed)
        evaluated(session, [chain], REFORM + timedelta(days=40))
        return chain

    @pytest.mark.usefixtures("chain")
    def test_it_is_counted_once_in_the_commune_of_each_day(self, session, units):
        old, new = units

        def where(day, **view):
            found = count_by(session, day, Dimension.UNIT, Scope(SAFE), **view)
            return {unit: number.headline for unit, number in found.items()}

        assert where(self.BEFORE) == {old.id: 1}
        assert where(self.AFTER) == {new.id: 1}
        for day in (self.BEFORE, self.AFTER):
            assert where(day, in_boundaries_of=TODAY) == {new.id: 1}
        assert where(self.BEFORE, in_boundaries_of=self.BEFORE) == {old.id: 1}

    @pytest.mark.usefixtures("chain")
    def test_the_board_shows_it_once_in_both_views(self, session, units, make):
        old, new = units
        scope = make.officer().scope_unit_ids

        def shown(day, communes):
            matrix = chain_matrix(session, day, scope, kind=SAFE, communes=communes)
            assert matrix.total() == 1
            return [unit.id for unit, _ in matrix.rows]

        assert shown(self.BEFORE, Communes.AS_THEN) == [old.id]
        assert shown(self.AFTER, Communes.AS_THEN) == [new.id]
        assert shown(self.BEFORE, Communes.TODAY) == [new.id]
        assert shown(self.AFTER, Communes.TODAY) == [new.id]

    @pytest.mark.usefixtures("chain")
    def test_an_officer_of_the_new_commune_finds_it_on_both_sides(self, session, units):
        new = units[1]

        for day in (self.BEFORE, self.AFTER):
            assert count_chains_on(session, day, {new.id})["safe_supply"] == 1

    def test_what_its_lead_named_is_the_former_view(self, session, chains, units):
        old, new = units
        chain = chains.own(unit_id=new.id, declared_unit_id=old.id)
        evaluated(session, [chain])

        matrix = chain_matrix(session, TODAY, {new.id}, kind=SAFE, former=True)

        assert [(unit.id, dict(n)) for unit, n in matrix.rows] == [
            (old.id, {"longan": 1})
        ]


def test_the_trend_ends_with_the_headline(session, chains, make):
    scope = make.officer().scope_unit_ids
    evaluated(session, [chains.own(on=TODAY - timedelta(days=70))])
    chains.confirmed()

    points = trend(session, TODAY, scope)

    assert [safe for _, _, safe in points] == [0, 0, 0, 0, 1, 1, 1, 2]
    now_ = headline(session, TODAY, TODAY, scope)["now"]
    assert points[-1] == (TODAY, now_["product_development"], now_["safe_supply"])
    for day, development, safe in points:
        numbers = count_chains_on(session, day, scope)
        assert (development, safe) == (
            numbers["product_development"],
            numbers["safe_supply"],
        )


def test_sums_of_the_registers_are_the_sums_of_their_lists(session, chains, make):
    scope = make.officer().scope_unit_ids
    lead = make.organisation()
    garden = make.area(lead)
    for hectares in ("3.25", "4.5"):
        make.certificate(lead, area_id=garden.id, area_ha=hectares)
    make.certificate(make.organisation(), area_ha="2.125", output_kg_per_year=900)

    figures = register_figures(session, TODAY, scope)

    listed = certificates_on(session, "VIETGAP", TODAY, scope)
    cooperatives = cooperatives_on(session, TODAY, scope)
    assert str(figures["vietgap_area_ha"]) == "6.6250"
    assert figures["vietgap_area_ha"] == land_certified(session, listed, TODAY).hectares
    assert figures["vietgap_cooperatives"] == 2
    assert figures["vietgap_output_kg"] == 900
    assert figures["cooperatives"] == len(cooperatives)
    assert figures["members"] == sum(o.official_members or 0 for o in cooperatives)


def test_an_interval_keeps_the_kind_of_lead_it_was_counted_with(session, chains):
    chain = chains.own()
    evaluated(session, [chain])
    chain.lead.kind = OrganisationKind.COOP_UNION
    session.flush()
    later = TODAY + timedelta(days=5)
    evaluated(session, [chain], later)

    kinds = [set(count_by(session, day, Dimension.LEAD_KIND)) for day in (TODAY, later)]

    assert kinds == [{OrganisationKind.COOPERATIVE}, {OrganisationKind.COOP_UNION}]
    assert session.scalars(select(ChainInterval.valid_to)).all() == [later, None]
    assert chain.evaluated_on == later
