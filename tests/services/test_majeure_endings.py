"""Who was struck says when it is over; what lasts too long may be ended early."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.domain.majeure import Hindered, add_months
from marketplace.domain.words import NoticeKind
from marketplace.services.majeure import withdraw_notice
from marketplace.services.majeure_answers import acknowledge_notice
from marketplace.services.majeure_endings import (
    end_majeure,
    has_outlasted,
    may_end,
    outlasting,
)
from models.majeure import MajeureNotice
from models.notices import Notice
from tests.acting import Acted
from tests.factories import NOW, TODAY
from tests.majeure_rows import told

DAY = timedelta(days=1)


@pytest.fixture
def acted(session, make):
    acted = Acted(session, make)
    told(session, acted.seller, acted.contract, Hindered(1, 12_000))
    return acted


def ended(acted, who, on=TODAY + 2 * DAY, days=3):
    public_id = acted.contract.public_id
    at = {"today": TODAY + days * DAY, "now": NOW + days * DAY}
    return end_majeure(acted.session, who, public_id, 1, on, **at)


def told_of(session, who):
    wanted = select(Notice.kind).where(Notice.user_id == who.user_id)
    return list(session.scalars(wanted))


def test_the_other_side_is_told_since_when_it_is_over(session, acted):
    acknowledge_notice(session, acted.buyer, acted.contract.public_id, 1, now=NOW)

    notice = ended(acted, acted.seller)

    assert notice.ended_on == TODAY + 2 * DAY
    assert told_of(session, acted.buyer).count(NoticeKind.MAJEURE_ANSWERED) == 1
    assert acted.contract.events[-1].event == "majeure_ended"
    assert not may_end(notice)


def test_once_more_is_the_same_and_another_day_is_a_conflict(session, acted):
    ended(acted, acted.seller)
    before = len(acted.contract.events)

    ended(acted, acted.seller)

    session.refresh(acted.contract, ["events"])
    assert len(acted.contract.events) == before
    with pytest.raises(Conflict):
        ended(acted, acted.seller, TODAY + DAY)


@pytest.mark.parametrize("day", [-1, 4])
def test_it_ends_neither_before_it_began_nor_in_time_to_come(acted, day):
    with pytest.raises(Refused) as refusal:
        ended(acted, acted.seller, TODAY + day * DAY)

    assert refusal.value.field == "ended"


def test_only_the_side_that_was_struck_says_so(session, make, acted):
    with pytest.raises(Refused):
        ended(acted, acted.buyer)
    with pytest.raises(NotFound):
        ended(acted, make.member())
    withdraw_notice(session, acted.seller, acted.contract.public_id, 1, now=NOW)
    with pytest.raises(Refused):
        ended(acted, acted.seller)


def test_the_database_keeps_the_day_that_was_told(session, acted):
    ended(acted, acted.seller)

    for day in (None, TODAY + DAY):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(sa.update(MajeureNotice).values(ended_on=day))


def test_what_lasts_longer_than_the_extension_is_pointed_out_until_it_ends(
    session, acted
):
    notice = acknowledge_notice(
        session, acted.buyer, acted.contract.public_id, 1, now=NOW
    )
    months = outlasting(session, acted.contract, today=TODAY)
    last = add_months(TODAY, months)

    assert months == 5
    assert not has_outlasted(notice, months, last)
    assert has_outlasted(notice, months, last + DAY)
    ended(acted, acted.seller)
    assert not has_outlasted(notice, months, last + DAY)
