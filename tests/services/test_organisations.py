"""What an organisation says of itself, what it is called, and where it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from marketplace.domain.errors import NotFound, Refused
from marketplace.domain.words import (
    NoticeKind,
    OrganisationKind,
    OrganisationState,
    VerificationDecision,
)
from marketplace.services import registration
from marketplace.services.organisation_profiles import Profile, fill_organisation
from marketplace.services.organisations import (
    access_organisation,
    require_verified,
    search_register,
)
from marketplace.services.own_profile import edit_profile
from marketplace.services.units import (
    communes_of_group,
    communes_on,
    resolve_commune,
    search_units,
    unit_on,
    units_within,
)
from models.notices import Letter
from models.organisations import Membership, Organisation, User, VerificationCase
from tests.factories import NOW, TODAY

PROFILE = Profile(
    kind=OrganisationKind.COOPERATIVE,
    name="HTX Nhãn Thử Nghiệm",
    commune="Chiềng Khoong",
    tax_code="9800000012",
    official_members=9,
    legal_representative="Lò Thị Thử",
)
APPLICANT = registration.Applicant(
    name="Lò Thị Thử",
    email="thu@example.vn",
    phone="+84987000111",
    password="bốn từ không liên quan",
)


def register(session, applicant=APPLICANT, **changes):
    profile = replace(PROFILE, **changes)
    return registration.register_new(session, applicant, profile, today=TODAY, now=NOW)


def test_a_new_organisation_waits_with_its_director(session, make):
    make.officer("D126")

    membership = register(session)

    organisation = session.get(Organisation, membership.organisation_id)
    assert organisation.state is OrganisationState.PENDING
    assert organisation.short_name == "Nhãn Thử Nghiệm"
    case = session.scalars(select(VerificationCase)).one()
    assert (case.organisation_id, case.membership_id) == (organisation.id, None)
    kinds = session.scalars(select(Letter.kind)).all()
    assert sorted(kinds) == [NoticeKind.ORGANISATION_WAITING, NoticeKind.VERIFY_EMAIL]


def test_an_account_that_exists_gets_a_letter_and_nothing_else(session, make):
    known = make.user(email="thu@example.vn")

    assert register(session) is None
    session.flush()

    assert session.scalars(select(User)).all() == [known]
    assert session.scalars(select(Organisation)).all() == []
    letter = session.scalars(select(Letter)).one()
    assert (letter.kind, letter.recipient) == (
        NoticeKind.RESET_PASSWORD,
        "thu@example.vn",
    )
    assert letter.params["because"] == "registered"


def test_a_phone_that_exists_is_an_account_that_exists(session, make):
    make.user(phone="+84987000111")

    assert register(session) is None


def test_who_claims_a_known_organisation_waits_outside(session, make):
    known = make.organisation()

    membership = registration.register_claim(
        session, APPLICANT, known.public_id, now=NOW
    )

    assert membership.state == "pending"
    case = session.scalars(select(VerificationCase)).one()
    assert case.membership_id == membership.id


@pytest.mark.parametrize("verified", [True, False])
def test_only_a_verified_company_may_be_claimed(session, make, verified):
    hidden = make.authority() if verified else make.organisation(verified=False)

    with pytest.raises(Refused):
        registration.register_claim(session, APPLICANT, hidden.public_id, now=NOW)


def test_somebody_with_an_account_adds_one_more(session, make):
    who = make.member()

    registration.add_new(session, who.user_id, PROFILE, today=TODAY, now=NOW)

    mine = select(Membership).where(Membership.user_id == who.user_id)
    assert len(session.scalars(mine).all()) == 2


def test_nobody_claims_the_same_organisation_twice(session, make):
    user, known = make.user(), make.organisation()
    registration.add_claim(session, user.id, known.public_id, now=NOW)

    with pytest.raises(Refused):
        registration.add_claim(session, user.id, known.public_id, now=NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tax_code": "9800000011"}, "tax_code"),
        ({"tax_code": "9800000012-000"}, "tax_code"),
        ({"tax_code": ""}, "tax_code"),
        ({"tax_code": "014123456789"}, "tax_code"),
        ({"official_members": 4}, "official_members"),
        ({"official_members": None}, "official_members"),
        ({"commune": "Không Đâu Cả"}, "commune"),
        ({"name": "HT"}, "name"),
        ({"name": "HTX Nhãn\u202e Thử"}, "name"),
        ({"address": "Bản\u200b Một"}, "address"),
        ({"kind": OrganisationKind.AUTHORITY}, "kind"),
    ],
)
def test_a_wrong_profile_names_the_field(session, changes, field):
    with pytest.raises(Refused) as refusal:
        register(session, **changes)

    assert refusal.value.field == field
    assert session.scalars(select(User)).all() == []


@pytest.mark.parametrize(
    "alike",
    ["htx nhãn thử nghiệm", "HTX  Nhãn Thử Nghiệm", "НTХ Nhãn Thử Nghiệm",
     "HTX Nhãn Thử Nghlệm", "HTX-Nhãn-Thử-Nghiệm"],
)  # fmt: skip
def test_a_name_that_looks_like_another_is_refused(session, alike):
    register(session)

    other = replace(APPLICANT, email="khac@example.vn", phone=None)
    with pytest.raises(Refused) as refusal:
        register(session, other, name=alike, tax_code="9800000037")

    assert refusal.value.field == "name"


def test_a_tax_code_belongs_to_one(session):
    register(session)

    other = replace(APPLICANT, email="khac@example.vn", phone=None)
    with pytest.raises(Refused) as refusal:
        register(session, other, name="HTX Xoài Khác", tax_code="9800000012")

    assert refusal.value.field == "tax_code"


def test_least_members_follow_the_law_of_the_day(session):
    before_the_law = Profile(**{**vars(PROFILE), "official_members": 6})

    fill_organisation(session, Organisation(), before_the_law, today=TODAY)
    with pytest.raises(Refused):
        fill_organisation(
            session, Organisation(), before_the_law, today=date(2024, 6, 30)
        )


# --- places ------------------------------------------------------------------------


def test_an_abolished_commune_is_todays_and_says_both(session):
    membership = register(session, commune="xã Nà Nghịu")

    organisation = session.get(Organisation, membership.organisation_id)
    assert organisation.unit.name == "Xã Sông Mã"
    assert organisation.declared_unit.name == "Xã Nà Nghịu"


def test_a_commune_that_kept_its_name_is_not_called_renamed(session):
    place = resolve_commune(session, "chieng khoong", today=TODAY)

    assert place.current.name == "Xã Chiềng Khoong"
    assert not place.renamed


def test_a_buyer_may_sit_in_another_province(session):
    assert resolve_commune(session, "Hà Nội", today=TODAY).current.level == "province"


def test_places_are_found_without_diacritics_old_and_new(session):
    found = search_units(session, "na nghiu", today=TODAY)

    assert [(r.unit.name, r.current.name) for r in found] == [
        ("Xã Nà Nghịu", "Xã Sông Mã")
    ]
    assert search_units(session, "  ", today=TODAY) == []


def test_the_former_district_has_nine_communes_now_and_nineteen_before(session):
    assert len(communes_of_group(session, "D126", TODAY)) == 9
    assert len(communes_of_group(session, "D126", date(2025, 6, 30))) == 19
    assert len(communes_on(session, TODAY)) == 75


def test_what_lies_in_a_unit_holds_what_went_into_it(session, make):
    commune = make.commune("Sông Mã")

    names = {
        unit_on(session, i, date(2025, 1, 1)).name
        for i in units_within(session, commune.id)
    }

    assert {"Xã Nà Nghịu", "Thị trấn Sông Mã"} <= names


# --- the register and the page -------------------------------------------------------


@pytest.mark.parametrize("text", ["toan thang", "TOÀN THẮNG", "9800000037", "na nghiu"])
def test_the_register_is_searched_by_name_code_and_commune(session, make, text):
    old = search_units(session, "Nà Nghịu", today=TODAY)[0]
    make.organisation(name="Khác hẳn")
    make.organisation(
        name="HTX Toàn Thắng",
        tax_code="9800000037",
        unit_id=old.current.id,
        declared_unit_id=old.unit.id,
    )

    assert [o.name for o in search_register(session, text)] == ["HTX Toàn Thắng"]


@pytest.mark.parametrize("text", ["", "h", "%", "__"])
def test_the_register_gives_nothing_for_next_to_nothing(session, make, text):
    make.organisation(name="HTX Toàn Thắng")

    assert list(search_register(session, text)) == []


def test_strangers_see_an_organisation_once_it_is_verified(session, make):
    waiting, verified = make.organisation(verified=False), make.organisation()
    stranger, own = make.member(), make.member(waiting)

    assert access_organisation(session, None, verified.public_id) is verified
    assert access_organisation(session, own, waiting.public_id) is waiting
    assert access_organisation(session, make.officer(), waiting.public_id) is waiting
    for who in (None, stranger, make.officer("D116")):
        with pytest.raises(NotFound):
            access_organisation(session, who, waiting.public_id)
    with pytest.raises(NotFound):
        access_organisation(session, stranger, verified.public_id, "write")


@pytest.mark.parametrize(
    "state", [s for s in OrganisationState if s is not OrganisationState.VERIFIED]
)
def test_only_a_verified_organisation_may_publish(session, make, state):
    organisation = make.organisation(verified=False, state=state)

    with pytest.raises(Refused):
        require_verified(session, make.member(organisation))


def test_a_verified_organisation_may_publish(session, make):
    organisation = make.organisation()

    assert require_verified(session, organisation.id) is organisation


# --- our own profile -------------------------------------------------------------------


def own_profile(session, make):
    membership = register(session)
    organisation = session.get(Organisation, membership.organisation_id)
    organisation.state, organisation.verified_at = OrganisationState.VERIFIED, NOW
    case = session.scalars(select(VerificationCase)).one()
    case.decision, case.decided_at = VerificationDecision.VERIFIED, NOW
    session.flush()
    return organisation, make.member(organisation)


def test_what_an_officer_compared_is_compared_again(session, make):
    organisation, who = own_profile(session, make)

    new = replace(PROFILE, name="HTX Nhãn Tên Mới")
    assert edit_profile(session, who, new, today=TODAY, now=NOW)

    assert organisation.state is OrganisationState.PENDING
    assert organisation.verified_at is None
    waiting = select(VerificationCase).where(VerificationCase.decision.is_(None))
    assert len(session.scalars(waiting).all()) == 1


def test_other_fields_change_at_once(session, make):
    organisation, who = own_profile(session, make)

    new = replace(PROFILE, bank_account="0123 456", charter_capital_vnd=2_000_000_000)
    assert not edit_profile(session, who, new, today=TODAY, now=NOW)

    assert organisation.state is OrganisationState.VERIFIED
    assert organisation.charter_capital_vnd == 2_000_000_000


def test_a_suspended_organisation_does_not_edit_its_way_back(session, make):
    organisation, who = own_profile(session, make)
    organisation.state = OrganisationState.SUSPENDED

    with pytest.raises(Refused):
        edit_profile(session, who, PROFILE, today=TODAY, now=NOW)
