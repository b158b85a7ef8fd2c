"""Notices: once an event, to the right people, under the right hat."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.domain.actor import Role
from marketplace.domain.errors import NotFound
from marketplace.domain.words import MembershipState, NoticeKind
from marketplace.services.notice_params import shown_params
from marketplace.services.notice_words import WORDS
from marketplace.services.notices import (
    count_unread,
    list_notices,
    notify_officers,
    notify_organisation,
    notify_user,
    read_all_notices,
    read_notice,
)
from models.notices import Letter, Notice
from tests.factories import NOW

KIND = NoticeKind.PROPOSAL_NEW
PARAMS = {"partner": "Sao Xanh", "product": "Nhãn", "kg": 12_500, "price_vnd": 14_500}


def test_an_organisation_is_its_active_members(session, make):
    organisation = make.organisation()
    told = make.member(organisation), make.member(organisation, Role.STAFF)
    make.membership(organisation, state=MembershipState.PENDING)
    make.membership(organisation, state=MembershipState.ENDED, ended_at=NOW)
    make.member()

    number = notify_organisation(
        session, organisation.id, KIND, "proposal:abc", PARAMS, now=NOW
    )

    assert number == 2
    people = session.scalars(select(Notice.user_id)).all()
    assert sorted(people) == sorted(one.user_id for one in told)
    assert len(session.scalars(select(Letter)).all()) == 2


def test_the_same_event_speaks_once_and_its_next_version_again(session, make):
    who = make.member()

    told = [
        notify_user(
            session, who.user_id, KIND, "proposal:abc", PARAMS, now=NOW, version=version
        )
        for version in (1, 1, 2)
    ]

    assert told == [True, False, True]
    assert len(session.scalars(select(Letter)).all()) == 2


def test_officers_are_those_of_the_place(session, make):
    here, elsewhere = make.officer("D126"), make.officer("D116")

    notify_officers(
        session,
        make.commune("Chiềng Khoong").id,
        NoticeKind.CHAIN_SUBMITTED,
        "chain:abc",
        {"chain": "Nhãn"},
        now=NOW,
    )

    assert session.scalars(select(Notice.user_id)).all() == [here.user_id]
    assert elsewhere.user_id != here.user_id


@pytest.mark.parametrize(
    ("kind", "letters"), [(KIND, 0), (NoticeKind.VERIFICATION_REJECTED, 1)]
)
def test_an_unconfirmed_address_gets_what_it_asked_for_only(
    session, make, kind, letters
):
    user = make.user(email_verified_at=None)

    notify_user(session, user.id, kind, "proposal:abc", PARAMS, now=NOW)

    assert len(session.scalars(select(Letter)).all()) == letters


def test_who_has_a_phone_only_is_told_in_the_app(session, make):
    user = make.user(email=None, phone="+84987000222")

    assert notify_user(session, user.id, KIND, "proposal:abc", PARAMS, now=NOW)

    assert session.scalars(select(Letter)).all() == []


def test_each_hat_has_its_own_notices(session, make):
    user = make.user()
    first, second = (make.member(make.organisation(), user=user) for _ in range(2))
    for number in range(3):
        notify_organisation(
            session,
            first.organisation_id,
            KIND,
            f"proposal:{number}",
            PARAMS,
            now=NOW + timedelta(minutes=number),
        )

    rows, total = list_notices(session, first, limit=2)

    assert ([row.subject for row in rows], total) == (["proposal:2", "proposal:1"], 3)
    assert count_unread(session, second) == 0
    with pytest.raises(NotFound):
        read_notice(session, second, rows[0].public_id, now=NOW)


def test_what_is_read_is_counted_no_more(session, make):
    who = make.member()
    for number in range(3):
        notify_user(session, who.user_id, KIND, f"proposal:{number}", PARAMS, now=NOW)
    rows, _total = list_notices(session, who, limit=3)

    read_notice(session, who, rows[0].public_id, now=NOW)
    assert count_unread(session, who) == 2
    read_all_notices(session, who, now=NOW)
    assert count_unread(session, who) == 0


def test_every_kind_has_words_whose_places_are_known():
    places = {
        "organisation", "reason", "inviter", "name", "partner", "kg", "product",
        "price", "number", "paper", "day", "chain", "amount", "seasons", "writer",
        "file", "maker", "rows", "area", "lot", "lots", "sender", "days",
        "wrong", "order", "by", "todo",
    }  # fmt: skip

    assert set(WORDS) == set(NoticeKind)
    for said in WORDS.values():
        assert set(re.findall(r"%\((\w+)\)s", said.title + said.text)) <= places


def test_places_are_filled_as_people_read_them():
    params = {**PARAMS, "expires_at": "2026-03-05T18:00:00+00:00"}

    shown = shown_params(params, "vi")

    assert (shown["kg"], shown["price"], shown["day"]) == (
        "12,5 tấn",
        "14.500 đ/kg",
        "06/03/2026",
    )
    assert shown["missing"] == ""


def test_an_english_reader_is_told_the_english_name():
    params = {**PARAMS, "product_en": "Longan"}

    assert shown_params(params, "en")["product"] == "Longan"
    assert shown_params(params, "vi")["product"] == "Nhãn"
