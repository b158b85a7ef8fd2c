"""Gardens, certificates and codes: written down, reviewed, counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.domain.commands_papers import (
    SaveArea,
    SaveCertificate,
    SaveCode,
    SaveFacility,
)
from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.domain.paper_scopes import check_scope
from marketplace.domain.papers import counts_on
from marketplace.domain.words import (
    CertificateScheme,
    FacilityKind,
    Market,
    PaperState,
)
from marketplace.services.areas import (
    access_area,
    access_facility,
    end_area,
    list_areas,
    list_facilities,
    save_area,
    save_facility,
)
from marketplace.services.paper_changes import open_change
from marketplace.services.paper_checks import oddities_of
from marketplace.services.paper_queue import count_waiting_papers, waiting_papers
from marketplace.services.paper_review import (
    Reviewing,
    resume_paper,
    revoke_paper,
    stamp_of,
    suspend_paper,
    verify_paper,
)
from marketplace.services.paper_rows import (
    access_certificate,
    access_code,
    paper_of,
)
from marketplace.services.papers import (
    list_certificates,
    list_codes,
    save_certificate,
    save_code,
)
from models.papers import Certificate
from tests.factories import NOW, TODAY

VIETGAP = SaveCertificate(
    scheme=CertificateScheme.VIETGAP,
    number="VietGAP-TT-13-09-68-0096",
    issuer="Trung tâm chứng nhận mẫu",
    issued_on=date(2025, 8, 1),
    expires_on=date(2027, 8, 1),
    product_code="longan",
)


def garden(session, make, who, **over):
    command = SaveArea("Vườn bản Mo", "longan", Decimal(32), make.commune().id)
    return save_area(session, who, replace(command, **over), today=TODAY)


def code_words(area, **over):
    command = SaveCode(
        area=area.public_id,
        market=Market.CN,
        code="VN-SLOR-0012",
        area_ha=Decimal(20),
        first_day=date(2025, 6, 1),
        supervised_on=date(2026, 1, 10),
    )
    return replace(command, **over)


def verified(session, make, row):
    verify_paper(session, row, by(make.officer()), seen=stamp_of(row))
    return row


def by(officer, today=TODAY):
    """What an officer does on a day."""
    return Reviewing(officer, today, NOW)


def test_a_garden_is_kept_where_it_lies(session, make):
    who = make.member()

    area = garden(session, make, who)

    assert list_areas(session, who) == [area]
    assert list_areas(session, make.member()) == []
    assert (area.latitude, area.longitude) == (
        area.unit.latitude,
        area.unit.longitude,
    )


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"product_code": "durian"}, "product"),
        ({"unit_id": 0}, "commune"),
        ({"area_ha": Decimal(51)}, "area_ha"),
        ({"name": "Vườn bản Mo"}, "name"),
    ],
)
def test_a_garden_that_cannot_be_is_refused(session, make, over, field):
    who = make.member(make.organisation(total_area_ha=Decimal(50)))
    garden(session, make, who, area_ha=Decimal(1))

    with pytest.raises(Refused) as refusal:
        garden(session, make, who, **({"name": "Vườn khác"} | over))

    assert refusal.value.field == field


def test_a_commune_that_is_gone_is_refused(session, make):
    old = make.commune("Nà Nghịu", on=date(2020, 1, 1))

    with pytest.raises(Refused) as refusal:
        garden(session, make, make.member(), unit_id=old.id)

    assert refusal.value.field == "commune"


def test_the_crop_of_a_garden_with_papers_stays(session, make):
    who = make.member()
    area = garden(session, make, who)
    make.code(area)
    other = SaveArea(area.name, "mango", area.area_ha, area.unit_id)

    with pytest.raises(Refused) as refusal:
        save_area(session, who, other, area.public_id, today=TODAY)

    assert refusal.value.field == "product"


def test_a_garden_that_ended_is_not_chosen_any_more(session, make):
    who = make.member()
    area = garden(session, make, who)

    end_area(session, who, area.public_id, today=TODAY)

    assert list_areas(session, who) == []


def test_a_facility_is_kept_and_changed(session, make):
    who = make.member()
    command = SaveFacility(FacilityKind.DRYER, "Lò sấy bản Mo", make.commune().id)

    made = save_facility(session, who, command, today=TODAY)
    more = replace(command, capacity_kg_per_day=1_200)
    save_facility(session, who, more, made.public_id, today=TODAY)

    assert [one.capacity_kg_per_day for one in list_facilities(session, who)] == [1_200]


def test_a_certificate_counts_once_an_officer_verified_it(session, make):
    who = make.member()
    row = save_certificate(session, who, VIETGAP, today=TODAY, now=NOW)
    assert not counts_on(paper_of(row), TODAY)
    assert waiting_papers(session, make.officer()) == [row]

    verified(session, make, row)

    assert row.state is PaperState.ACTIVE
    assert counts_on(paper_of(row), TODAY)
    assert not counts_on(paper_of(row), TODAY - timedelta(days=1))
    assert not counts_on(paper_of(row), VIETGAP.expires_on + timedelta(days=1))
    assert waiting_papers(session, make.officer()) == []


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"expires_on": date(2025, 8, 1)}, "expires_on"),
        ({"expires_on": date(2029, 1, 1)}, "expires_on"),
        ({"issued_on": TODAY + timedelta(days=1)}, "issued_on"),
        ({"stars": 4}, "stars"),
        ({"scheme": CertificateScheme.OCOP}, "stars"),
        ({"scheme": CertificateScheme.GLOBALGAP}, "number"),
        ({"product_code": "durian"}, "product"),
        ({"number": "VG\u200b1"}, "number"),
    ],
)
def test_a_certificate_that_cannot_be_is_refused(session, make, over, field):
    with pytest.raises(Refused) as refusal:
        save_certificate(
            session, make.member(), replace(VIETGAP, **over), today=TODAY, now=NOW
        )

    assert refusal.value.field == field


def test_a_number_is_written_down_once(session, make):
    save_certificate(session, make.member(), VIETGAP, today=TODAY, now=NOW)

    with pytest.raises(Refused) as refusal:
        save_certificate(session, make.member(), VIETGAP, today=TODAY, now=NOW)

    assert refusal.value.field == "number"


@pytest.mark.parametrize(
    "typed", ["vietgap-tt-13-09-26-0001", "VietGAP - TT-13-09-26-0001"]
)
def test_a_number_is_the_same_however_its_letters_were_typed(session, make, typed):
    first = replace(VIETGAP, number="VietGAP-TT-13-09-26-0001")
    save_certificate(session, make.member(), first, today=TODAY, now=NOW)
    again = replace(first, number=typed, issuer=first.issuer.upper())

    with pytest.raises(Refused) as refusal:
        save_certificate(session, make.member(), again, today=TODAY, now=NOW)
    other = replace(again, issuer="Trung tâm khác")
    save_certificate(session, make.member(), other, today=TODAY, now=NOW)

    assert refusal.value.field == "number"
    assert session.query(Certificate).count() == 2


def test_the_key_of_a_paper_follows_its_number(session, make):
    area = make.area(make.organisation())
    code, paper = make.code(area), make.certificate(area.organisation)

    code.code, paper.number, paper.issuer = "Vn-1 A", "Số 1", "NAFI"
    session.flush()

    assert code.register_key == "vn-1a"
    assert paper.register_key == "số1|nafi"


def test_more_land_than_the_gardens_have_is_odd(session, make):
    who = make.member()
    area = garden(session, make, who)
    wide = replace(VIETGAP, area=area.public_id, area_ha=area.area_ha + 1)

    row = save_certificate(session, who, wide, today=TODAY, now=NOW)

    assert ("CE-01", "area_ha") in {
        (one.code, one.field) for one in oddities_of(session, row, today=TODAY)
    }


@given(
    st.one_of(st.none(), st.decimals(0, 500, places=2)),
    st.lists(st.decimals("0.1", 200, places=2), max_size=3),
    st.integers(0, 2),
)
@settings(max_examples=30)
def test_a_scope_is_odd_where_it_says_more_than_its_places(said, gardens, houses):
    codes = {
        one.code
        for one in check_scope(CertificateScheme.FOOD_SAFETY, said, gardens, houses)
    }

    wide = bool(gardens) and said is not None and said > sum(gardens)
    assert ("CE-01" in codes) == wide
    assert ("CE-06" in codes) == (bool(gardens) and not houses)


def test_odd_numbers_and_terms_are_kept_and_shown(session, make):
    odd = replace(VIETGAP, number="12/VG", expires_on=date(2028, 2, 1))

    row = save_certificate(session, make.member(), odd, today=TODAY, now=NOW)

    assert [f.code for f in oddities_of(session, row, today=TODAY)] == [
        "CE-03",
        "CE-02",
    ]


def test_a_certificate_changed_after_its_verification_counts_as_it_was(session, make):
    who = make.member()
    row = verified(
        session, make, save_certificate(session, who, VIETGAP, today=TODAY, now=NOW)
    )

    longer = replace(VIETGAP, area_ha=Decimal(40))
    save_certificate(session, who, longer, row.public_id, today=TODAY, now=NOW)

    assert row.state is PaperState.ACTIVE
    assert row.area_ha == VIETGAP.area_ha
    assert open_change(session, row).state is PaperState.PENDING


def test_what_the_officer_did_not_read_is_not_verified(session, make):
    who = make.member()
    row = save_certificate(session, who, VIETGAP, today=TODAY, now=NOW)
    seen = stamp_of(row)
    row.updated_at += timedelta(seconds=1)
    session.flush()

    with pytest.raises(Conflict):
        verify_paper(session, row, by(make.officer()), seen=seen)


def test_nobody_verifies_the_own_papers(session, make):
    officer = make.officer()
    row = save_certificate(session, officer, VIETGAP, today=TODAY, now=NOW)

    with pytest.raises(Refused):
        verify_paper(session, row, by(officer), seen=stamp_of(row))


def test_suspended_stops_revoked_ends_and_the_days_before_count(session, make):
    who = make.member()
    row = verified(
        session, make, save_certificate(session, who, VIETGAP, today=TODAY, now=NOW)
    )
    later = TODAY + timedelta(days=30)

    step = by(make.officer(), later)

    with pytest.raises(Refused):
        suspend_paper(session, row, " ", step)
    suspend_paper(session, row, "Mẫu không đạt", step)

    assert counts_on(paper_of(row), later - timedelta(days=1))
    assert not counts_on(paper_of(row), later)
    resume_paper(session, row, step)
    assert counts_on(paper_of(row), later)
    revoke_paper(session, row, "Giấy giả", step)
    assert (row.state, row.note) == (PaperState.REVOKED, "Giấy giả")
    with pytest.raises(Refused):
        save_certificate(session, who, VIETGAP, row.public_id, today=TODAY, now=NOW)


def test_a_new_paper_covers_what_is_on_the_market_already(session, make):
    organisation = make.organisation()
    harvest = make.harvest(organisation)
    mango = make.harvest(organisation, product="mango")

    row = save_certificate(
        session, make.member(organisation), VIETGAP, today=TODAY, now=NOW
    )

    assert [one.certificate_id for one in harvest.papers] == [row.id]
    assert mango.papers == []


def test_a_code_belongs_to_a_garden_and_a_market(session, make):
    who = make.member()
    area = garden(session, make, who)

    row = save_code(session, who, code_words(area), today=TODAY, now=NOW)
    again = save_code(
        session,
        who,
        code_words(area, last_day=date(2026, 12, 31)),
        row.public_id,
        today=TODAY,
        now=NOW,
    )

    assert list_codes(session, who) == [again]
    assert again.valid_to == date(2027, 1, 1)
    assert paper_of(again).last_day == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"area_ha": Decimal(33)}, "area_ha"),
        ({"market": Market.DOMESTIC, "area_ha": Decimal("0.5")}, "area_ha"),
        ({"last_day": date(2025, 6, 1)}, "last_day"),
    ],
)
def test_a_code_that_cannot_be_is_refused(session, make, over, field):
    who = make.member()
    area = garden(session, make, who)

    with pytest.raises(Refused) as refusal:
        save_code(session, who, code_words(area, **over), today=TODAY, now=NOW)

    assert refusal.value.field == field


def test_as_many_papers_wait_as_are_listed(session, make):
    who = make.member()
    area, officer = garden(session, make, who), make.officer()
    save_certificate(session, who, VIETGAP, today=TODAY, now=NOW)
    make.certificate(area.organisation)
    save_code(session, who, code_words(area), today=TODAY, now=NOW)

    waiting = waiting_papers(session, officer)

    assert count_waiting_papers(session, officer) == len(waiting) == 2
    assert count_waiting_papers(session, make.officer("D116")) == 0


def test_odd_codes_are_kept_and_shown(session, make):
    who = make.member()
    area = garden(session, make, who)
    odd = code_words(area, code="SL 12", area_ha=Decimal(3), supervised_on=None)

    row = save_code(session, who, odd, today=TODAY, now=NOW)

    codes = [finding.code for finding in oddities_of(session, row, today=TODAY)]
    assert codes == ["GA-06", "GA-02", "GA-08"]


def test_foreign_places_and_papers_are_not_there(session, make):
    who = make.member()
    area = garden(session, make, who)
    dryer = SaveFacility(FacilityKind.DRYER, "Lò sấy", make.commune().id)
    places = [
        (access_area, area),
        (access_facility, save_facility(session, who, dryer, today=TODAY)),
        (
            access_certificate,
            save_certificate(session, who, VIETGAP, today=TODAY, now=NOW),
        ),
        (access_code, save_code(session, who, code_words(area), today=TODAY, now=NOW)),
    ]
    stranger, officer = make.member(), make.officer()
    elsewhere = replace(officer, scope_unit_ids=frozenset())

    for access, row in places:
        assert access(session, officer, row.public_id) is row
        for actor, action in (
            (stranger, "read"),
            (officer, "write"),
            (elsewhere, "read"),
            (who, "review"),
        ):
            with pytest.raises(NotFound):
                access(session, actor, row.public_id, action)
    assert list_certificates(session, stranger) == []
