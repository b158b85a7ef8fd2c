"""Chains that may have stopped: proposed by dated rules, decided by two officers."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from marketplace.domain.errors import NotFound, Refused
from marketplace.domain.words import ChainState, NoticeKind
from marketplace.services.chain_dormancy import (
    evidence_of,
    propose_dormant,
    quiet_days,
)
from marketplace.services.dormancy_decisions import (
    confirm_dormancy,
    count_open,
    give_opinion,
    proposals_open,
    proposals_waiting,
    refuse_dormancy,
    undo_decision,
)
from marketplace.services.monitoring import list_events
from models.chain_dormancy import DormancyProposal
from models.chains import ChainContract
from models.reference import ProductGroup, Rule
from tests.deals import Deals
from tests.factories import NOW, TODAY
from tests.monitoring_rows import Watched, asleep, told

DAYS = {"today": TODAY, "now": NOW}
DAY = timedelta(days=1)


@pytest.fixture
def watched(session, make):
    return Watched(session, make)


def seen(session, watched):
    """Proposed by the night, with the opinion of the first officer."""
    proposal = asleep(watched)
    args = session, watched.officer, watched.id, proposal.number
    return give_opinion(*args, "không ai giao nữa", now=NOW)


def test_the_night_proposes_once_and_tells_officers(session, watched):
    proposal = asleep(watched)
    for later in (0, 1):
        propose_dormant(session, today=TODAY + later * DAY, now=NOW + later * DAY)

    assert proposals_open(session, watched.officer) == [proposal]
    assert proposals_open(session, watched.lead) == []
    assert count_open(session, watched.officer) == 1
    assert told(session, NoticeKind.CHAIN_DORMANT, watched.officer) == 1
    assert proposal.quiet_from == quiet_days(session, TODAY)[watched.chain.group_id]


def test_a_chain_that_was_confirmed_lately_does_not_sleep(watched):
    assert asleep(watched, days_ago=40) is None


def test_two_officers_stop_a_chain(session, watched):
    proposal = seen(session, watched)
    args = session, watched.second, watched.id, proposal.number
    assert proposals_waiting(session, watched.officer) == []
    assert proposals_waiting(session, watched.second) == [proposal]

    confirm_dormancy(*args, "đã hỏi, không làm nữa", **DAYS)

    assert watched.chain.state is ChainState.STOPPED
    assert told(session, NoticeKind.CHAIN_DORMANT, watched.lead) == 1
    events = {one.event for one in list_events(session, watched.lead, watched.chain)}
    assert "chain_dormant" in events
    assert "dormancy_seen" not in events
    with pytest.raises(Refused):
        confirm_dormancy(*args, "lần nữa", **DAYS)


def test_nobody_decides_on_the_own_opinion_or_on_none(session, watched):
    proposal = asleep(watched)
    args = watched.id, proposal.number
    with pytest.raises(Refused):
        confirm_dormancy(session, watched.second, *args, "vội", **DAYS)

    give_opinion(session, watched.officer, *args, "không ai giao", now=NOW)
    for deed in (confirm_dormancy, refuse_dormancy):
        with pytest.raises(Refused):
            deed(session, watched.officer, *args, "tự", **DAYS)
    proposal.stopped, proposal.decided_on = True, TODAY
    proposal.decided_by_id = watched.officer.user_id
    with pytest.raises(IntegrityError), session.begin_nested():
        session.flush()


def test_a_chain_that_was_found_alive_is_not_proposed_the_next_night(session, watched):
    proposal = seen(session, watched)
    args = session, watched.second, watched.id, proposal.number

    refuse_dormancy(*args, "giao cho hộ quen, chưa ghi phiếu", **DAYS)
    propose_dormant(session, today=TODAY + DAY, now=NOW + DAY)
    assert proposals_open(session, watched.officer) == []
    assert watched.chain.state is ChainState.SUSPENDED

    undo_decision(*args, "nhầm chuỗi", **DAYS)
    propose_dormant(session, today=TODAY + DAY, now=NOW + DAY)
    assert [one.number for one in proposals_open(session, watched.officer)] == [2]


def test_a_stop_that_is_undone_lets_the_chain_go_on_from_that_day(session, watched):
    proposal = seen(session, watched)
    args = session, watched.second, watched.id, proposal.number
    confirm_dormancy(*args, "không làm nữa", **DAYS)
    later = {"today": TODAY + DAY, "now": NOW + DAY}

    undo_decision(*args, "vẫn giao", **later)

    assert watched.chain.state is not ChainState.STOPPED
    kinds = [(fact.kind, fact.on) for fact in watched.chain.facts]
    assert kinds == [("stop", TODAY), ("resume", TODAY + DAY)]
    propose_dormant(session, **later)
    assert proposals_open(session, watched.officer) == []
    with pytest.raises(Refused):
        undo_decision(*args, "lần nữa", **later)


def test_a_delivery_ends_the_proposal_by_itself(session, make, watched):
    proposal = asleep(watched)
    deal = Deals(session, make).in_force()
    Deals(session, make).inspected(deal)
    session.add(
        ChainContract(
            chain_id=watched.chain.id,
            contract_id=deal.id,
            kind=watched.chain.kind,
            linked_from=TODAY,
        )
    )
    session.flush()

    assert propose_dormant(session, **DAYS) == 0
    session.refresh(proposal)
    assert proposal.ended_on == TODAY
    evidence = evidence_of(session, [watched.chain.id])[watched.chain.id]
    assert evidence.last_contract is deal
    assert evidence.last_season == deal.season
    assert evidence.last_note is not None


def test_only_officers_of_the_area_see_and_decide(session, make, watched):
    proposal = asleep(watched)
    for who in (watched.lead, make.officer("D116")):
        args = session, who, watched.id, proposal.number
        with pytest.raises(NotFound):
            give_opinion(*args, "không ai giao", now=NOW)


def test_the_rules_of_a_group_hold_from_their_day(session):
    groups = dict(session.execute(sa.select(ProductGroup.code, ProductGroup.id)).all())
    before = quiet_days(session, TODAY)
    assert before[groups["honey"]] == TODAY - 400 * DAY

    session.add(
        Rule(
            code="chain.dormancy.longan",
            severity="I",
            params={"days": 100},
            valid_from=TODAY,
            source="",
        )
    )
    session.flush()

    assert quiet_days(session, TODAY)[groups["longan"]] == TODAY - 100 * DAY
    assert quiet_days(session, TODAY - DAY)[groups["longan"]] < TODAY - 300 * DAY


def test_one_proposal_of_a_chain_is_open(session, watched):
    asleep(watched)

    session.add(
        DormancyProposal(
            chain_id=watched.chain.id,
            number=9,
            proposed_on=TODAY,
            quiet_from=TODAY - DAY,
        )
    )
    with pytest.raises(IntegrityError), session.begin_nested():
        session.flush()
