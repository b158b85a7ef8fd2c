"""A new installation gets its office and its officers."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.domain.actor import Role
from marketplace.domain.errors import Refused
from marketplace.domain.words import NoticeKind
from marketplace.services.authority import appoint, found_authority
from marketplace.services.sessions import actor_of
from models.notices import Letter
from tests.factories import NOW, TODAY

NAME = "Phòng Kinh tế xã Sông Mã"


def found(session):
    return found_authority(session, NAME, "Xã Sông Mã", today=TODAY, now=NOW)


def test_founding_twice_is_the_same_office(session):
    assert found(session).id == found(session).id


def test_an_officer_looks_after_the_communes_of_both_times(session):
    member = appoint(
        session, found(session), "Lò Văn Một", "mot@example.vn", area="D126", now=NOW
    )

    assert member.role is Role.OFFICER
    assert len(actor_of(session, member).scope_unit_ids) == 28


def test_a_newcomer_gets_a_link_to_choose_a_password(session):
    appoint(session, found(session), "Lò Thị Hai", "hai@example.vn", area=None, now=NOW)

    letter = session.scalars(select(Letter)).one()

    assert letter.recipient == "hai@example.vn"
    assert letter.kind is NoticeKind.RESET_PASSWORD


def test_an_area_nobody_knows_is_refused(session):
    with pytest.raises(Refused):
        appoint(session, found(session), "Ba", "ba@example.vn", area="D999", now=NOW)
