"""Lists of chains: what is asked for, a page at a time."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from marketplace.domain.words import ChainKind, ChainState
from marketplace.services.chain_lists import (
    ChainSieve,
    count_waiting_chains,
    look_at_chains,
)
from models.chain_days import ChainInterval
from tests.chain_rows import Chains
from tests.factories import TODAY
from tests.monitoring_rows import chain_of


@pytest.fixture
def some(session, make):
    """One that counts, and two that wait; all in one commune."""
    counts = Chains(session, make).recognised()
    session.execute(
        update(ChainInterval)
        .where(ChainInterval.chain_id == counts.id)
        .values(state=ChainState.ACTIVE, counts=True, confirmed=True)
    )
    return counts, chain_of(session, make), chain_of(session, make)


def look(session, who, limit=9, offset=0, **sieve):
    asked = ChainSieve(**sieve)
    return look_at_chains(session, who, asked, TODAY, limit=limit, offset=offset)


def test_a_list_is_sifted_and_counted(session, make, some):
    counts, first, second = some
    officer = make.officer()

    assert set(look(session, officer).chains) == set(some)
    assert look(session, officer).counted == 1
    assert look(session, officer, counted=True).chains == [counts]
    assert look(session, officer, waiting=True).chains == [first, second]
    assert count_waiting_chains(session, officer) == 2
    safe = look(session, officer, kind=ChainKind.SAFE_SUPPLY, group=first.group.code)
    assert (safe.chains, safe.total, safe.counted) == ([first, second], 2, 0)
    assert look(session, officer, group="nothing").total == 0
    assert look(session, officer, units=[make.commune("Bó Sinh").id]).total == 0


def test_the_page_past_the_end_is_the_last(session, make, some):
    found = look(session, make.officer(), limit=2, offset=40)

    assert (found.offset, found.total, len(found.chains)) == (2, 3, 1)


def test_others_see_none_of_them(session, make, some):
    counts, *_ = some

    assert look(session, make.member(counts.lead)).chains == [counts]
    assert look(session, make.officer("D116")).total == 0
    assert count_waiting_chains(session, make.member(make.organisation())) == 0
