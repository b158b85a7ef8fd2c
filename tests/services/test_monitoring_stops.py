"""What is late is told to both sides; chains that stop, go on, or fall asleep."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.domain.errors import NotFound, Refused
from marketplace.domain.words import ChainState, NoticeKind
from marketplace.services.monitoring_night import warn_overdue
from marketplace.services.monitoring_stops import (
    declare_resumption,
    declare_stop,
)
from tests.factories import NOW, TODAY
from tests.monitoring_rows import Watched, told


@pytest.fixture
def watched(session, make):
    return Watched(session, make)


def test_what_is_late_is_told_to_both_sides_once_a_week(session, watched):
    watched.found()
    late = TODAY + timedelta(days=16)

    for day in (0, 1, 7):
        moment = NOW + timedelta(days=16 + day)
        warn_overdue(session, today=late + timedelta(days=day), now=moment)

    assert told(session, NoticeKind.FINDING_OVERDUE, watched.lead) == 2
    assert told(session, NoticeKind.FINDING_OVERDUE, watched.officer) == 2


def test_a_visit_that_was_not_made_is_told_to_both_sides(session, watched):
    watched.planned(day=3)

    assert warn_overdue(session, today=TODAY + timedelta(days=3), now=NOW) == 0
    assert warn_overdue(session, today=TODAY + timedelta(days=4), now=NOW) == 1
    assert told(session, NoticeKind.CHECK_OVERDUE, watched.lead) == 1


def test_a_lead_stops_its_chain_and_takes_it_up_again(session, watched):
    args = session, watched.lead, watched.id

    declare_stop(*args, "bán tự do", today=TODAY, now=NOW)
    with pytest.raises(Refused):
        declare_stop(*args, "lần nữa", today=TODAY, now=NOW)
    assert watched.chain.state is ChainState.STOPPED

    later = TODAY + timedelta(days=1)
    declare_resumption(*args, "có người mua", today=later, now=NOW)
    assert watched.chain.state is ChainState.SUBMITTED
    with pytest.raises(Refused):
        declare_resumption(*args, "lần nữa", today=later, now=NOW)


def test_nobody_but_the_lead_declares_a_stop(session, make, watched):
    for who in (make.member(), watched.officer):
        with pytest.raises(NotFound):
            declare_stop(session, who, watched.id, "dừng", today=TODAY, now=NOW)
