"""What changed since the last look: each thing once, in one's own area only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from marketplace.domain.words import ChainKind, ChainState
from marketplace.domain.words_board import NewsKind
from marketplace.services.board_news import (
    FIRST_LOOK,
    count_news,
    last_look,
    list_news,
    mark_looked,
)
from models.chain_days import ChainInterval
from models.organisations import VerificationCase
from tests.deals import Deals
from tests.factories import NOW, TODAY
from tests.services.test_reports import recognised

SINCE = NOW - timedelta(days=10)


@pytest.fixture
def officer(make):
    return make.officer()


def news(session, who, since=SINCE, today=TODAY):
    told = list_news(session, who, since=since, today=today)
    counts = count_news(session, who, since=since, today=today)
    assert counts == {kind: len(rows) for kind, rows in told.items()}
    return {kind: rows for kind, rows in told.items() if rows}


def stored(session, chain, *intervals):
    """The chain stood so: (from, to, state) in days from today."""
    session.query(ChainInterval).filter_by(chain_id=chain.id).delete()
    for first, last, state in intervals:
        session.add(
            ChainInterval(
                chain_id=chain.id,
                kind=chain.kind,
                group_id=chain.group_id,
                unit_id=chain.unit_id,
                lead_kind=chain.lead.kind,
                valid_from=TODAY + timedelta(days=first),
                valid_to=None if last is None else TODAY + timedelta(days=last),
                state=state,
                counts=state in (ChainState.ACTIVE, ChainState.AT_RISK),
                confirmed=True,
                rule_version="1",
            )
        )
    session.flush()


def test_nothing_is_new_in_an_empty_area(session, officer):
    assert news(session, officer) == {}


@pytest.mark.parametrize(
    ("intervals", "kinds"),
    [
        ([(-5, None, "active")], {NewsKind.CHAIN_BEGAN}),
        ([(-50, -5, "suspended"), (-5, None, "active")], {NewsKind.CHAIN_BEGAN}),
        ([(-50, -5, "active"), (-5, None, "at_risk")], set()),
        ([(-50, -5, "active"), (-5, None, "stopped")], {NewsKind.CHAIN_STOPPED}),
        ([(-50, None, "active")], set()),
        ([(-50, -20, "active"), (-20, None, "stopped")], set()),
        (
            [(-8, -5, "active"), (-5, None, "revoked")],
            {NewsKind.CHAIN_BEGAN, NewsKind.CHAIN_STOPPED},
        ),
    ],
)
def test_a_chain_is_told_when_it_begins_or_ends_to_count(
    session, make, officer, intervals, kinds
):
    chain = recognised(session, make, officer, ChainKind.SAFE_SUPPLY)
    stored(session, chain, *intervals)

    told = news(session, officer)

    assert set(told) == kinds
    for rows in told.values():
        assert [row.public_id for row in rows] == [chain.public_id]


def test_contracts_are_told_when_they_are_signed_and_when_they_are_broken(
    session, make, officer
):
    deal = Deals(session, make).in_force()

    assert [one.name for one in news(session, officer)[NewsKind.CONTRACT_SIGNED]] == [
        deal.number
    ]
    deal.ended_on, deal.ended_for_breach = TODAY, True
    session.execute(
        update(type(deal)).where(type(deal).id == deal.id).values(state="terminated")
    )
    session.flush()
    assert len(news(session, officer)[NewsKind.CONTRACT_BREACHED]) == 1


@pytest.mark.parametrize(
    ("ended", "told"), [(-1, True), (0, False), (-9, True), (-40, False)]
)
def test_a_paper_is_told_on_the_day_after_its_last(session, make, officer, ended, told):
    make.certificate(
        make.organisation(),
        issued_on=TODAY - timedelta(days=300),
        expires_on=TODAY + timedelta(days=ended),
    )

    assert (NewsKind.PAPER_LAPSED in news(session, officer)) is told


def test_an_organisation_that_came_to_wait_is_told(session, make, officer):
    waits = make.organisation(verified=False)
    session.add(VerificationCase(organisation_id=waits.id, submitted_at=NOW))
    session.flush()

    rows = news(session, officer)[NewsKind.VERIFICATION]

    assert [row.name for row in rows] == [waits.short_name]
    assert news(session, officer, since=NOW) == {}


def test_another_area_is_told_nothing(session, make):
    Deals(session, make).in_force()

    assert news(session, make.officer("D116")) == {}


def test_after_a_look_only_what_is_later_is_new(session, make, officer):
    assert last_look(session, officer, now=NOW) == NOW - FIRST_LOOK

    mark_looked(session, officer, now=NOW)
    mark_looked(session, officer, now=NOW - timedelta(days=1))
    session.flush()

    assert last_look(session, officer, now=NOW) == NOW
    assert last_look(session, make.officer(), now=NOW) == NOW - FIRST_LOOK
