"""Which papers prove the stages of a chain, by the places they name."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.domain.chain_facts import Evidence
from marketplace.domain.chains import evaluate
from marketplace.domain.words import (
    CertificateScheme,
    FacilityKind,
    Market,
    PaperState,
    Stage,
)
from marketplace.services.chain_evaluation import params_on
from marketplace.services.chain_facts import facts_of
from models.paper_places import CertificatePlace
from models.paper_records import PackingHouseCode, PaperStop
from models.papers import Facility
from tests.chain_rows import Chains
from tests.factories import NOW, TODAY

DAY = timedelta(days=1)
FOOD_SAFETY = CertificateScheme.FOOD_SAFETY


@pytest.fixture
def chain(session, make):
    """A safe chain whose goods are packed: processing is one of its stages."""
    chains = Chains(session, make)
    contract = chains.contract()
    contract.stages = [*contract.stages, Stage.PROCESSING]
    session.flush()
    return chains.safe(contract)


@pytest.fixture
def lead(session, chain):
    return chain.lead


def facility(session, owner, kind=FacilityKind.PACKING_HOUSE):
    row = Facility(
        organisation_id=owner.id, kind=kind, name=f"Cơ sở {kind}", unit_id=owner.unit_id
    )
    session.add(row)
    session.flush()
    return row


def packing_code(session, make, house, market, **over):
    values = {
        "code": f"VN-SLPH-{house.id:03d}{market}",
        "state": PaperState.ACTIVE,
        "valid_from": TODAY - 30 * DAY,
        "valid_to": TODAY + 30 * DAY,
        "verified_at": NOW,
        "verified_by_id": make.officer().user_id,
    }
    row = PackingHouseCode(facility_id=house.id, market=market, **(values | over))
    session.add(row)
    session.flush()
    return row


def processing(session, chain, day=TODAY):
    """Whether S2 has proof of processing on the day."""
    session.expire_all()
    results = evaluate(facts_of(session, chain), day, params_on(session, day))
    (s2,) = (one for one in results if one.code == "S2")
    return str(Stage.PROCESSING) not in s2.params.get("stages", [])


def test_without_any_paper_processing_is_not_proven(session, chain, lead):
    (s2,) = [
        one
        for one in evaluate(facts_of(session, chain), TODAY, params_on(session, TODAY))
        if one.code == "S2"
    ]

    assert s2.params["stages"] == [str(Stage.PROCESSING)]


def test_a_packing_code_proves_packing_on_its_days(session, make, chain, lead):
    code = packing_code(session, make, facility(session, lead), Market.DOMESTIC)

    proven = [
        processing(session, chain, day)
        for day in (TODAY, code.valid_to - DAY, code.valid_to)
    ]

    assert proven == [True, True, False]


def test_a_packing_code_of_another_market_proves_nothing(session, make, chain, lead):
    packing_code(session, make, facility(session, lead), Market.CN)
    before = processing(session, chain)

    chain.contracts[0].contract.offer.market = Market.CN
    session.flush()

    assert (before, processing(session, chain)) == (False, True)


def test_a_code_that_was_suspended_proves_nothing_on_those_days(
    session, make, chain, lead
):
    code = packing_code(session, make, facility(session, lead), Market.DOMESTIC)
    session.add(
        PaperStop(
            packing_code_id=code.id, first_day=TODAY + 5 * DAY, until=TODAY + 8 * DAY
        )
    )
    session.flush()

    days = [processing(session, chain, TODAY + n * DAY) for n in (4, 5, 7, 8)]

    assert days == [True, False, False, True]


def test_every_facility_on_a_certificate_counts(session, make, chain, lead):
    shop = facility(session, lead, FacilityKind.SELLING_POINT)
    paper = make.certificate(lead, FOOD_SAFETY, product_id=None, facility_id=shop.id)
    before = processing(session, chain)

    house = facility(session, lead)
    session.add(CertificatePlace(certificate_id=paper.id, facility_id=house.id))
    session.flush()

    assert (before, processing(session, chain)) == (False, True)


def test_a_food_safety_paper_without_product_covers_what_its_gardens_grow(
    session, make, chain, lead
):
    mango = make.area(lead, product_id=make.product("mango").id)
    longan = make.area(lead)
    paper = make.certificate(lead, FOOD_SAFETY, product_id=None, area_id=mango.id)
    values = {Stage.PRODUCTION_HARVEST, Stage.PROCESSING}

    def proven():
        session.expire_all()
        found: tuple[Evidence, ...] = facts_of(session, chain).evidence
        ours = [one.stage for one in found if one.paper.scheme is FOOD_SAFETY]
        return [stage for stage in ours if stage in values]

    before = proven()
    paper.area_id = longan.id
    session.flush()
    of_longan = proven()
    paper.area_id = None
    session.flush()

    assert before == []
    assert of_longan == [Stage.PRODUCTION_HARVEST]
    assert set(proven()) == values
