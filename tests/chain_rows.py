"""Chains for tests, from the contract to the confirmation, through the services."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.words import (
    CertificateScheme,
    ChainKind,
    ChainState,
    FacilityKind,
    PaperState,
)
from marketplace.services.chain_decisions import (
    confirm_chain,
    propose_confirmation,
    recognise_chain,
    record_fact,
)
from marketplace.services.chain_linking import apply_for_safe_chain, join_chains
from models.chains import Chain, ChainFact, Recognition
from models.contracts import Contract
from models.papers import Facility
from models.reference import Product, ProductGroup
from tests.deals import Deals
from tests.factories import NOW, TODAY, Make


class Chains:
    """What leads, buyers and officers do, in short."""

    def __init__(self, session: Session, make: Make) -> None:
        self.session, self.make = session, make
        self.officers = [make.officer(), make.officer()]

    def shop(self, organisation: Any, **paper: Any) -> Facility:
        """A selling point with its food-safety certificate."""
        shop = Facility(
            organisation_id=organisation.id,
            kind=FacilityKind.SELLING_POINT,
            name="Cửa hàng",
            unit_id=organisation.unit_id,
        )
        self.session.add(shop)
        self.session.flush()
        self.make.certificate(
            organisation,
            CertificateScheme.FOOD_SAFETY,
            product_id=None,
            facility_id=shop.id,
            **paper,
        )
        return shop

    def contract(self, product: str = "longan", **seller: Any) -> Contract:
        """One in force, of a cooperative with VietGAP and a buyer with a shop."""
        lead = self.make.organisation(**seller)
        paper = self.make.certificate(lead, product_id=self.make.product(product).id)
        buyer = self.make.buyer()
        self.shop(buyer)
        harvest = self.make.harvest(lead, product=product, papers=[paper])
        offer = self.make.offer(buyer, product=product)
        return Deals(self.session, self.make).in_force(
            self.make.proposal(harvest, offer)
        )

    def safe(
        self, contract: Contract, today: date = TODAY, now: datetime = NOW
    ) -> Chain:
        """Applied for, with a sample that passed."""
        director = self.make.member(contract.seller)
        chain = apply_for_safe_chain(
            self.session, director, contract, today=today, now=now
        )
        self.fact(chain, "sample", passed=True, today=today, now=now)
        return chain

    def confirm(self, chain: Chain, today: date = TODAY, now: datetime = NOW) -> Chain:
        """One officer proposes, the other confirms."""
        first, second = self.officers
        propose_confirmation(self.session, first, chain.public_id, today=today)
        return confirm_chain(
            self.session, second, chain.public_id, today=today, now=now
        )

    def confirmed(self, product: str = "longan", **seller: Any) -> Chain:
        """A safe chain that counts from TODAY on."""
        return self.confirm(self.safe(self.contract(product, **seller)))

    def recognised(self, product: str = "longan", **seller: Any) -> Chain:
        """A product-development chain that counts from TODAY on."""
        contract = self.contract(product, **seller)
        join_chains(self.session, contract, today=TODAY, now=NOW)
        chain = self.session.scalars(
            select(Chain).where(
                Chain.lead_id == contract.seller_id,
                Chain.kind == ChainKind.PRODUCT_DEVELOPMENT,
            )
        ).one()
        officer = self.officers[0]
        return recognise_chain(
            self.session, officer, chain.public_id, today=TODAY, now=NOW
        )

    def fact(
        self,
        chain: Chain,
        kind: str,
        *,
        passed: bool | None = None,
        today: date = TODAY,
        now: datetime = NOW,
    ) -> Chain:
        """An officer writes a check or a stop down."""
        return record_fact(
            self.session,
            self.officers[0],
            chain.public_id,
            kind,
            passed=passed,
            note="",
            today=today,
            now=now,
        )

    def product_of(self, report_group: str) -> str:
        """A crop of its own product group, counted under a row of Form A."""
        longan = self.make.product()
        like = self.session.get_one(ProductGroup, longan.group_id)
        group = ProductGroup(
            code=f"g_{report_group}",
            name_vi=report_group,
            name_en=report_group,
            report_group=report_group,
            icon=like.icon,
            position=100,
        )
        self.session.add(group)
        self.session.flush()
        copied = {
            column.key: getattr(longan, column.key)
            for column in Product.__mapper__.columns
            if column.key not in ("id", "code", "group_id")
        }
        product = Product(code=f"p_{report_group}", group_id=group.id, **copied)
        self.session.add(product)
        self.session.flush()
        return product.code

    def own(self, product: str = "longan", on: date = TODAY, **lead: Any) -> Chain:
        """A lead that grows and sells itself, confirmed by two officers on a day.

        Rows alone: nothing is evaluated yet.
        """
        make, session = self.make, self.session
        crop = make.product(product)
        organisation = make.organisation(**lead)
        make.area(organisation)
        first, second = (officer.user_id for officer in self.officers)
        papers = {
            "verified": False,  # or each paper would bring an officer of its own
            "state": PaperState.ACTIVE,
            "issued_on": on - timedelta(days=90),
            "expires_on": on + timedelta(days=600),
            "verified_at": at(on),
            "verified_by_id": first,
        }
        make.certificate(organisation, product_id=crop.id, **papers)
        self.shop(organisation, **papers)
        chain = Chain(
            kind=ChainKind.SAFE_SUPPLY,
            lead_id=organisation.id,
            group_id=crop.group_id,
            name=f"Chuỗi {organisation.short_name}",
            unit_id=organisation.unit_id,
            state=ChainState.SUBMITTED,
            submitted_at=at(on),
        )
        session.add(chain)
        session.flush()
        session.add(
            ChainFact(chain_id=chain.id, kind="sample", on=on, passed=True, by_id=first)
        )
        session.add(
            Recognition(
                chain_id=chain.id,
                number=f"{chain.id}/{on.year}/XN-CATP",
                issuer_id=self.officers[0].organisation_id,
                issued_on=on,
                proposed_by_id=first,
                decided_by_id=second,
                decided_at=at(on),
            )
        )
        session.flush()
        return chain


def at(day: date) -> datetime:
    """Ten o'clock in Viet Nam."""
    return datetime.combine(day, time(3), UTC)


