"""The register of papers: history, four eyes, what officers and holders hear."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from marketplace.domain.actor import Actor
from marketplace.domain.commands_papers import SaveFacility, SavePackingCode
from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.domain.papers import counts_on
from marketplace.domain.words import (
    CertificateScheme,
    FacilityKind,
    Market,
    NoticeKind,
    PaperState,
)
from marketplace.domain.words_papers import PaperEventKind
from marketplace.services.areas import save_facility
from marketplace.services.harvest_papers import fits
from marketplace.services.notice_params import shown_params
from marketplace.services.notice_words import said_of
from marketplace.services.packing_codes import list_packing_codes, save_packing_code
from marketplace.services.paper_checks import oddities_of
from marketplace.services.paper_history import list_paper_events
from marketplace.services.paper_queue import PACKING_CODE, Sieve, waiting_papers
from marketplace.services.paper_review import (
    Reviewing,
    record_supervision,
    resume_paper,
    return_paper,
    revoke_paper,
    stamp_of,
    suspend_paper,
    verify_paper,
)
from marketplace.services.paper_rows import access_packing_code, paper_of
from marketplace.services.papers import save_certificate
from marketplace.services.registers import certificates_on
from models.notices import Notice
from models.paper_records import PaperEvent
from tests.factories import NOW, TODAY
from tests.services.test_papers import VIETGAP, by, verified

KIND = PaperEventKind


def kinds_of(session, row):
    return [event.kind for event in reversed(list_paper_events(session, row))]


def packing(session, make, who, kind=FacilityKind.PACKING_HOUSE, **over):
    words = SaveFacility(kind, f"Nhà sơ chế {kind}", make.commune().id)
    house = save_facility(session, who, words, today=TODAY)
    command = SavePackingCode(
        house.public_id, Market.CN, "VN-SLPH-012", date(2025, 6, 1)
    )
    return save_packing_code(
        session, who, replace(command, **over), today=TODAY, now=NOW
    )


def test_every_step_of_a_paper_is_kept_with_its_day_and_reason(session, make):
    who, officer = make.member(), make.officer()
    row = save_certificate(session, who, VIETGAP, today=TODAY, now=NOW)

    return_paper(session, row, "Thiếu số", by(officer), seen=stamp_of(row))
    save_certificate(session, who, VIETGAP, row.public_id, today=TODAY, now=NOW)
    verify_paper(session, row, by(officer), seen=stamp_of(row))
    suspend_paper(session, row, "Mẫu hỏng", by(officer), on=TODAY - timedelta(3))
    resume_paper(session, row, by(officer))
    record_supervision(session, row, "Đạt", by(officer), on=TODAY)
    revoke_paper(session, row, "Giấy giả", by(officer))

    assert kinds_of(session, row) == [
        KIND.SUBMITTED, KIND.RETURNED, KIND.CHANGED, KIND.VERIFIED, KIND.SUSPENDED,
        KIND.RESUMED, KIND.SUPERVISED, KIND.REVOKED,
    ]  # fmt: skip
    first = list_paper_events(session, row)[-1]
    assert (first.by_user_id, first.data["number"]) == (who.user_id, VIETGAP.number)
    stopped = list_paper_events(session, row)[3]
    assert (stopped.on, stopped.reason) == (TODAY - timedelta(3), "Mẫu hỏng")


def test_history_is_never_changed(session, make):
    row = save_certificate(session, make.member(), VIETGAP, today=TODAY, now=NOW)
    event = session.scalars(select(PaperEvent)).one()

    event.reason = "khác"

    with pytest.raises(IntegrityError), session.begin_nested():
        session.flush()
    assert row.state is PaperState.PENDING


def test_a_returned_paper_leaves_the_queue_until_it_is_sent_again(session, make):
    who, officer = make.member(), make.officer()
    row = save_certificate(session, who, VIETGAP, today=TODAY, now=NOW)

    return_paper(session, row, "Thiếu số", by(officer), seen=stamp_of(row))

    assert waiting_papers(session, officer) == []
    assert not counts_on(paper_of(row), TODAY)
    with pytest.raises(Refused):
        verify_paper(session, row, by(officer), seen=stamp_of(row))
    save_certificate(session, who, VIETGAP, row.public_id, today=TODAY, now=NOW)
    assert waiting_papers(session, officer) == [row]


def test_a_return_needs_its_reason_and_what_the_officer_saw(session, make):
    officer = make.officer()
    row = save_certificate(session, make.member(), VIETGAP, today=TODAY, now=NOW)

    with pytest.raises(Refused):
        return_paper(session, row, "  ", by(officer), seen=stamp_of(row))
    with pytest.raises(Conflict):
        return_paper(session, row, "Thiếu số", by(officer), seen="2020-01-01")

    assert row.state is PaperState.PENDING


def test_two_pairs_of_eyes_see_every_paper(session, make):
    """Neither who wrote it nor who belongs to the holder decides on it."""
    organisation = make.organisation()
    row = save_certificate(
        session, make.member(organisation), VIETGAP, today=TODAY, now=NOW
    )
    officer = make.officer()
    inside = replace(officer, user_id=make.member(organisation).user_id)
    writer = replace(officer, user_id=row.submitted_by_id)

    for eyes in (inside, writer):
        with pytest.raises(Refused):
            verify_paper(session, row, by(eyes), seen=stamp_of(row))
        with pytest.raises(Refused):
            revoke_paper(session, row, "Không", by(eyes))

    row.verified_at, row.verified_by_id = NOW, row.submitted_by_id
    with pytest.raises(IntegrityError), session.begin_nested():
        session.flush()


@pytest.mark.parametrize(("day", "field"), [(1, "day"), (-400, "day")])
def test_a_stop_is_of_a_day_between_the_issue_and_today(session, make, day, field):
    row = verified(
        session,
        make,
        save_certificate(session, make.member(), VIETGAP, today=TODAY, now=NOW),
    )

    on = TODAY + timedelta(days=day)
    with pytest.raises(Refused) as refusal:
        suspend_paper(session, row, "Mẫu hỏng", by(make.officer()), on=on)

    assert refusal.value.field == field


def test_days_of_a_suspension_stay_lost_when_the_paper_counts_again(session, make):
    organisation = make.organisation()
    row = make.certificate(
        organisation, verified_at=NOW - timedelta(days=100), issued_on=date(2025, 1, 1)
    )
    units = {organisation.unit_id}

    suspend_paper(
        session, row, "Mẫu hỏng", by(make.officer()), on=TODAY - timedelta(days=9)
    )
    resume_paper(session, row, by(make.officer()))

    counted = [
        row in certificates_on(session, row.scheme, TODAY - timedelta(days=n), units)
        for n in (10, 9, 1, 0)
    ]
    assert counted == [True, False, False, True]


def test_a_packing_house_has_its_own_code_for_a_market(session, make):
    who = make.member()

    row = packing(session, make, who, last_day=date(2026, 12, 31))

    assert list_packing_codes(session, who) == [row]
    assert row.valid_to == date(2027, 1, 1)
    assert paper_of(row).packing
    assert [one.code for one in oddities_of(session, row, today=TODAY)] == ["GA-08"]
    verify_paper(session, row, by(make.officer()), seen=stamp_of(row))
    assert counts_on(paper_of(row), TODAY)
    with pytest.raises(NotFound):
        access_packing_code(session, make.member(), row.public_id)


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"last_day": date(2025, 6, 1)}, "last_day"),
        ({"kind": FacilityKind.SELLING_POINT}, "facility"),
    ],
)
def test_a_packing_code_that_cannot_be_is_refused(session, make, over, field):
    with pytest.raises(Refused) as refusal:
        packing(session, make, make.member(), **over)

    assert refusal.value.field == field


def test_an_officer_sifts_the_queue(session, make):
    near = make.organisation(name="HTX Nhãn Vàng", short_name="Nhãn Vàng")
    far = make.organisation(name="HTX Xoài Xanh", short_name="Xoài Xanh")
    one = save_certificate(session, make.member(near), VIETGAP, today=TODAY, now=NOW)
    two = packing(session, make, make.member(far))
    officer = make.officer()

    def found(**sieve):
        return set(waiting_papers(session, officer, Sieve(**sieve)))

    assert found() == {one, two}
    assert found(kind=CertificateScheme.VIETGAP.value) == {one}
    assert found(kind=CertificateScheme.OCOP.value) == set()
    assert found(kind=PACKING_CODE) == {two}
    assert found(words="nhan vang") == {one}
    assert found(unit_id=near.unit_id) == {one, two}
    assert found(unit_id=0) == set()


def test_the_holder_hears_of_each_answer_in_the_own_language(session, make):
    officer, who = make.officer(), make.member()
    row = save_certificate(session, who, VIETGAP, today=TODAY, now=NOW)

    return_paper(session, row, "Thiếu số", by(officer), seen=stamp_of(row))

    (answer,) = told(session, who, NoticeKind.PAPER_DECIDED)
    assert told(session, officer, NoticeKind.PAPER_DECIDED) == []
    words = said_of(answer.kind, answer.params)
    assert words.text % shown_params(answer.params, "vi") == "Cán bộ ghi: Thiếu số"
    title = words.title % shown_params(answer.params, "en")
    assert title.startswith(f"VietGAP no. {VIETGAP.number}")


def told(session, who: Actor, kind):
    wanted = select(Notice).where(Notice.user_id == who.user_id, Notice.kind == kind)
    return session.scalars(wanted).all()


def test_overdue_surveillance_is_flagged_until_somebody_looks(session, make):
    row = make.certificate(
        make.organisation(), CertificateScheme.HACCP, issued_on=date(2025, 1, 2)
    )
    officer = Reviewing(make.officer(), TODAY, NOW)

    before = [one.code for one in oddities_of(session, row, today=TODAY)]
    record_supervision(session, row, "", officer, on=TODAY - timedelta(days=5))

    assert before == ["CE-10"]
    assert oddities_of(session, row, today=TODAY) == []


def test_a_certificate_speaks_of_each_garden_and_facility_that_it_names(session, make):
    organisation = make.organisation()
    who = make.member(organisation)
    one, two, other = (make.area(organisation) for _ in range(3))
    houses = [
        save_facility(
            session,
            who,
            SaveFacility(FacilityKind.DRYER, f"Lò {n}", make.commune().id),
            today=TODAY,
        )
        for n in (1, 2)
    ]
    first, second = (house.public_id for house in houses)
    scope = {"area": one.public_id, "more_areas": (two.public_id, one.public_id)}
    command = replace(VIETGAP, **scope, facility=first, more_facilities=(second,))

    row = save_certificate(session, who, command, today=TODAY, now=NOW)

    covered = [fits(row, row.product_id, area.id) for area in (one, two, other)]
    assert covered == [True, True, False]
    assert [(p.area, p.facility) for p in row.further] == [
        (two, None), (None, houses[1]),
    ]  # fmt: skip
    fewer = replace(command, more_areas=(), more_facilities=(second,))
    save_certificate(session, who, fewer, row.public_id, today=TODAY, now=NOW)
    assert [(p.area, p.facility) for p in row.further] == [(None, houses[1])]
    assert not fits(row, row.product_id, two.id)


@pytest.mark.parametrize(
    ("more", "field"), [("more_areas", "area"), ("more_facilities", "facility")]
)
def test_all_and_some_more_is_no_scope(session, make, more, field):
    who = make.member()

    command = replace(VIETGAP, **{more: ("x",)})
    with pytest.raises(Refused) as refusal:
        save_certificate(session, who, command, today=TODAY, now=NOW)

    assert refusal.value.field == field


def test_a_place_of_somebody_else_is_not_in_the_scope(session, make):
    organisation = make.organisation()
    mine, foreign = make.area(organisation), make.area(make.organisation())
    scope = {"area": mine.public_id, "more_areas": (foreign.public_id,)}
    who, command = make.member(organisation), replace(VIETGAP, **scope)

    with pytest.raises(NotFound):
        save_certificate(session, who, command, today=TODAY, now=NOW)
