"""The officer's queue: who sees what, what an answer does, and to whom it is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.domain.actor import Role
from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.domain.words import (
    MembershipState,
    NoticeKind,
    OrganisationState,
    VerificationDecision,
)
from marketplace.services.claims import pending_claims, resubmit_claim
from marketplace.services.suspension import lift_suspension, suspend_organisation
from marketplace.services.verification import (
    Decide,
    access_case,
    decide_case,
    list_queue,
    open_case,
    resubmit,
)
from models.jobs import Job
from models.notices import Letter, Notice
from models.organisations import Membership, User, VerificationCase
from models.reference import AdminUnit
from tests.factories import NOW

YES = Decide(VerificationDecision.VERIFIED)
CHANGE = Decide(VerificationDecision.CHANGE_REQUESTED, "Mã số thuế khác trên giấy")
NO = Decide(VerificationDecision.REJECTED, "Không có tổ chức này trong xã")


def waiting(session, make, **over):
    organisation = make.organisation(verified=False, **over)
    director = make.member(organisation)
    return open_case(session, organisation, now=NOW), organisation, director


def test_the_longest_waiting_is_on_top(session, make):
    officer = make.officer()
    second, *_ = waiting(session, make)
    first, *_ = waiting(session, make)
    first.submitted_at = NOW - timedelta(days=3)
    session.flush()

    cases, total = list_queue(session, officer)

    assert ([case.id for case in cases], total) == ([first.id, second.id], 2)


def test_an_officer_sees_the_own_place_only(session, make):
    case, *_ = waiting(session, make)
    elsewhere = make.officer("D116")

    assert list_queue(session, elsewhere) == ([], 0)
    with pytest.raises(NotFound):
        access_case(session, elsewhere, case.public_id)
    with pytest.raises(NotFound):
        decide_case(session, elsewhere, case.public_id, YES, now=NOW)


def test_a_buyer_from_another_province_is_seen_by_every_officer(session, make):
    hanoi = session.scalars(select(AdminUnit).where(AdminUnit.gso_code == "01")).one()
    officer = make.officer("D116")

    case, *_ = waiting(session, make, unit_id=hanoi.id)

    assert access_case(session, officer, case.public_id) is case
    told = select(Notice).where(Notice.user_id == officer.user_id)
    assert session.scalars(told).one().kind is NoticeKind.ORGANISATION_WAITING


@pytest.mark.parametrize(
    ("answer", "state", "told"),
    [
        (YES, OrganisationState.VERIFIED, NoticeKind.VERIFICATION_VERIFIED),
        (CHANGE, OrganisationState.CHANGE_REQUESTED,
         NoticeKind.VERIFICATION_CHANGE_REQUESTED),
        (NO, OrganisationState.REJECTED, NoticeKind.VERIFICATION_REJECTED),
    ],
)  # fmt: skip
def test_an_answer_is_done_and_told_with_its_reason(session, make, answer, state, told):
    case, organisation, director = waiting(session, make)

    decide_case(session, make.officer(), case.public_id, answer, now=NOW)

    assert organisation.state is state
    assert (organisation.verified_at == NOW) is (answer is YES)
    notice = session.scalars(
        select(Notice).where(Notice.user_id == director.user_id)
    ).one()
    assert (notice.kind, notice.params["reason"]) == (told, answer.reason)
    person = session.get(User, director.user_id)
    letter = session.scalars(
        select(Letter).where(Letter.recipient == person.email)
    ).one()
    assert (letter.kind, letter.params["reason"]) == (told, answer.reason)
    assert session.scalars(select(Job.kind)).all() == ["matching.run"]


@pytest.mark.parametrize("reason", ["", "   ", "sai"])
def test_a_no_needs_its_reason(session, make, reason):
    case, *_ = waiting(session, make)

    with pytest.raises(Refused) as refusal:
        decide_case(
            session,
            make.officer(),
            case.public_id,
            Decide(VerificationDecision.REJECTED, reason),
            now=NOW,
        )

    assert refusal.value.field == "reason"
    assert case.decision is None


def test_the_second_officer_is_too_late(session, make):
    case, organisation, _director = waiting(session, make)
    decide_case(session, make.officer(), case.public_id, YES, now=NOW)

    with pytest.raises(Conflict):
        decide_case(session, make.officer(), case.public_id, NO, now=NOW)

    assert organisation.state is OrganisationState.VERIFIED


def test_nobody_verifies_an_organisation_of_their_own(session, make):
    case, organisation, _director = waiting(session, make)
    officer = make.officer()
    make.membership(organisation, Role.STAFF, session.get(User, officer.user_id))

    with pytest.raises(Refused):
        decide_case(session, officer, case.public_id, YES, now=NOW)


def test_what_was_changed_comes_back_once(session, make):
    case, organisation, _director = waiting(session, make)
    decide_case(session, make.officer(), case.public_id, CHANGE, now=NOW)

    resubmit(session, organisation, now=NOW)
    resubmit(session, organisation, now=NOW)

    assert organisation.state is OrganisationState.PENDING
    open_cases = select(VerificationCase).where(VerificationCase.decision.is_(None))
    assert len(session.scalars(open_cases).all()) == 1


def claim(session, make):
    organisation = make.organisation()
    user = make.user()
    membership = make.membership(
        organisation, Role.DIRECTOR, user, state=MembershipState.PENDING
    )
    case = open_case(session, organisation, membership=membership, now=NOW)
    return case, membership, user


def test_a_confirmed_claim_opens_the_seat(session, make):
    case, membership, user = claim(session, make)

    decide_case(session, make.officer(), case.public_id, YES, now=NOW)

    assert membership.state is MembershipState.ACTIVE
    assert session.get(Membership, membership.id).organisation.verified_at == NOW
    told = session.scalars(select(Notice).where(Notice.user_id == user.id)).one()
    assert told.kind is NoticeKind.VERIFICATION_VERIFIED


def test_a_rejected_claim_ends_the_seat_and_spares_the_organisation(session, make):
    case, membership, _user = claim(session, make)

    decide_case(session, make.officer(), case.public_id, NO, now=NOW)

    assert membership.state is MembershipState.ENDED
    assert membership.organisation.state is OrganisationState.VERIFIED


def test_a_claim_that_was_sent_back_is_sent_again(session, make):
    case, membership, user = claim(session, make)
    decide_case(session, make.officer(), case.public_id, CHANGE, now=NOW)

    resubmit_claim(session, user.id, now=NOW)

    assert pending_claims(session, user.id) == [membership]
    again = session.scalars(
        select(VerificationCase).where(VerificationCase.decision.is_(None))
    ).one()
    assert again.membership_id == membership.id


def test_an_officer_suspends_and_lets_back(session, make):
    organisation, officer = make.organisation(), make.officer()
    director = make.member(organisation)

    suspend_organisation(session, officer, organisation, "Giấy giả, đang xem", now=NOW)
    assert organisation.state is OrganisationState.SUSPENDED
    told = select(Notice.kind).where(Notice.user_id == director.user_id)
    assert session.scalars(told).all() == [NoticeKind.ORGANISATION_SUSPENDED]

    lift_suspension(session, officer, organisation, now=NOW)
    assert organisation.state is OrganisationState.VERIFIED


def test_an_officer_of_elsewhere_suspends_nobody(session, make):
    organisation = make.organisation()

    with pytest.raises(NotFound):
        suspend_organisation(
            session, make.officer("D116"), organisation, "Giấy giả", now=NOW
        )
    assert organisation.state is OrganisationState.VERIFIED


def test_only_a_verified_organisation_is_suspended(session, make):
    case, organisation, _director = waiting(session, make)

    with pytest.raises(Refused):
        suspend_organisation(session, make.officer(), organisation, "Giấy giả", now=NOW)
    assert case.decision is None
