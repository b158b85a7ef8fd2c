"""Each rule of monitoring finds the row that breaks it."""

from __future__ import annotations

import pytest

from marketplace.domain.monitoring import FindingSeverity
from marketplace.domain.monitoring_cases import CaseState
from marketplace.services.invariants_monitoring import CHECKS_OF_MONITORING
from marketplace.services.monitoring_decisions import decide_case
from marketplace.services.recognition_papers import freeze_recognition
from models.chains import ChainFact
from models.recognition_papers import RecognitionPaper
from tests.factories import NOW, TODAY
from tests.monitoring_rows import Watched


@pytest.fixture
def watched(session, make):
    return Watched(session, make)


def broken(session):
    session.flush()
    return {v.rule for check in CHECKS_OF_MONITORING for v in check(session)}


def test_what_the_services_write_breaks_none(session, watched):
    watched.found()
    watched.analysed("0.7")
    case = watched.concluded(FindingSeverity.MINOR)
    decide_case(session, watched.second, watched.id, case.number, today=TODAY, now=NOW)
    watched.recognised()
    freeze_recognition(session, watched.chain, now=NOW)

    assert broken(session) == set()


def test_a_check_that_the_chain_reads_otherwise_is_found(session, watched):
    check = watched.checked()
    session.get(ChainFact, check.fact_id).passed = False

    assert broken(session) == {"the evaluation reads of every check what it found"}


def test_what_was_settled_too_early_is_found(session, watched):
    finding = watched.found()
    finding.fact.settled_on = TODAY

    assert broken(session) == {"what failed is settled only once it is mended"}


def test_a_case_that_was_closed_too_early_is_found(session, watched):
    case = watched.concluded(FindingSeverity.MINOR)
    args = session, watched.second, watched.id, case.number
    decide_case(*args, today=TODAY, now=NOW)
    case.state, case.closed_on = CaseState.CLOSED, TODAY

    assert broken(session) == {"a case is closed only once it is mended"}


def test_a_paper_with_other_words_is_found(session, watched):
    watched.recognised()
    row = watched.chain.recognitions[0]
    session.add(
        RecognitionPaper(recognition_id=row.id, content="{}", digest="0" * 64, at=NOW)
    )

    assert broken(session) == {"the words of a recognition give its digest"}
