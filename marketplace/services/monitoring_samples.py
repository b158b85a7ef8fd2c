"""Surveillance samples: taken, analysed by a laboratory, or spoilt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.formats import format_number
from marketplace.domain.monitoring import (
    Audience,
    FindingSeverity,
    Measured,
    SampleAnalysed,
    SampleState,
    TakeSample,
    check_measured,
    day_of_look,
)
from marketplace.domain.words import NoticeKind
from marketplace.services.evidence import EvidenceFile, keep_files
from marketplace.services.monitoring import (
    first_day,
    lock_for_officer,
    look_again,
    next_number,
    said,
    tell_lead,
    write_fact,
)
from marketplace.services.monitoring_findings import open_finding
from marketplace.services.monitoring_records import (
    lock_record,
    records_waiting,
    write_event,
)
from models.chains import Chain
from models.monitoring import SampleResult, SampleTest
from models.reference import Product

CODE_TAKEN = N_("Chuỗi này đã có mẫu mang mã đó")
OTHER_PRODUCT = N_("Nông sản này không thuộc chuỗi")


def products_of(session: Session, chain: Chain) -> Sequence[Product]:
    """What a sample of the chain may be of."""
    wanted = select(Product).where(Product.group_id == chain.group_id)
    return session.scalars(wanted.order_by(Product.id)).all()


def take_sample(
    session: Session,
    who: Actor,
    public_id: str,
    command: TakeSample,
    *,
    today: date,
    now: datetime,
) -> SampleTest:
    """An officer takes a sample and names the lot and the laboratory.

    Refused: a code that the chain has already, a product of another group.
    """
    chain = lock_for_officer(session, who, public_id)
    code = said(command.code, "code")
    if command.product_id not in {one.id for one in products_of(session, chain)}:
        raise Refused(OTHER_PRODUCT, "product")
    known = select(SampleTest.id).where(
        SampleTest.chain_id == chain.id, SampleTest.code == code
    )
    if session.scalar(known) is not None:
        raise Refused(CODE_TAKEN, "code")
    sample = SampleTest(
        chain_id=chain.id,
        number=next_number(session, chain, SampleTest.number, SampleTest.chain_id),
        code=code,
        product_id=command.product_id,
        lot=said(command.lot, "lot"),
        laboratory=said(command.laboratory, "laboratory"),
        taken_on=day_of_look(
            command.taken_on, "taken_on", earliest=first_day(chain), today=today
        ),
        taken_by_id=who.user_id,
    )
    session.add(sample)
    event = write_event(session, chain, who, "sample_taken", sample, sample.lot, now)
    tell_lead(session, chain, NoticeKind.SAMPLE_TOLD, event, number=code)
    return sample


def spoil_sample(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    text: str,
    *,
    now: datetime,
) -> SampleTest:
    """A sample that could not be analysed; Refused without a reason."""
    state = SampleState.SPOILT
    chain, sample = lock_record(session, who, public_id, SampleTest, number, state)
    words = said(text, "text")
    sample.state = state
    event = write_event(session, chain, who, "sample_spoilt", sample, words, now)
    tell_lead(session, chain, NoticeKind.SAMPLE_TOLD, event, number=sample.code)
    return sample


def record_analysis(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    answer: SampleAnalysed,
    files: Sequence[EvidenceFile] = (),
    *,
    today: date,
    now: datetime,
) -> SampleTest:
    """What the laboratory found; a value over its limit is a serious fault at once."""
    state = SampleState.ANALYSED
    chain, sample = lock_record(session, who, public_id, SampleTest, number, state)
    check_measured(answer)
    given, earliest = answer.analysed_on, sample.taken_on
    on = day_of_look(given, "analysed_on", earliest=earliest, today=today)
    sample.state, sample.analysed_on = state, on
    sample.analysed_by_id, sample.passed = who.user_id, not answer.failed
    sample.report = answer.report.strip()
    _keep_results(session, sample, answer)
    told = sample.report, now, Audience.EVERYBODY
    event = write_event(session, chain, who, "sample_analysed", sample, *told)
    keep_files(session, event, files, now=now)
    kind = NoticeKind.SAMPLE_TOLD
    tell_lead(session, chain, kind, event, number=sample.code, passed=sample.passed)
    _judge(session, chain, who, sample, answer, today, now)
    look_again(session, chain, today=today, now=now)
    return sample


def _judge(
    session: Session,
    chain: Chain,
    who: Actor,
    sample: SampleTest,
    answer: SampleAnalysed,
    today: date,
    now: datetime,
) -> None:
    """The evaluation reads a fact; what failed waits for the lead."""
    passed, note, on = sample.passed, sample.code, sample.analysed_on
    fact = write_fact(
        session, chain, who, "sample", passed=passed, note=note, today=today, on=on
    )
    sample.fact_id = fact.id
    if answer.failed:
        text = "; ".join(map(_over, answer.failed))
        found = FindingSeverity.SERIOUS
        open_finding(
            session,
            chain,
            who,
            found,
            text,
            fact=fact,
            today=today,
            now=now,
            found_by=sample,
        )


def _over(one: Measured) -> str:
    """`Carbendazim 0,7 > 0,5 mg/kg`."""
    value, limit = format_number(one.value), format_number(one.limit)
    return f"{one.parameter} {value} > {limit} {one.unit}"


def _keep_results(session: Session, sample: SampleTest, answer: SampleAnalysed) -> None:
    session.add_all(
        SampleResult(
            sample_id=sample.id,
            number=number,
            parameter=one.parameter,
            value=one.value,
            most=one.limit,
            unit=one.unit,
            passed=one.passed,
        )
        for number, one in enumerate(answer.measured, 1)
    )
    session.flush()
    session.expire(sample, ["results"])


def samples_waiting(session: Session, who: Actor) -> Sequence[SampleTest]:
    """Samples whose laboratory has not answered, for the officers of the area."""
    if not who.is_officer:
        return []
    taken = SampleTest.state == SampleState.TAKEN
    return records_waiting(session, who, SampleTest, SampleTest.taken_on, taken)
