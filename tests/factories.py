"""Rows for tests, written through the models; sensible around TODAY.

`make.harvest(likely_kg=60_000)` gives a whole open harvest of a verified
cooperative; what a test does not name does not matter to it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor, Role
from marketplace.domain.demo_codes import demo_tax_codes
from marketplace.domain.text import fold
from marketplace.domain.words import (
    CertificateScheme,
    HarvestState,
    Market,
    MembershipState,
    OfferState,
    OrganisationKind,
    OrganisationState,
    PaperState,
    SeasonClass,
)
from models.harvests import Harvest, HarvestGrade, HarvestPaper, HarvestRevision
from models.offers import Offer, OfferRequirement, Tranche
from models.organisations import Membership, Organisation, User
from models.papers import Certificate, GrowingArea, GrowingAreaCode
from models.price_quotes import PriceMarket, PriceQuote
from models.proposals import Proposal, Terms, TermsLine
from models.reference import AdminUnit, AreaGroup, Product, Variety

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
PASSWORD = "vuon nhan tren doi 26"
# Argon2id of PASSWORD with the parameters of the house, so that tests need not
# spend 30 ms on each user; see tests/services/test_people.py for the real thing.
_numbers = itertools.count(1)
_tax_codes = demo_tax_codes()


class Make:
    """One factory a test; every method adds to its session and flushes."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def _add(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()  # the test needs its id
        return row

    def product(self, code: str = "longan") -> Product:
        return self.session.scalars(select(Product).where(Product.code == code)).one()

    def price_market(self, code: str = "long_bien") -> PriceMarket:
        wanted = select(PriceMarket).where(PriceMarket.code == code)
        return self.session.scalars(wanted).one()

    def quote(
        self,
        low_vnd: int,
        high_vnd: int,
        *,
        product: str = "longan",
        market: str = "long_bien",
        **over: Any,
    ) -> PriceQuote:
        """What a market paid on a day, today if no other is named."""
        source = over.pop("source", "Sở Công Thương")
        values: dict[str, Any] = {
            "day": TODAY,
            "known_grade": over.get("grade_rank"),
            "entered_at": NOW,
        }
        return self._add(
            PriceQuote(
                product_id=self.product(product).id,
                market_id=self.price_market(market).id,
                low_vnd=low_vnd,
                high_vnd=high_vnd,
                source=source,
                source_folded=fold(source),
                **(values | over),
            )
        )

    def variety(self, product: str = "longan") -> Variety:
        wanted = select(Variety).where(Variety.product_id == self.product(product).id)
        return self.session.scalars(wanted.order_by(Variety.id)).first()  # type: ignore[return-value]

    def commune(self, name: str = "Chiềng Khoong", on: date = TODAY) -> AdminUnit:
        wanted = select(AdminUnit).where(
            AdminUnit.level == "commune",
            AdminUnit.name_folded.like(f"%{fold(name)}"),
            AdminUnit.valid_from <= on,
            (AdminUnit.valid_to.is_(None)) | (AdminUnit.valid_to > on),
        )
        return self.session.scalars(wanted.order_by(AdminUnit.id)).first()  # type: ignore[return-value]

    def organisation(
        self,
        kind: OrganisationKind = OrganisationKind.COOPERATIVE,
        *,
        verified: bool = True,
        **over: Any,
    ) -> Organisation:
        number = next(_numbers)
        name = over.pop("name", f"{kind.value} {number}")
        values: dict[str, Any] = {
            "state": OrganisationState.VERIFIED
            if verified
            else OrganisationState.PENDING,
            "verified_at": NOW if verified else None,
            "name": name,
            "name_folded": fold(name),
            "skeleton": fold(name),
            "short_name": name,
            "unit_id": self.commune().id,
            "latitude": 21.0,
            "longitude": 103.75,
            "official_members": 9 if kind is OrganisationKind.COOPERATIVE else None,
            "charter_capital_vnd": 1_000_000_000,
            "legal_representative": f"Người đại diện {number}",
            "representative_title": "Giám đốc",
            "phone": f"+849{number:08d}",
            "address": "Bản Một",
            "bank_account": f"{number:010d}",
            "tax_code": next(_tax_codes),
        }
        return self._add(Organisation(kind=kind, **(values | over)))

    def buyer(self, **over: Any) -> Organisation:
        return self.organisation(OrganisationKind.RETAILER, **over)

    def user(self, **over: Any) -> User:
        number = next(_numbers)
        values: dict[str, Any] = {
            "name": f"Người dùng {number}",
            "email": f"nguoi{number}@example.vn",
            "password_hash": over.pop("password_hash", password_hash()),
            "email_verified_at": NOW,
        }
        return self._add(User(**(values | over)))

    def membership(
        self,
        organisation: Organisation | None = None,
        role: Role = Role.DIRECTOR,
        user: User | None = None,
        **over: Any,
    ) -> Membership:
        return self._add(
            Membership(
                user_id=(user or self.user()).id,
                organisation_id=(organisation or self.organisation()).id,
                role=role,
                state=over.pop("state", MembershipState.ACTIVE),
                **over,
            )
        )

    def member(
        self,
        organisation: Organisation | None = None,
        role: Role = Role.DIRECTOR,
        user: User | None = None,
    ) -> Actor:
        membership = self.membership(organisation, role, user)
        return Actor(membership.user_id, membership.organisation_id, role)

    def authority(self) -> Organisation:
        return self.organisation(OrganisationKind.AUTHORITY)

    def officer(
        self, group: str = "D126", organisation: Organisation | None = None
    ) -> Actor:
        """An officer whose scope is an area group, its units of all times."""
        wanted = select(AreaGroup).where(AreaGroup.code == group)
        area = self.session.scalars(wanted).one()
        membership = self.membership(
            organisation or self.authority(), Role.OFFICER, scope_group_id=area.id
        )
        from models.reference import AreaGroupMember

        units = self.session.scalars(
            select(AreaGroupMember.unit_id).where(
                AreaGroupMember.area_group_id == area.id
            )
        )
        return Actor(
            membership.user_id,
            membership.organisation_id,
            Role.OFFICER,
            frozenset(units),
        )

    def area(self, organisation: Organisation, **over: Any) -> GrowingArea:
        values: dict[str, Any] = {
            "name": f"Vườn {next(_numbers)}",
            "product_id": self.product().id,
            "area_ha": Decimal(32),
            "unit_id": organisation.unit_id,
            "latitude": 21.0,
            "longitude": 103.75,
        }
        return self._add(
            GrowingArea(organisation_id=organisation.id, **(values | over))
        )

    def certificate(
        self,
        organisation: Organisation,
        scheme: CertificateScheme = CertificateScheme.VIETGAP,
        *,
        verified: bool = True,
        **over: Any,
    ) -> Certificate:
        officer = self.officer() if verified else None
        values: dict[str, Any] = {
            "number": f"VG-{next(_numbers)}",
            "issuer": "Trung tâm chứng nhận mẫu",
            "product_id": self.product().id,
            "issued_on": TODAY - timedelta(days=300),
            "expires_on": TODAY + timedelta(days=400),
            "state": PaperState.ACTIVE if verified else PaperState.PENDING,
            "verified_at": NOW if verified else None,
            "verified_by_id": officer.user_id if officer else None,
        }
        return self._add(
            Certificate(
                organisation_id=organisation.id, scheme=scheme, **(values | over)
            )
        )

    def code(
        self, area: GrowingArea, market: Market = Market.CN, **over: Any
    ) -> GrowingAreaCode:
        officer = self.officer()
        values: dict[str, Any] = {
            "product_id": area.product_id,
            "code": f"VN-SLOR-{next(_numbers):04d}",
            "area_ha": area.area_ha,
            "state": PaperState.ACTIVE,
            "valid_from": TODAY - timedelta(days=300),
            "valid_to": None,
            "verified_at": NOW,
            "verified_by_id": officer.user_id,
        }
        return self._add(
            GrowingAreaCode(area_id=area.id, market=market, **(values | over))
        )

    def harvest(
        self,
        organisation: Organisation | None = None,
        *,
        product: str = "longan",
        grades: Sequence[tuple[int, int]] = ((1, 1000),),
        papers: Sequence[Certificate | GrowingAreaCode] = (),
        **over: Any,
    ) -> Harvest:
        """An open harvest; `grades` are (rank, permille) pairs that sum 1000."""
        organisation = organisation or self.organisation()
        likely = over.pop("likely_kg", 60_000)
        values: dict[str, Any] = {
            "state": HarvestState.OPEN,
            "product_id": self.product(product).id,
            "unit_id": organisation.unit_id,
            "latitude": organisation.latitude,
            "longitude": organisation.longitude,
            "season": f"{product.upper()}-2026-MAIN",
            "season_class": SeasonClass.MAIN,
            "window_start": date(2026, 7, 25),
            "window_end": date(2026, 8, 31),
            "low_kg": likely * 8 // 10,
            "likely_kg": likely,
            "high_kg": likely * 12 // 10,
            "limit_kg": likely,
            "floor_price_vnd": 14_000,
            "posted_at": NOW,
        }
        harvest = Harvest(organisation_id=organisation.id, **(values | over))
        harvest.grades = [
            HarvestGrade(rank=rank, share_permille=share) for rank, share in grades
        ]
        harvest.papers = [
            HarvestPaper(certificate_id=p.id)
            if isinstance(p, Certificate)
            else HarvestPaper(code_id=p.id)
            for p in papers
        ]
        self._add(harvest)
        self._add(
            HarvestRevision(
                harvest_id=harvest.id,
                number=1,
                window_start=harvest.window_start,
                window_end=harvest.window_end,
                low_kg=harvest.low_kg,
                likely_kg=harvest.likely_kg,
                high_kg=harvest.high_kg,
                by_id=self.user().id,
                at=NOW,
            )
        )
        return harvest

    def offer(
        self,
        organisation: Organisation | None = None,
        *,
        product: str = "longan",
        tranches: Sequence[tuple[date, int]] = ((date(2026, 8, 4), 12_000),),
        ceiling_price_vnd: int = 15_500,
        schemes: Sequence[CertificateScheme] = (),
        codes_for: Sequence[Market] = (),
        **over: Any,
    ) -> Offer:
        """An open offer; `tranches` are (delivery day, kg) pairs."""
        organisation = organisation or self.buyer()
        values: dict[str, Any] = {
            "state": OfferState.OPEN,
            "product_id": self.product(product).id,
            "place": "Kho Đông Anh, Hà Nội",
            "latitude": 21.14,
            "longitude": 105.85,
            "payment_term_days": 7,
            "posted_at": NOW,
        }
        offer = Offer(organisation_id=organisation.id, **(values | over))
        offer.requirements = [OfferRequirement(scheme=s) for s in schemes] + [
            OfferRequirement(market=m) for m in codes_for
        ]
        offer.tranches = [
            Tranche(
                number=number,
                window_start=day,
                window_end=day,
                kg=kg,
                ceiling_price_vnd=ceiling_price_vnd,
            )
            for number, (day, kg) in enumerate(tranches, 1)
        ]
        return self._add(offer)

    def proposal(
        self,
        harvest: Harvest | None = None,
        offer: Offer | None = None,
        *,
        price_vnd: int = 14_500,
        kg: int = 12_000,
    ) -> Proposal:
        """The matcher's proposal of round 0, one line on the offer's first tranche."""
        harvest, offer = harvest or self.harvest(), offer or self.offer()
        proposal = self._add(
            Proposal(
                harvest_id=harvest.id,
                offer_id=offer.id,
                seller_id=harvest.organisation_id,
                buyer_id=offer.organisation_id,
                posts_digest=f"{next(_numbers):064d}",
                reasons=[],
            )
        )
        terms = Terms(
            proposal_id=proposal.id,
            round=0,
            made_at=NOW,
            expires_at=NOW + timedelta(hours=72),
            price_vnd=price_vnd,
        )
        tranche = offer.tranches[0]
        terms.lines = [
            TermsLine(
                tranche_id=tranche.id,
                kg=kg,
                deliver_from=tranche.window_start,
                deliver_to=tranche.window_end,
            )
        ]
        self._add(terms)
        return proposal


def password_hash() -> str:
    """The hash of PASSWORD, computed once a run."""
    global _hash
    if _hash is None:
        from argon2 import PasswordHasher

        _hash = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1).hash(
            PASSWORD
        )
    return _hash


_hash: str | None = None
