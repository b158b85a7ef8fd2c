"""Sessions are rows: they expire, lie idle, and end for every copy of a cookie."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.domain.actor import Role
from marketplace.domain.errors import NotFound
from marketplace.domain.words import MembershipState
from marketplace.services.passwords import set_password
from marketplace.services.sessions import (
    end_own_session,
    end_session,
    end_sessions_of,
    identify,
    list_sessions,
    open_session,
    switch_seat,
    touch_session,
)
from models.organisations import User
from models.sessions import UserSession
from tests.factories import NOW


def test_the_table_does_not_hold_the_token(session, make):
    token = open_session(session, make.user(), now=NOW)

    row = session.scalars(select(UserSession)).one()
    assert token not in (row.token_digest, row.user_agent, row.address)
    assert len(token) >= 43  # 256 bits


@pytest.mark.parametrize(
    ("remember", "role", "after", "alive"),
    [
        (False, Role.DIRECTOR, timedelta(hours=1, minutes=59), True),
        (False, Role.DIRECTOR, timedelta(hours=2), False),
        (True, Role.DIRECTOR, timedelta(days=29), True),
        (True, Role.DIRECTOR, timedelta(days=30), False),
        (True, Role.OFFICER, timedelta(hours=2), False),
    ],
)
def test_an_idle_session_ends(session, make, remember, role, after, alive):
    user = make.user()
    if role is Role.OFFICER:
        user = session.get(User, make.officer().user_id)
    token = open_session(session, user, remember=remember, now=NOW)

    assert (identify(session, token, now=NOW + after) is not None) is alive


@pytest.mark.parametrize(
    ("remember", "officer", "longest"),
    [
        (False, False, timedelta(hours=12)),
        (True, False, timedelta(days=90)),
        (True, True, timedelta(hours=8)),
    ],
)
def test_a_busy_session_ends_too(session, make, remember, officer, longest):
    user = session.get(User, make.officer().user_id) if officer else make.user()
    token = open_session(session, user, remember=remember, now=NOW)
    row = session.scalars(select(UserSession)).one()

    touch_session(session, row.id, now=NOW + longest)
    session.expire_all()

    assert identify(session, token, now=NOW + longest - timedelta(seconds=1))
    assert identify(session, token, now=NOW + longest) is None


def test_an_ended_session_is_dead(session, make):
    token = open_session(session, make.user(), now=NOW)

    end_session(session, token, now=NOW)
    session.expire_all()

    assert identify(session, token, now=NOW) is None


def test_a_new_password_ends_all_sessions(session, make):
    user = make.user()
    token = open_session(session, user, now=NOW)

    set_password(user, "bốn từ không liên quan")
    session.flush()

    assert identify(session, token, now=NOW) is None


def test_signing_out_everywhere_spares_the_others(session, make):
    mine, theirs = make.user(), make.user()
    tokens = [open_session(session, mine, now=NOW) for _ in range(3)]
    other = open_session(session, theirs, now=NOW)

    end_sessions_of(session, mine.id, now=NOW)
    session.expire_all()

    assert [identify(session, token, now=NOW) for token in tokens] == [None] * 3
    assert identify(session, other, now=NOW)
    assert list_sessions(session, mine.id, now=NOW) == []


def test_nobody_ends_the_session_of_another(session, make):
    mine, theirs = make.user(), make.user()
    open_session(session, theirs, now=NOW)
    row = session.scalars(select(UserSession)).one()

    with pytest.raises(NotFound):
        end_own_session(session, mine.id, row.id, now=NOW)


def test_a_person_with_two_organisations_switches(session, make):
    user, first, second = make.user(), make.organisation(), make.buyer()
    make.membership(first, Role.DIRECTOR, user)
    make.membership(second, Role.BUYER, user)
    token = open_session(session, user, now=NOW)
    identity = identify(session, token, now=NOW)

    switch_seat(session, identity, second.public_id)
    session.flush()

    assert identity.actor.organisation_id == first.id
    switched = identify(session, token, now=NOW)
    assert (switched.actor.organisation_id, switched.actor.role) == (
        second.id,
        Role.BUYER,
    )
    with pytest.raises(NotFound):
        switch_seat(session, switched, make.organisation().public_id)


def test_a_seat_that_ended_is_no_seat(session, make):
    user = make.user()
    member = make.membership(make.organisation(), Role.DIRECTOR, user)
    token = open_session(session, user, now=NOW)

    member.state, member.ended_at = MembershipState.ENDED, NOW
    session.flush()

    assert identify(session, token, now=NOW).actor is None


def test_an_officer_comes_with_the_communes_of_the_scope(session, make):
    officer = make.officer("D126")
    user = session.get(User, officer.user_id)

    identity = identify(session, open_session(session, user, now=NOW), now=NOW)

    assert identity.actor == officer
    assert len(identity.actor.scope_unit_ids) == 19 + 9
