"""Chains for tests of monitoring: submitted ones, their people, and records on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from marketplace.domain.actor import Actor
from marketplace.domain.chain_facts import PredicateResult
from marketplace.domain.monitoring import (
    CheckPoint,
    DoCheck,
    FindingSeverity,
    Measured,
    PlanAction,
    PointAnswer,
    SampleAnalysed,
    Seen,
    TakeSample,
)
from marketplace.domain.monitoring_cases import CaseGround, Conclude, OpenCase
from marketplace.domain.words import NoticeKind
from marketplace.services.chain_dormancy import propose_dormant
from marketplace.services.chain_evaluation import evaluate_chain
from marketplace.services.chains import look_at
from marketplace.services.corrective_actions import plan_action
from marketplace.services.evidence import prepare_file
from marketplace.services.monitoring_cases import (
    activate_case,
    answer_case,
    open_case,
)
from marketplace.services.monitoring_checks import do_check, plan_check
from marketplace.services.monitoring_decisions import conclude_case
from marketplace.services.monitoring_samples import record_analysis, take_sample
from marketplace.services.recognition_papers import freeze_recognition
from models.chain_dormancy import DormancyProposal
from models.chains import Chain, Recognition
from models.monitoring import Nonconformity, PostCheck, SampleTest
from models.monitoring_cases import MonitoringCase
from models.notices import Notice
from models.organisations import User
from tests.factories import NOW, TODAY


def chain_of(session: Any, make: Any, lead: Any = None, **over: Any) -> Chain:
    """A safe supply chain that its lead has submitted today."""
    lead = lead or make.organisation()
    values: dict[str, Any] = {
        "kind": "safe_supply",
        "lead_id": lead.id,
        "group_id": make.product().group_id,
        "name": "Chuỗi nhãn",
        "unit_id": lead.unit_id,
        "submitted_at": NOW,
        "state": "submitted",
    }
    chain = Chain(**(values | over))
    session.add(chain)
    session.flush()
    return chain


def answers(**said: PointAnswer) -> tuple[Seen, ...]:
    """Every point of the list, fine unless another answer is given."""
    return tuple(
        Seen(
            point,
            said.get(point.value, PointAnswer.FINE),
            "thiếu sổ" if point.value in said else "",
        )
        for point in CheckPoint
    )


class Watched:
    """A chain, two officers of its area, and its lead's director."""

    def __init__(self, session: Any, make: Any, chain: Chain | None = None) -> None:
        self.session, self.make = session, make
        self.chain = chain or chain_of(session, make)
        self.officer: Actor = make.officer()
        self.second: Actor = make.officer()
        self.lead: Actor = make.member(self.chain.lead)
        self.id = self.chain.public_id

    def planned(self, day: int = 3) -> PostCheck:
        on = TODAY + timedelta(days=day)
        return plan_check(self.session, self.officer, self.id, on, today=TODAY, now=NOW)

    def checked(
        self, day: int = 0, done_on: date | None = None, **said: PointAnswer
    ) -> PostCheck:
        """Planned and written down on one day, done on that day or an earlier one."""
        check = self.planned(day)
        on = TODAY + timedelta(days=day)
        later = on + timedelta(days=180)
        command = DoCheck(answers(**said), "đã xem vườn", later, done_on)
        now = NOW + timedelta(days=day)
        session, number = self.session, check.number
        return do_check(
            session, self.officer, self.id, number, command, today=on, now=now
        )

    def taken(self, code: str = "M-01") -> SampleTest:
        product = self.make.product().id
        command = TakeSample(code, product, "Lô 12", "Trung tâm kiểm nghiệm")
        session, who = self.session, self.officer
        return take_sample(session, who, self.id, command, today=TODAY, now=NOW)

    def analysed(self, value: str = "0.2", code: str = "M-01") -> SampleTest:
        """One parameter whose limit is 0.5 mg/kg."""
        sample = self.taken(code)
        measured = (Measured("Carbendazim", Decimal(value), Decimal("0.5")),)
        answer, who = SampleAnalysed(measured, "phiếu 12"), self.officer
        session, number = self.session, sample.number
        return record_analysis(
            session, who, self.id, number, answer, today=TODAY, now=NOW
        )

    def found(self) -> Nonconformity:
        """Something serious that a check has found."""
        findings: Sequence[Nonconformity] = self.checked(
            inputs=PointAnswer.SERIOUS
        ).findings
        return findings[0]

    def opened(self, ground: CaseGround = CaseGround.REPORT) -> MonitoringCase:
        """A draft of the first officer."""
        command = OpenCase(ground, "có người phản ánh", "bán cho ai?")
        session, who = self.session, self.officer
        return open_case(session, who, self.id, command, today=TODAY, now=NOW)

    def asked(self) -> MonitoringCase:
        """Sent to the lead today."""
        case, session, who = self.opened(), self.session, self.officer
        return activate_case(session, who, self.id, case.number, today=TODAY, now=NOW)

    def concluded(self, severity: FindingSeverity | None = None) -> MonitoringCase:
        """Answered by the lead, concluded by the first officer."""
        case, session = self.asked(), self.session
        args = self.id, case.number
        answer_case(session, self.lead, *args, "cho siêu thị", today=TODAY, now=NOW)
        said = Conclude(severity, "đã rõ", "bán theo hợp đồng" if severity else "")
        return conclude_case(session, self.officer, *args, said, today=TODAY, now=NOW)

    def recognised(self, days_ago: int = 0) -> Chain:
        """Confirmed by both officers some days ago, whatever the predicates say."""
        row = Recognition(
            chain_id=self.chain.id,
            number=f"{self.chain.id}/2026/XN-CATP",
            issuer_id=self.officer.organisation_id,
            issued_on=TODAY - timedelta(days=days_ago),
            proposed_by_id=self.officer.user_id,
            decided_by_id=self.second.user_id,
            decided_at=NOW - timedelta(days=days_ago),
        )
        self.session.add(row)
        self.session.flush()
        self.session.expire(self.chain, ["recognitions"])
        return evaluate_chain(self.session, self.chain.id, today=TODAY, now=NOW)


