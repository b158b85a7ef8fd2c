"""Past days evaluated again: the same for ever, or what differs and why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from marketplace.domain.errors import Refused
from marketplace.domain.words import ChainState, PaperState
from marketplace.services.chain_evaluation import (
    evaluate_chain,
    evaluate_chains,
    params_on,
)
from marketplace.services.chain_parameters import change_parameters
from marketplace.services.chain_recount import Knowledge, Why, recount
from marketplace.services.figures import count_chains_on
from models.chain_days import ChainInput, ChainInterval
from models.chains import ChainEvaluation, ChainFact
from models.papers import Certificate
from models.reference import Rule
from tests.chain_rows import Chains, at
from tests.factories import TODAY

DAYS = 500


def day(number):
    return TODAY + timedelta(days=number)


@pytest.fixture
def chains(session, make):
    return Chains(session, make)


@pytest.fixture
def chain(session, chains):
    """Confirmed, checked, sampled badly, mended, stopped and taken up again."""
    chain = chains.confirmed()
    for number, kind, passed in (
        (30, "post_check", True),
        (60, "sample", False),
        (70, "settled", None),
        (90, "stop", None),
        (120, "resume", None),
    ):
        on = day(number)
        if kind == "settled":
            settle(session, on)
            bring_up(session, chain, on)
        else:
            chains.fact(chain, kind, passed=passed, today=on, now=at(on))
    bring_up(session, chain, day(200))
    return chain


def settle(session, on):
    for fact in session.scalars(select(ChainFact).where(ChainFact.passed.is_(False))):
        fact.settled_on = on
    session.flush()


def bring_up(session, chain, on):
    evaluate_chain(session, chain.id, today=on, now=at(on))


def found(session, knowledge=Knowledge.THEN, last=DAYS):
    return list(recount(session, TODAY, day(last), knowledge))


def stored(session):
    """Every stored answer."""
    tables = (ChainInterval, ChainEvaluation, ChainInput)
    return [
        [tuple(row) for row in session.execute(select(*table.__table__.c))]
        for table in tables
    ]


def counts(session):
    return [
        count_chains_on(session, day(n))["safe_supply_detail"] for n in range(0, 201, 5)
    ]


def test_what_was_known_then_gives_what_is_stored(session, chain):
    states = {row.state for row in chain.intervals}

    assert {ChainState.ACTIVE, ChainState.SUSPENDED, ChainState.STOPPED} <= states
    assert found(session) == []


def test_a_fact_recorded_late_changes_no_day_before_and_is_shown(session, chain):
    before = counts(session)
    session.add(
        ChainFact(
            chain_id=chain.id,
            kind="sample",
            on=day(20),
            passed=False,
            recorded_on=day(201),
            note="Kết quả về muộn",
            by_id=chain.recognitions[0].decided_by_id,
        )
    )
    session.flush()
    session.expire(chain, ["facts"])

    bring_up(session, chain, day(201))

    assert counts(session) == before
    assert chain.state is ChainState.SUSPENDED
    assert found(session) == []
    late = found(session, Knowledge.NOW)
    s5 = next(one for one in late if one.what == "S5" and one.first == day(20))
    assert (s5.why, s5.about) == (Why.RECORDS, ["samples"])
    assert s5.stored.startswith("yes")
    assert s5.computed.startswith("no: failed_sample")
    assert {"state", "counts"} <= {one.what for one in late}


def test_a_record_that_was_changed_afterwards_is_shown_by_name(session, chain):
    before = counts(session)
    for paper in session.scalars(select(Certificate)):
        if paper.organisation_id == chain.lead_id:
            paper.expires_on = day(100)
    session.flush()

    bring_up(session, chain, day(202))

    assert counts(session) == before
    assert found(session) == []
    changed = found(session, Knowledge.NOW)
    s2 = next(one for one in changed if one.what == "S2")
    assert (s2.first, s2.why, s2.about) == (day(101), Why.RECORDS, ["evidence"])


def test_a_stored_row_that_somebody_changed_is_found(session, chain):
    row = session.scalars(
        select(ChainEvaluation).where(ChainEvaluation.predicate == "S5")
    ).first()
    row.holds = not row.holds
    session.flush()

    (difference, *_) = found(session)

    assert (difference.what, difference.why) == ("S5", Why.ANSWER)
    assert difference.chain == chain.public_id


def test_recomputing_writes_nothing(session, chain):
    before = stored(session)

    found(session)
    found(session, Knowledge.NOW)

    assert not session.dirty
    assert not session.new
    assert stored(session) == before


def test_other_parameters_change_results_from_their_day_only(session, chains):
    chain = chains.recognised()
    bring_up(session, chain, day(5))
    changes = {"min_kg": 10**9, "min_area_ha": "9999"}
    from_ = day(10)
    change_parameters(
        session,
        changes,
        version="2026-2",
        valid_from=from_,
        source="Thử",
        today=day(5),
    )

    bring_up(session, chain, day(12))

    rows = session.scalars(
        select(ChainEvaluation)
        .where(ChainEvaluation.predicate == "PD7")
        .order_by(ChainEvaluation.on)
    ).all()
    assert [(row.on, row.holds, row.rule_version) for row in rows] == [
        (TODAY, True, "2026-1"),
        (from_, False, "2026-2"),
    ]
    assert [params_on(session, day(n)).version for n in (9, 10)] == ["2026-1", "2026-2"]
    states = {row.valid_from: row.state for row in chain.intervals}
    assert states == {TODAY: ChainState.ACTIVE, from_: ChainState.AT_RISK}
    assert found(session) == []


def test_traceability_blocks_from_the_day_of_a_new_row_and_no_day_before(
    session, chains
):
    chain, from_ = chains.confirmed(), day(45)
    bring_up(session, chain, day(40))
    change_parameters(
        session,
        {"require_traceability": True},
        version="2026-2",
        valid_from=from_,
        source="Thử",
        today=day(40),
    )

    bring_up(session, chain, day(110))

    told = [(one.valid_from, one.state, one.counts) for one in chain.intervals]
    grace = timedelta(days=params_on(session, from_).grace_days)
    assert told[:2] == [
        (TODAY, ChainState.ACTIVE, True),
        (from_, ChainState.AT_RISK, True),
    ]
    assert (told[2][1], told[2][2]) == (ChainState.SUSPENDED, False)
    assert told[2][0] - from_ >= grace
    assert found(session, last=110) == []
    assert found(session, Knowledge.NOW, last=110) == []


def test_parameters_of_a_day_that_was_counted_are_not_changed(session):
    def change(valid_from, version="2026-2", **changes):
        change_parameters(
            session,
            changes or {"min_kg": 5},
            version=version,
            valid_from=valid_from,
            source="Thử",
            today=TODAY,
        )

    for refused in (TODAY, day(-1)):
        with pytest.raises(Refused):
            change(refused)
    with pytest.raises(Refused):
        change(day(1), version="2026-1")
    with pytest.raises(ValueError, match="min_kilos"):
        change(day(1), min_kilos=5)
    session.rollback()


def test_rules_that_were_rewritten_for_the_past_are_found(session, chains):
    chains.recognised()
    rule = session.scalars(select(Rule).where(Rule.code == "chain.parameters")).one()
    rule.params = {**rule.params, "version": "2026-9", "min_kg": 10**9}
    rule.params |= {"min_area_ha": "9999"}
    session.flush()

    differences = found(session)

    assert {one.what for one in differences} >= {"PD7", "state"}
    assert {one.why for one in differences} == {Why.RULES}


def test_missed_nights_leave_the_days_that_were_counted_alone(session, chains):
    chain = chains.confirmed()
    before = count_chains_on(session, TODAY)
    for paper in session.scalars(select(Certificate)):
        paper.state = PaperState.REVOKED  # with no word since when
    session.flush()

    bring_up(session, chain, day(30))

    assert chain.state is ChainState.SUSPENDED
    assert count_chains_on(session, TODAY) == before
    assert found(session) == []


def test_many_chains_at_once_are_stored_as_one_by_one(session, chains):
    one, two = chains.own(), chains.own()
    bring_up(session, one, day(3))

    assert evaluate_chains(session, [one.id, two.id], today=day(3), now=at(day(3))) == {
        one.id,
        two.id,
    }
    session.flush()

    def told(chain):
        rows = session.scalars(
            select(ChainEvaluation)
            .where(ChainEvaluation.chain_id == chain.id)
            .order_by(ChainEvaluation.predicate)
        )
        return [(row.predicate, row.on, row.holds, row.reason) for row in rows]

    assert told(one) == told(two)
    assert session.scalar(select(func.count()).select_from(ChainInput)) == 2
    assert found(session) == []
