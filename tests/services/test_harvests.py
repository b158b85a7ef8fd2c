"""A harvest from its draft to its end, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from marketplace.domain.actor import Role
from marketplace.domain.commands_harvests import (
    CloseHarvest,
    Forecast,
    PostHarvest,
    ReviseForecast,
)
from marketplace.domain.errors import NotFound, Refused
from marketplace.domain.words import (
    CertificateScheme,
    ContractState,
    HarvestState,
    LinkageForm,
    NoticeKind,
    SeasonClass,
)
from marketplace.services.harvest_changes import (
    close_harvest,
    revise_harvest,
    withdraw_harvest,
)
from marketplace.services.harvests import (
    access_harvest,
    find_faults,
    list_harvests,
    post_harvest,
    publish_harvest,
    save_draft,
)
from marketplace.services.quantities import promise_kg
from models.contracts import Contract
from models.jobs import Job
from models.notices import Notice
from tests.factories import NOW, TODAY

JULY = Forecast(date(2026, 7, 21), date(2026, 8, 31), 60_000)
LATER = NOW + timedelta(days=30)


def words(**over) -> PostHarvest:
    return replace(PostHarvest("longan", JULY, floor_price_vnd=14_000), **over)


def post(session, who, **over):
    return post_harvest(session, who, words(**over), today=TODAY, now=NOW)


def contract_of(session, make, harvest, kg, **over):
    """A live contract for so many kilograms, which are promised too."""
    promise_kg(session, harvest.id, kg)
    buyer = make.buyer()
    make.membership(buyer)
    values = {
        "number": f"01/2026/{buyer.id}",
        "state": ContractState.PROPOSED,
        "harvest_id": harvest.id,
        "seller_id": harvest.organisation_id,
        "buyer_id": buyer.id,
        "product_id": harvest.product_id,
        "stages": ["production_harvest", "consumption"],
        "linkage_form": LinkageForm.F3,
        "season": harvest.season,
        "price_vnd": 14_500,
        "total_kg": kg,
        "value_vnd": kg * 14_500,
        "tolerance_pct": 5,
        "penalty_pct": 8,
        "payment_term_days": 7,
        "effective_from": TODAY,
        "effective_to": date(2026, 12, 31),
        "sign_by": LATER,
    }
    contract = Contract(**(values | over))
    session.add(contract)
    session.flush()
    return contract


def test_a_posted_harvest_is_on_the_market_with_its_forecast_completed(session, make):
    who = make.member()

    harvest = post(session, who)

    assert harvest.state is HarvestState.OPEN
    assert (harvest.low_kg, harvest.likely_kg, harvest.high_kg) == (
        48_000,
        60_000,
        72_000,
    )
    assert harvest.limit_kg == 60_000
    assert (harvest.season, harvest.season_class) == (
        "LONGAN-2026-MAIN",
        SeasonClass.MAIN,
    )
    assert [(row.rank, row.share_permille) for row in harvest.grades] == [(1, 1000)]
    assert [row.number for row in harvest.revisions] == [1]


def test_every_change_of_supply_asks_for_matching_once(session, make):
    who = make.member()

    post(session, who)
    post(session, who)

    kinds = session.scalars(select(Job.kind).where(Job.key == "market")).all()
    assert kinds == ["matching.run"]


def test_who_is_not_verified_prepares_a_draft_and_posts_nothing(session, make):
    who = make.member(make.organisation(verified=False))

    draft = save_draft(session, who, words(), today=TODAY, now=NOW)

    assert draft.state is HarvestState.DRAFT
    with pytest.raises(Refused):
        post(session, who)
    with pytest.raises(Refused):
        publish_harvest(session, who, draft.public_id, today=TODAY, now=NOW)
    assert draft.posted_at is None


def test_a_draft_is_changed_and_then_published(session, make):
    who = make.member()
    draft = save_draft(session, who, words(), today=TODAY, now=NOW)
    more = words(forecast=replace(JULY, likely_kg=70_000))

    save_draft(session, who, more, draft.public_id, today=TODAY, now=NOW)
    harvest = publish_harvest(session, who, draft.public_id, today=TODAY, now=LATER)

    assert harvest.state is HarvestState.OPEN
    assert harvest.posted_at == LATER
    assert [row.likely_kg for row in harvest.revisions] == [60_000, 70_000]
    with pytest.raises(Refused):
        save_draft(session, who, more, draft.public_id, today=TODAY, now=NOW)


def test_an_odd_window_and_yield_are_kept_as_warnings_not_refused(session, make):
    organisation = make.organisation()
    area = make.area(organisation, area_ha=Decimal(2))
    october = Forecast(date(2026, 10, 11), date(2026, 10, 31), 36_000)

    harvest = post(
        session,
        make.member(organisation),
        forecast=october,
        area=area.public_id,
    )

    assert [kept["code"] for kept in harvest.warnings] == ["SP-04", "SP-02"]


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"forecast": replace(JULY, window_end=date(2026, 12, 31))}, "dekads"),
        (
            {"forecast": Forecast(date(2025, 7, 1), date(2025, 7, 31), 1)},
            "dekads",
        ),
        ({"forecast": replace(JULY, low_kg=61_000)}, "likely"),
        ({"grades": ((1, 700), (2, 200))}, "grade_1"),
        ({"grades": ((7, 1000),)}, "grade_1"),
        ({"variety_code": "da_xanh"}, "variety"),
        ({"asking_price_vnd": 13_000}, "asking_price"),
        ({"smallest_lot_kg": 61_000}, "smallest_lot"),
        ({"product_code": "durian"}, "product"),
        ({"area": "nothing"}, "areas"),
    ],
)
def test_what_is_wrong_is_refused_beside_its_field(session, make, over, field):
    with pytest.raises(Refused) as refusal:
        post(session, make.member(), **over)

    assert refusal.value.field == field


def test_more_than_the_land_can_bear_is_refused(session, make):
    organisation = make.organisation()
    area = make.area(organisation, area_ha=Decimal(2))
    who = make.member(organisation)

    found = find_faults(session, who, words(area=area.public_id), today=TODAY)

    assert [one.code for one in found if one.forbids] == ["SP-03"]


def test_all_posts_of_a_garden_stay_within_what_it_can_bear(session, make):
    organisation = make.organisation()
    area = make.area(organisation, area_ha=Decimal(4))
    who = make.member(organisation)
    first = post(session, who, area=area.public_id)

    again = find_faults(session, who, words(area=area.public_id), today=TODAY)
    more = ReviseForecast(replace(JULY, likely_kg=90_000))
    revise_harvest(session, who, first.public_id, more, today=TODAY, now=NOW)

    assert [one.code for one in again if one.forbids] == ["SP-05"]


def test_a_garden_of_somebody_else_is_not_there(session, make):
    area = make.area(make.organisation())

    with pytest.raises(Refused) as refusal:
        post(session, make.member(), area=area.public_id)

    assert refusal.value.field == "areas"


def test_papers_of_the_product_and_the_garden_cover_the_harvest(session, make):
    organisation = make.organisation()
    area, other = make.area(organisation), make.area(organisation)
    fits = make.certificate(organisation, area_id=area.id)
    whole = make.certificate(
        organisation, CertificateScheme.FOOD_SAFETY, product_id=None
    )
    code = make.code(area)
    make.certificate(organisation, area_id=other.id)
    make.certificate(organisation, product_id=make.product("mango").id)
    make.certificate(make.organisation())

    harvest = post(session, make.member(organisation), area=area.public_id)

    covered = {row.certificate_id or -row.code_id for row in harvest.papers}
    assert covered == {fits.id, whole.id, -code.id}


def test_only_the_papers_that_the_seller_chose_cover_it(session, make):
    organisation = make.organisation()
    one, _ = make.certificate(organisation), make.certificate(organisation)

    harvest = post(session, make.member(organisation), papers=(one.public_id,))

    assert [row.certificate_id for row in harvest.papers] == [one.id]


def test_foreign_people_find_no_harvest_and_officers_only_read_posted_ones(
    session, make
):
    who = make.member()
    posted = post(session, who)
    draft = save_draft(session, who, words(), today=TODAY, now=NOW)
    officer = make.officer()

    assert access_harvest(session, officer, posted.public_id) is posted
    for stranger, harvest, action in (
        (make.member(), posted, "read"),
        (officer, posted, "write"),
        (officer, draft, "read"),
    ):
        with pytest.raises(NotFound):
            access_harvest(session, stranger, harvest.public_id, action)


def test_a_revision_is_kept_with_who_when_and_why(session, make):
    organisation = make.organisation()
    harvest = post(session, make.member(organisation))
    other = make.member(organisation, Role.STAFF)
    less = ReviseForecast(replace(JULY, likely_kg=45_000), "Mưa đá")

    revise_harvest(session, other, harvest.public_id, less, today=TODAY, now=LATER)

    last = harvest.revisions[-1]
    assert (last.number, last.likely_kg, last.low_kg) == (2, 45_000, 36_000)
    assert (last.by_id, last.at, last.reason) == (other.user_id, LATER, "Mưa đá")
    assert (harvest.revision, harvest.limit_kg) == (2, 45_000)
    assert not harvest.over_promised


def test_a_forecast_below_what_is_promised_flags_contracts_and_tells_both(
    session, make
):
    who = make.member()
    harvest = post(session, who)
    contract = contract_of(session, make, harvest, 48_000)
    less = ReviseForecast(replace(JULY, likely_kg=40_000), "Mưa đá cuối tháng 4")

    revise_harvest(session, who, harvest.public_id, less, today=TODAY, now=LATER)

    assert harvest.over_promised
    assert contract.at_risk
    assert contract.at_risk_reason == "Mưa đá cuối tháng 4"
    told = session.scalars(
        select(Notice.organisation_id).where(Notice.kind == NoticeKind.AT_RISK)
    ).all()
    assert set(told) == {contract.seller_id, contract.buyer_id}


def test_a_later_better_forecast_takes_the_flag_back(session, make):
    who = make.member()
    harvest = post(session, who)
    contract = contract_of(session, make, harvest, 48_000)
    for kg in (40_000, 50_000):
        words_ = ReviseForecast(replace(JULY, likely_kg=kg), "Đếm lại quả")
        revise_harvest(session, who, harvest.public_id, words_, today=TODAY, now=LATER)

    assert not harvest.over_promised
    assert not contract.at_risk


def test_a_forecast_below_what_is_promised_needs_a_reason(session, make):
    who = make.member()
    harvest = post(session, who)
    promise_kg(session, harvest.id, 48_000)
    less = ReviseForecast(replace(JULY, likely_kg=40_000), " ")

    with pytest.raises(Refused) as refusal:
        revise_harvest(session, who, harvest.public_id, less, today=TODAY, now=NOW)

    assert refusal.value.field == "reason"


def test_withdrawing_leaves_what_is_promised(session, make):
    who = make.member()
    harvest = post(session, who)
    contract = contract_of(session, make, harvest, 20_000)

    withdraw_harvest(session, who, harvest.public_id, now=NOW)

    assert harvest.state is HarvestState.WITHDRAWN
    assert harvest.promised_kg == 20_000
    assert contract.state is ContractState.PROPOSED
    with pytest.raises(Refused):
        withdraw_harvest(session, who, harvest.public_id, now=NOW)


def test_a_harvest_is_closed_in_its_time_with_what_it_was(session, make):
    who = make.member()
    harvest = post(session, who)
    contract = contract_of(session, make, harvest, 48_000)
    actual = CloseHarvest(30_000)

    with pytest.raises(Refused):
        close_harvest(session, who, harvest.public_id, actual, today=TODAY, now=NOW)
    in_august = date(2026, 8, 20)
    close_harvest(session, who, harvest.public_id, actual, today=in_august, now=LATER)

    assert (harvest.state, harvest.actual_kg) == (HarvestState.CLOSED, 30_000)
    assert harvest.over_promised
    assert contract.at_risk


def test_one_sees_only_the_harvests_of_the_own_organisation(session, make):
    who = make.member()
    mine = post(session, who)
    post(session, make.member())

    assert list_harvests(session, who) == [mine]
    assert list_harvests(session, who, [HarvestState.CLOSED]) == []