def told(session: Any, kind: NoticeKind, who: Actor) -> int:
    """How often somebody was told of this kind of thing."""
    found = sa.select(sa.func.count()).where(
        Notice.kind == kind, Notice.user_id == who.user_id
    )
    return int(session.scalar(found))


def holds(watched: Watched, code: str, today: date = TODAY) -> PredicateResult:
    """How a predicate stands on a day."""
    results = look_at(watched.session, watched.chain, today=today)
    return next(one for one in results if one.code == code)


def asleep(watched: Watched, days_ago: int = 1000) -> DormancyProposal:
    """Confirmed long ago, never delivered for, and proposed by the night."""
    session, chain = watched.session, watched.chain
    chain.submitted_at = NOW - timedelta(days=days_ago)
    watched.recognised(days_ago)
    propose_dormant(session, today=TODAY, now=NOW)
    found = sa.select(DormancyProposal).where(DormancyProposal.chain_id == chain.id)
    return session.scalars(found.order_by(DormancyProposal.id.desc())).first()  # type: ignore[no-any-return]


# Of records that hang on a chain; see `tests.estate`.
BLUEPRINTS = (
    "chain_checks",
    "chain_samples",
    "chain_findings",
    "chain_stops",
    "chain_cases",
    "chain_papers",
    "chain_dormancy",
    "chain_actions",
)


def submitted(session: Any, make: Any, chain: Chain) -> Chain:
    """The chain once its lead has sent it, with one record of each kind."""
    chain.submitted_at, chain.state = NOW, "submitted"  # type: ignore[assignment]
    session.flush()
    watched = Watched(session, make, chain)
    watched.found()
    plan = PlanAction("ghi bù sổ", "Chị Hoa", TODAY)
    args = session, watched.lead, chain.public_id, 1, plan
    plan_action(*args, today=TODAY, now=NOW)
    watched.taken()
    case = watched.asked()
    files = [prepare_file("phieu.pdf", b"%PDF-1.7")]
    args = session, watched.lead, chain.public_id, case.number, "cho siêu thị", files
    answer_case(*args, today=TODAY, now=NOW)
    watched.recognised()
    quiet = TODAY - timedelta(days=700)
    row = DormancyProposal(
        chain_id=chain.id, number=1, proposed_on=TODAY, quiet_from=quiet
    )
    session.add(row)
    freeze_recognition(session, chain, now=NOW)
    return chain


def _done(state: str) -> dict[str, Any]:
    over = state == "done"
    who = sa.select(sa.func.max(User.id)).scalar_subquery()
    return {
        "done_on": TODAY if over else None,
        "done_by_id": who if over else None,
        "passed": True if over else None,
    }


def _answered(state: str) -> dict[str, Any]:
    over = state == "analysed"
    return {"analysed_on": TODAY if over else None, "passed": True if over else None}


def _closed(state: str) -> dict[str, Any]:
    second = sa.select(sa.func.max(User.id)).scalar_subquery()
    over = state == "closed"
    return {
        "closed_on": TODAY if over else None,
        "closed_by_id": second if over else None,
    }


def _decided(state: str) -> dict[str, Any]:
    first, second = (
        sa.select(one(User.id)).scalar_subquery() for one in (sa.func.min, sa.func.max)
    )
    known = state not in ("draft", "dropped")
    decided = state in ("addressed", "declined", "closed")
    return {
        "active_on": TODAY if known else None,
        "answer_by": TODAY if known else None,
        "conclusion": "đã rõ" if decided else "",
        "severity": "minor" if state == "addressed" else None,
        "concluded_by_id": first if decided else None,
        "decided_on": TODAY if decided else None,
        "decided_by_id": second if decided else None,
        "closed_on": TODAY if state == "closed" else None,
    }


# What other columns must say in a state; see `tests.models.test_guards`.
MONITORED = {
    "post_checks": _done,
    "sample_tests": _answered,
    "nonconformities": _closed,
    "monitoring_cases": _decided,
}
