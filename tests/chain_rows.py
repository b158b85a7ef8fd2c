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
