"""Surveillance samples: taken, analysed, spoilt."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from marketplace.domain.errors import Refused
from marketplace.domain.monitoring import (
    Measured,
    SampleAnalysed,
    SampleState,
    TakeSample,
)
from marketplace.domain.words import NoticeKind
from marketplace.services.monitoring_samples import (
    record_analysis,
    spoil_sample,
    take_sample,
)
from tests.factories import NOW, TODAY
from tests.monitoring_rows import Watched, holds, told

DAY = timedelta(days=1)


@pytest.fixture
def watched(session, make):
    return Watched(session, make)


def test_a_sample_within_its_limits_passes(watched):
    sample = watched.analysed("0.5")

    assert sample.state is SampleState.ANALYSED
    assert sample.passed
    assert holds(watched, "S5").holds


def test_a_sample_over_its_limit_is_a_serious_fault_at_once(session, watched):
    sample = watched.analysed("0.51")

    (finding,) = sample.findings
    assert not sample.passed
    assert finding.text == "Carbendazim 0,51 > 0,5 mg/kg"
    assert holds(watched, "S5").reason == "failed_sample"
    assert told(session, NoticeKind.FINDING_OPENED, watched.lead) == 1


def test_a_sample_has_its_code_once_and_is_answered_once(watched):
    sample = watched.analysed()

    with pytest.raises(Refused):
        watched.taken()
    with pytest.raises(Refused):
        spoil_sample(
            watched.session, watched.officer, watched.id, sample.number, "vỡ", now=NOW
        )


def test_a_spoilt_sample_says_nothing_about_the_chain(watched):
    sample = watched.taken()

    spoil_sample(
        watched.session, watched.officer, watched.id, sample.number, "vỡ", now=NOW
    )

    assert holds(watched, "S5").reason == "no_recent_sample"


def test_a_laboratory_measures_something_and_nothing_below_nought(watched):
    sample = watched.taken()
    args = watched.session, watched.officer, watched.id, sample.number

    for measured in ((), (Measured("Chì", Decimal(-1), Decimal(1)),)):
        with pytest.raises(Refused):
            record_analysis(*args, SampleAnalysed(measured), today=TODAY, now=NOW)


def test_a_laboratory_answers_after_the_sample_was_taken_and_before_today_is_over(
    session, watched
):
    watched.chain.submitted_at = NOW - timedelta(days=30)
    product = watched.make.product().id
    taken_on, analysed_on = TODAY - 9 * DAY, TODAY - 2 * DAY
    command = TakeSample("M-09", product, "Lô 9", "Trung tâm kiểm nghiệm", taken_on)
    args = session, watched.officer, watched.id
    sample = take_sample(*args, command, today=TODAY, now=NOW)
    measured = (Measured("Chì", Decimal("0.1"), Decimal("0.5")),)

    for wrong in (taken_on - DAY, TODAY + DAY):
        answer = SampleAnalysed(measured, "phiếu 9", wrong)
        with pytest.raises(Refused) as refusal:
            record_analysis(*args, sample.number, answer, today=TODAY, now=NOW)
        assert refusal.value.field == "analysed_on"
    answer = SampleAnalysed(measured, "phiếu 9", analysed_on)
    record_analysis(*args, sample.number, answer, today=TODAY, now=NOW)

    (fact,) = watched.chain.facts
    assert (fact.on, fact.recorded_on) == (analysed_on, TODAY)
    assert holds(watched, "S5").holds
    assert not holds(watched, "S5", TODAY - DAY).holds
