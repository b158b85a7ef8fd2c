"""Random histories of chains through the services: what holds after every step."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.domain.actor import Actor, Role
from marketplace.domain.errors import Refused
from marketplace.domain.words import ChainKind, ChainState
from marketplace.services.chain_counts import (
    CELL,
    Dimension,
    Scope,
    count_by,
    count_rows,
    headline_on_days,
)
from marketplace.services.chain_decisions import (
    confirm_chain,
    propose_confirmation,
    record_fact,
    return_chain,
    withdraw_recognition,
)
from marketplace.services.chain_evaluation import evaluate_chain
from marketplace.services.chain_linking import apply_for_safe_chain
from marketplace.services.chain_recount import recount
from marketplace.services.chain_sums import keep_sums
from marketplace.services.figures import chains_on
from marketplace.services.invariants import find_violations
from models.chain_days import ChainInterval
from models.chains import Recognition
from models.organisations import Membership
from tests.chain_rows import Chains, at
from tests.factories import TODAY

SAFE = ChainKind.SAFE_SUPPLY
# who: two officers, and one who also has a seat in the lead
WHO = st.integers(0, 2)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("propose", "confirm") * 2,
                "sample",
                "failed",
                "post_check",
                "stop",
                "resume",
                "withdraw",
                "return",
                "apply",
                "night",
                "sum",
            ]
        ),
        WHO,
        st.sampled_from([0, 0, 1, 9, 40, 200]),
    ),
    min_size=4,
    max_size=14,
)


class History:
    """One chain, three officers of whom one belongs to a party, and the day."""

    def __init__(self, session, make):
        self.session = session
        chains = Chains(session, make)
        contract = chains.contract()
        self.director = make.member(contract.seller)
        self.contract = contract
        self.chain = chains.safe(contract)
        third = make.officer()
        session.add(
            Membership(
                user_id=third.user_id,
                organisation_id=contract.seller_id,
                role=Role.STAFF,
                state="active",
            )
        )
        session.flush()
        self.officers: list[Actor] = [*chains.officers, third]
        self.party = third.user_id
        self.today = TODAY

    def do(self, what, who, days):
        self.today += timedelta(days=days)
        when = {"today": self.today, "now": at(self.today)}
        session, officer = self.session, self.officers[who]
        id_ = self.chain.public_id
        if what == "propose":
            propose_confirmation(session, officer, id_, today=self.today)
        elif what == "confirm":
            confirm_chain(session, officer, id_, **when)
        elif what == "withdraw":
            withdraw_recognition(session, officer, id_, "Sai hồ sơ", **when)
        elif what == "return":
            return_chain(session, officer, id_, "Thiếu giấy", **when)
        elif what == "apply":
            apply_for_safe_chain(session, self.director, self.contract, **when)
        elif what == "night":
            evaluate_chain(session, self.chain.id, **when)
        elif what == "sum":
            keep_sums(session)
        else:
            self._fact(what, officer, when)

    def _fact(self, what, officer, when):
        kind = {"failed": "sample"}.get(what, what)
        passed = None if kind in ("stop", "resume") else what != "failed"
        record_fact(
            self.session,
            officer,
            self.chain.public_id,
            kind,
            passed=passed,
            note="",
            **when,
        )


def check(history, told):
    """What holds after every step; `told` are the counts of the days that are over."""
    session, today = history.session, history.today
    number = count_by(session, today, Dimension.KIND)[SAFE]
    assert number.operating == number.cumulative - number.stopped
    assert number.headline + number.suspended == number.operating
    assert number.cumulative <= 1
    chains = [row.chain_id for row in chains_on(session, today) if row.kind is SAFE]
    assert chains == [history.chain.id]
    for day, before in told.items():
        if (today - day).days > 1:
            assert count_by(session, day, Dimension.KIND)[SAFE] == before, day
    told[today] = number
    check_intervals(history)
    check_sums(history, told)
    check_four_eyes(history)
    rules = [one for one in find_violations(session) if "chain" in one.rule]
    assert rules == []


def check_intervals(history):
    """They tile the days from the application on: no gap, no overlap, one open."""
    rows = history.session.scalars(
        select(ChainInterval)
        .where(ChainInterval.chain_id == history.chain.id)
        .order_by(ChainInterval.valid_from)
    ).all()
    assert rows[0].valid_from == TODAY
    assert [row.valid_to for row in rows] == [
        *(row.valid_from for row in rows[1:]),
        None,
    ]


def check_sums(history, told):
    """Whether kept or not, a day's numbers are those that its intervals give."""
    session = history.session
    for day in told:
        told_by = dict(count_rows(session, day, CELL, Scope()))
        added = {
            cell: count
            for (*cell, _), count in count_rows(
                session, day, [*CELL, ChainInterval.lead_kind], Scope()
            )
            for cell in [tuple(cell)]
        }
        assert told_by == added, day
        in_one = headline_on_days(session, [day])[0][SAFE]
        assert in_one == sum(n.headline for n in added.values()), day


def check_four_eyes(history):
    decided = history.session.scalars(
        select(Recognition).where(
            Recognition.chain_id == history.chain.id,
            Recognition.decided_by_id.is_not(None),
        )
    )
    for one in decided:
        assert one.proposed_by_id is not None
        assert one.proposed_by_id != one.decided_by_id
        assert history.party not in (one.proposed_by_id, one.decided_by_id)


@pytest.mark.databases("sqlite")
@pytest.mark.timeout(400)
def test_whatever_happens_the_numbers_add_up_and_the_past_stays(session, make):
    seen: set[ChainState] = set()

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(STEPS, st.booleans())
    def run(steps, confirmed):
        savepoint = session.begin_nested()
        try:
            history, told = History(session, make), {}
            if confirmed:  # few random histories would get as far
                history.do("propose", 0, 0)
                history.do("confirm", 1, 0)
            for step in steps:
                inner = session.begin_nested()
                try:
                    history.do(*step)
                    inner.commit()
                except Refused:
                    inner.rollback()
                    with suppress(Refused):
                        history.do("night", 0, 0)
                check(history, told)
                seen.add(history.chain.state)
            assert list(recount(session, TODAY, history.today)) == []
        finally:
            savepoint.rollback()
            session.expire_all()

    run()

    assert {ChainState.ACTIVE, ChainState.SUBMITTED} <= seen
