"""What must hold of every record of monitoring."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.domain.canonical import digest_of_text
from marketplace.domain.monitoring import (
    CheckState,
    FindingSeverity,
    FindingState,
    SampleState,
)
from marketplace.domain.monitoring_cases import CaseState
from marketplace.services.violations import Question, Violation, asked_alike
from models.chains import ChainFact
from models.monitoring import Nonconformity, PostCheck, SampleTest
from models.monitoring_cases import MonitoringCase
from models.recognition_papers import RecognitionPaper


@asked_alike
def _checks_are_what_the_chain_reads() -> Iterator[Question]:
    for record, over in (
        (PostCheck, PostCheck.state == CheckState.DONE),
        (SampleTest, SampleTest.state == SampleState.ANALYSED),
    ):
        yield (
            "the evaluation reads of every check what it found",
            select(record.chain_id, record.number, ChainFact.passed)
            .outerjoin(ChainFact, ChainFact.id == record.fact_id)
            .where(
                over,
                or_(ChainFact.id.is_(None), ChainFact.passed != record.passed),
            ),
        )


@asked_alike
def _settled_once_mended() -> Iterator[Question]:
    open_ones = select(Nonconformity.id).where(
        Nonconformity.fact_id == ChainFact.id,
        Nonconformity.severity == FindingSeverity.SERIOUS,
        Nonconformity.state != FindingState.CLOSED,
    )
    yield (
        "what failed is settled only once it is mended",
        select(ChainFact.chain_id, ChainFact.id).where(
            ChainFact.settled_on.is_not(None), open_ones.exists()
        ),
    )


@asked_alike
def _closed_with_the_finding() -> Iterator[Question]:
    yield (
        "a case is closed only once it is mended",
        select(MonitoringCase.chain_id, MonitoringCase.number)
        .join(Nonconformity, Nonconformity.id == MonitoringCase.finding_id)
        .where(
            MonitoringCase.state == CaseState.CLOSED,
            Nonconformity.state != FindingState.CLOSED,
        ),
    )


def _papers_give_their_digest(session: Session) -> Iterator[Violation]:
    for paper in session.scalars(select(RecognitionPaper)):
        if digest_of_text(paper.content) != paper.digest:
            yield Violation(
                "the words of a recognition give its digest",
                str(paper.recognition_id),
                paper.digest,
            )


CHECKS_OF_MONITORING: tuple[Callable[[Session], Iterator[Violation]], ...] = (
    _checks_are_what_the_chain_reads,
    _settled_once_mended,
    _closed_with_the_finding,
    _papers_give_their_digest,
)
