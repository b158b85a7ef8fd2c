"""Members: up to one's own role, never without a director, gone at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.domain.actor import Actor, Role
from marketplace.domain.errors import NotFound, Refused
from marketplace.domain.words import MembershipState, NoticeKind
from marketplace.services.invitations import (
    Invite,
    Newcomer,
    accept_as,
    accept_as_newcomer,
    invite,
    list_invitations,
    peek_invitation,
    withdraw_invitation,
)
from marketplace.services.members import (
    ChangeRole,
    change_role,
    list_members,
    remove_member,
)
from marketplace.services.sessions import identify, open_session
from models.notices import Letter
from models.organisations import Membership, User
from tests.factories import NOW

NEWCOMER = Newcomer(name="Người Mới", password="bốn từ không liên quan")


@pytest.fixture
def coop(make):
    """An organisation with a director, an administrator and a member of staff."""
    organisation = make.organisation()
    return {
        role: make.membership(organisation, role)
        for role in (Role.DIRECTOR, Role.ADMINISTRATOR, Role.STAFF)
    }


def actor(member):
    return Actor(member.user_id, member.organisation_id, member.role)


def test_the_director_stands_on_top_of_the_list(session, coop):
    listed = list_members(session, actor(coop[Role.STAFF]))

    assert [m.role for m in listed] == [Role.DIRECTOR, Role.ADMINISTRATOR, Role.STAFF]


def test_the_last_director_cannot_leave_or_step_down(session, coop):
    director = coop[Role.DIRECTOR]

    with pytest.raises(Refused):
        remove_member(session, actor(director), director.public_id, now=NOW)
    with pytest.raises(Refused):
        change_role(
            session, actor(director), director.public_id, ChangeRole(Role.STAFF)
        )
    assert director.state is MembershipState.ACTIVE


def test_one_of_two_directors_may_leave(session, make, coop):
    director = coop[Role.DIRECTOR]
    change_role(
        session,
        actor(director),
        coop[Role.STAFF].public_id,
        ChangeRole(Role.DIRECTOR),
    )

    remove_member(session, actor(director), director.public_id, now=NOW)

    assert director.state is MembershipState.ENDED


def test_who_is_removed_is_out_at_once(session, coop):
    director, staff = coop[Role.DIRECTOR], coop[Role.STAFF]
    token = open_session(session, staff.user, membership=staff, now=NOW)

    remove_member(session, actor(director), staff.public_id, now=NOW)
    session.expire_all()

    assert identify(session, token, now=NOW) is None


def test_nobody_gives_or_takes_more_than_they_have(session, coop):
    administrator = actor(coop[Role.ADMINISTRATOR])

    for forbidden in (
        lambda: change_role(
            session,
            administrator,
            coop[Role.STAFF].public_id,
            ChangeRole(Role.DIRECTOR),
        ),
        lambda: change_role(
            session,
            administrator,
            coop[Role.DIRECTOR].public_id,
            ChangeRole(Role.STAFF),
        ),
        lambda: remove_member(
            session, administrator, coop[Role.DIRECTOR].public_id, now=NOW
        ),
        lambda: invite(
            session, administrator, Invite("a@example.vn", Role.DIRECTOR), now=NOW
        ),
        lambda: invite(
            session, administrator, Invite("a@example.vn", Role.OFFICER), now=NOW
        ),
    ):
        with pytest.raises(Refused):
            forbidden()


def test_members_of_another_organisation_are_not_found(session, make, coop):
    stranger = make.membership(make.organisation(), Role.STAFF)

    with pytest.raises(NotFound):
        remove_member(session, actor(coop[Role.DIRECTOR]), stranger.public_id, now=NOW)


def invited(session, member, email="moi@example.vn", role=Role.STAFF):
    return invite(session, actor(member), Invite(email, role), now=NOW)


def test_an_invitation_is_a_letter(session, coop):
    invitation = invited(session, coop[Role.DIRECTOR])

    letter = session.scalars(select(Letter)).one()
    assert (letter.kind, letter.recipient) == (NoticeKind.INVITATION, "moi@example.vn")
    assert invitation.nonce in letter.subject


def test_a_newcomer_joins_once(session, coop):
    invitation = invited(session, coop[Role.DIRECTOR])

    member = accept_as_newcomer(session, NEWCOMER, invitation.nonce, now=NOW)

    assert (member.role, member.state) == (Role.STAFF, MembershipState.ACTIVE)
    assert member.user.email_verified_at == NOW
    with pytest.raises(Refused):
        accept_as_newcomer(session, NEWCOMER, invitation.nonce, now=NOW)
    with pytest.raises(Refused):
        accept_as(session, member.user_id, invitation.nonce, now=NOW)


def test_somebody_with_an_account_joins_with_it(session, make, coop):
    user = make.user(email="moi@example.vn")
    nonce = invited(session, coop[Role.DIRECTOR]).nonce

    assert accept_as(session, user.id, nonce, now=NOW).user_id == user.id


def test_an_invitation_is_for_its_address(session, make, coop):
    nonce = invited(session, coop[Role.DIRECTOR]).nonce

    with pytest.raises(Refused):
        accept_as(session, make.user().id, nonce, now=NOW)


def test_a_newcomer_does_not_take_over_an_account(session, make, coop):
    make.user(email="moi@example.vn")
    nonce = invited(session, coop[Role.DIRECTOR]).nonce

    with pytest.raises(Refused):
        accept_as_newcomer(session, NEWCOMER, nonce, now=NOW)


def test_an_invitation_ends_by_time_by_hand_and_by_the_next_one(session, coop):
    director = coop[Role.DIRECTOR]
    late = invited(session, director, "a@example.vn")
    withdrawn = invited(session, director, "b@example.vn")
    replaced = invited(session, director, "c@example.vn")
    withdraw_invitation(session, actor(director), withdrawn.public_id, now=NOW)
    kept = invited(session, director, "C@Example.VN")

    with pytest.raises(Refused):
        peek_invitation(session, late.nonce, now=NOW + timedelta(days=7))
    for gone in (withdrawn, replaced):
        with pytest.raises(Refused):
            peek_invitation(session, gone.nonce, now=NOW)
    assert peek_invitation(session, kept.nonce, now=NOW) is kept
    assert list_invitations(session, actor(director), now=NOW) == [kept, late]


def test_a_member_is_not_invited_again(session, coop):
    director = coop[Role.DIRECTOR]

    with pytest.raises(Refused) as refusal:
        invited(session, director, coop[Role.STAFF].user.email)

    assert refusal.value.field == "email"


def test_an_invited_officer_gets_the_place_of_the_authority(session, make):
    authority = make.authority()
    director = make.membership(authority, Role.DIRECTOR)

    invitation = invited(session, director, role=Role.OFFICER)
    member = accept_as_newcomer(session, NEWCOMER, invitation.nonce, now=NOW)

    assert member.scope_unit_id == authority.unit_id


def test_who_left_may_be_invited_again(session, make, coop):
    director, staff = coop[Role.DIRECTOR], coop[Role.STAFF]
    user = session.get(User, staff.user_id)
    remove_member(session, actor(director), staff.public_id, now=NOW)
    nonce = invited(session, director, user.email).nonce

    accept_as(session, user.id, nonce, now=NOW)

    states = select(Membership.state).where(Membership.user_id == user.id)
    assert sorted(session.scalars(states)) == [
        MembershipState.ACTIVE,
        MembershipState.ENDED,
    ]