"""Chains for tests of monitoring: submitted ones, their people, and records on them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa

from marketplace.domain.actor import Actor
from marketplace.domain.monitoring import (
    CheckPoint,
    DoCheck,
    FindingSeverity,
    Measured,
    PointAnswer,
    SampleAnalysed,
    Seen,
    TakeSample,
)
from marketplace.domain.monitoring_cases import CaseGround, Conclude, OpenCase
from marketplace.services.chain_evaluation import evaluate_chain
from marketplace.services.monitoring_cases import (
    activate_case,
    answer_case,
    open_case,
)
from marketplace.services.monitoring_checks import do_check, plan_check
from marketplace.services.monitoring_decisions import conclude_case
from marketplace.services.monitoring_samples import record_analysis, take_sample
from models.monitoring import Nonconformity, PostCheck, SampleTest
from models.monitoring_cases import MonitoringCase
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

    def checked(self, day: int = 0, **said: PointAnswer) -> PostCheck:
        """Planned and done on one day."""
        check = self.planned(day)
        on = TODAY + timedelta(days=day)
        command = DoCheck(answers(**said), "đã xem vườn", on + timedelta(days=180))
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
            decided_at=NOW,
        )
        self.session.add(row)
        self.session.flush()
        self.session.expire(self.chain, ["recognitions"])
        return evaluate_chain(self.session, self.chain.id, today=TODAY, now=NOW)


# Of records that hang on a chain; see `tests.estate`.
BLUEPRINTS = (
    "chain_checks",
    "chain_samples",
    "chain_findings",
    "chain_stops",
    "chain_cases",
    "chain_papers",
)


def submitted(session: Any, make: Any, chain: Chain) -> Chain:
    """The chain once its lead has sent it, with one record of each kind."""
    chain.submitted_at, chain.state = NOW, "submitted"  # type: ignore[assignment]
    session.flush()
    watched = Watched(session, make, chain)
    watched.found()
    watched.taken()
    watched.asked()
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
