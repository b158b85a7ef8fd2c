"""Changes of verified papers: the paper counts as it was until they are verified."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from marketplace.domain.chain_facts import Evidence
from marketplace.domain.commands_papers import SaveFacility, SavePackingCode
from marketplace.domain.errors import Conflict, Refused
from marketplace.domain.words import FacilityKind, Market, PaperState
from marketplace.services.areas import save_facility
from marketplace.services.chain_facts import facts_of
from marketplace.services.chain_recount import Knowledge, recount
from marketplace.services.invariants_papers import CHECKS_OF_PAPERS
from marketplace.services.packing_codes import save_packing_code
from marketplace.services.paper_change_review import (
    return_written,
    seen_of,
    verify_written,
)
from marketplace.services.paper_changes import (
    command_of,
    list_versions,
    open_change,
    words_of,
)
from marketplace.services.paper_checks import certificate_command, code_command
from marketplace.services.paper_queue import returned_papers, waiting_papers
from marketplace.services.paper_review import Reviewing, resume_paper, suspend_paper
from marketplace.services.papers import save_certificate, save_code
from marketplace.services.registers import certificates_on, codes_on
from models.organisations import Organisation
from models.paper_versions import PaperChange, PaperVersion
from tests.chain_rows import Chains, at
from tests.factories import NOW, TODAY

DAY = timedelta(days=1)
LATER = TODAY + 40 * DAY


@pytest.fixture
def who(make):
    return make.member()


@pytest.fixture
def row(session, make, who):
    """A certificate that an officer verified on TODAY."""
    return make.certificate(who_is(session, who), area_ha="5")


def who_is(session, who):
    return session.get_one(Organisation, who.organisation_id)


def edit(session, who, row, today=LATER, **over):
    command = replace(certificate_command(row), **over)
    save_certificate(session, who, command, row.public_id, today=today, now=at(today))
    return open_change(session, row)


def accept(session, make, row, day=LATER):
    step = Reviewing(make.officer(), day, at(day))
    verify_written(session, row, step, seen=seen_of(session, row))


def listed(session, make, row, *days):
    units = make.officer().scope_unit_ids
    return [row in certificates_on(session, row.scheme, day, units) for day in days]


def test_until_a_change_is_verified_the_paper_counts_as_it_was(session, make, who, row):
    change = edit(session, who, row, area_ha=Decimal(7), number="VG-SUA")

    assert (row.state, row.area_ha) == (PaperState.ACTIVE, 5)
    assert row.number != "VG-SUA"
    assert command_of(change) == words_of(session, row)
    assert listed(session, make, row, TODAY, LATER) == [True, True]
    assert waiting_papers(session, make.officer()) == [row]


def test_a_verified_change_counts_from_its_day_and_the_days_before_stay(
    session, make, who, row
):
    edit(session, who, row, area_ha=Decimal(7), issued_on=TODAY + 20 * DAY)

    accept(session, make, row)

    assert (row.state, row.area_ha, row.verified_at) == ("active", 7, at(LATER))
    (before,) = list_versions(session, row)
    assert (before.first_day, before.until) == (TODAY, LATER)
    assert Decimal(before.said["area_ha"]) == 5
    days = (TODAY - DAY, TODAY, LATER - DAY, LATER)
    assert listed(session, make, row, *days) == [False, True, True, True]
    assert waiting_papers(session, make.officer()) == []
    assert open_change(session, row) is None


def test_days_on_which_the_old_words_had_lapsed_are_not_given_back(
    session, make, who, row
):
    row.expires_on = TODAY + 10 * DAY
    session.flush()
    edit(session, who, row, TODAY + 5 * DAY, expires_on=TODAY + 300 * DAY)

    accept(session, make, row)

    days = (TODAY + 10 * DAY, TODAY + 11 * DAY, LATER - DAY, LATER)
    assert listed(session, make, row, *days) == [True, False, False, True]


def test_a_returned_change_is_written_again_and_the_paper_counts_on(
    session, make, who, row
):
    change = edit(session, who, row, area_ha=Decimal(7))
    officer = make.officer()
    step = Reviewing(officer, LATER, at(LATER))

    return_written(session, row, "Sai diện tích", step, seen=seen_of(session, row))

    assert listed(session, make, row, LATER) == [True]
    assert waiting_papers(session, officer) == []
    assert returned_papers(session, who.organisation_id) == [row]
    assert edit(session, who, row, area_ha=Decimal(6)) is change
    assert change.state is PaperState.PENDING
    assert waiting_papers(session, officer) == [row]


def test_a_number_that_is_taken_is_refused_and_nothing_is_left(session, make, who, row):
    other = make.certificate(make.organisation())

    with pytest.raises(Refused):
        edit(session, who, row, number=other.number, issuer=other.issuer)

    assert session.scalars(select(PaperChange)).all() == []
    assert row.number != other.number


def test_nobody_verifies_the_own_change_or_one_that_changed_under_the_eyes(
    session, make, who, row
):
    officer = make.officer()
    edit(session, who, row, area_ha=Decimal(7))
    seen = seen_of(session, row)
    writer = replace(officer, user_id=who.user_id)

    with pytest.raises(Refused):
        verify_written(session, row, Reviewing(writer, LATER, at(LATER)), seen=seen)
    edit(session, who, row, LATER + DAY, area_ha=Decimal(8))
    with pytest.raises(Conflict):
        verify_written(session, row, Reviewing(officer, LATER, at(LATER)), seen=seen)

    assert row.area_ha == 5


def test_a_suspended_paper_stays_so_when_its_change_is_verified(
    session, make, who, row
):
    step = Reviewing(make.officer(), TODAY + 10 * DAY, NOW)
    suspend_paper(session, row, "Mẫu hỏng", step)
    edit(session, who, row, area_ha=Decimal(7))

    accept(session, make, row)
    stopped = row.state
    back = Reviewing(make.officer(), LATER + DAY, at(LATER + DAY))
    resume_paper(session, row, back)

    assert stopped is PaperState.SUSPENDED
    days = (TODAY + 9 * DAY, TODAY + 10 * DAY, LATER, LATER + DAY)
    assert listed(session, make, row, *days) == [True, False, False, True]


def test_codes_of_gardens_and_packing_houses_change_in_the_same_way(session, make, who):
    area = make.area(who_is(session, who))
    code = make.code(area)
    words = replace(code_command(code), area_ha=area.area_ha / 2)
    save_code(session, who, words, code.public_id, today=LATER, now=at(LATER))
    before = code.area_ha
    accept(session, make, code)
    units = make.officer().scope_unit_ids

    assert (before, code.area_ha) == (area.area_ha, area.area_ha / 2)
    assert [list(codes_on(session, day, units)) for day in (TODAY, LATER)] == [
        [code],
        [code],
    ]
    place = SaveFacility(FacilityKind.PACKING_HOUSE, "Nhà sơ chế", make.commune().id)
    house = save_facility(session, who, place, today=TODAY)
    packing = SavePackingCode(
        house.public_id, Market.CN, "VN-SLPH-012", TODAY - 30 * DAY
    )
    row = save_packing_code(session, who, packing, today=TODAY, now=NOW)
    accept(session, make, row, TODAY)
    again = replace(packing, code="VN-SLPH-013")
    save_packing_code(session, who, again, row.public_id, today=LATER, now=at(LATER))
    waits = row.code
    accept(session, make, row)

    assert (waits, row.code) == ("VN-SLPH-012", "VN-SLPH-013")
    versions = session.scalars(select(PaperVersion.until)).all()
    assert versions == [LATER, LATER]


def test_a_chain_keeps_its_past_when_the_paper_it_rests_on_is_changed(session, make):
    chains = Chains(session, make)
    chain = chains.confirmed()
    (paper,) = (
        one
        for one in certificates_on(
            session, "VIETGAP", TODAY, make.officer().scope_unit_ids
        )
        if one.organisation_id == chain.lead_id
    )
    chains.fact(
        chain, "post_check", passed=True, today=TODAY + DAY, now=at(TODAY + DAY)
    )
    holder = make.member(chain.lead)
    edit(session, holder, paper, TODAY + 5 * DAY, issued_on=TODAY + 3 * DAY)
    accept(session, make, paper, TODAY + 7 * DAY)
    last = TODAY + 9 * DAY
    chains.fact(chain, "post_check", passed=True, today=last, now=at(last))

    session.expire_all()
    evidence = facts_of(session, chain).evidence
    grown = [one for one in evidence if _of(one, paper)]

    assert len({one.paper for one in grown}) == 2
    for day in range(10):
        assert any(one.counts_on(TODAY + day * DAY) for one in grown)
    for knowledge in Knowledge:
        found = recount(session, TODAY, last, knowledge, [chain.id])
        assert [one.what for one in found if one.what in ("S2", "state")] == []


def _of(evidence: Evidence, paper):
    return evidence.paper is not None and evidence.paper.scheme == paper.scheme


def test_versions_of_one_paper_that_overlap_are_found(session, make, who, row):
    edit(session, who, row, area_ha=Decimal(7))
    accept(session, make, row)
    edit(session, who, row, LATER + DAY, area_ha=Decimal(8))
    accept(session, make, row, LATER + 9 * DAY)
    (check,) = CHECKS_OF_PAPERS
    whole = list(check(session))
    first = list_versions(session, row)[-1]
    session.add(
        PaperVersion(
            certificate_id=row.id,
            said=first.said,
            scope=first.scope,
            first_day=first.first_day + DAY,
            until=first.until,
            verified_at=first.verified_at,
            verified_by_id=first.verified_by_id,
        )
    )
    session.flush()

    assert (whole, len(list(check(session)))) == ([], 1)
