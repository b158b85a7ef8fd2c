"""Contracts: planned deliveries and frozen versions."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import relationship

from marketplace.domain.words import (
    ContractKind,
    ContractState,
    LinkageForm,
    PriceMode,
)
from models.contract_templates import ContractTemplate
from models.database import (
    Base,
    Code,
    Digest,
    Dong,
    Hectares,
    Id,
    Kilograms,
    Mapped,
    Name,
    PublicId,
    Timestamped,
    Words,
    mapped_column,
    words,
)
from models.harvests import Harvest
from models.offers import Offer, Tranche
from models.organisations import Organisation
from models.proposals import Proposal
from models.reference import Product

if TYPE_CHECKING:
    from models.contract_events import ContractEvent
    from models.signatures import Signature


class Contract(Timestamped, Base):
    """What two organisations agreed; only `in_force` supports a chain."""

    __tablename__ = "contracts"
    __table_args__ = (
        UniqueConstraint("seller_id", "number"),
        UniqueConstraint("proposal_id"),
        CheckConstraint("seller_id <> buyer_id", name="two_parties"),
        CheckConstraint("total_kg > 0", name="kilograms_positive"),
        CheckConstraint("price_vnd > 0", name="price_positive"),
        CheckConstraint("value_vnd >= 0", name="value_not_negative"),
        CheckConstraint("share_pct BETWEEN 0 AND 100", name="share_in_band"),
        CheckConstraint(
            "price_mode = 'fixed' OR reference_market <> ''",
            name="a_moving_price_names_its_market",
        ),
        CheckConstraint("tolerance_pct BETWEEN 0 AND 30", name="tolerance_in_band"),
        CheckConstraint("penalty_pct BETWEEN 0 AND 8", name="penalty_capped"),
        CheckConstraint("effective_from < effective_to", name="term_in_order"),
        CheckConstraint(
            "signed_on IS NULL OR signed_on <= effective_from",
            name="signed_before_effect",
        ),
        CheckConstraint(
            "state NOT IN ('in_force', 'suspended', 'fulfilled')"
            " OR signed_on IS NOT NULL",
            name="in_force_only_when_signed",
        ),
        CheckConstraint(
            "0 <= delivered_kg AND 0 <= accepted_kg AND accepted_kg <= delivered_kg",
            name="accepted_within_delivered",
        ),
        Index("ix_contracts_state_sign_by", "state", "sign_by"),
        # What is new on the board, and what is at risk, is little of what there is.
        Index("ix_contracts_signed_on", "signed_on"),
        Index(
            "ix_contracts_breached",
            "ended_on",
            sqlite_where=text("ended_for_breach"),
            postgresql_where=text("ended_for_breach"),
        ),
        Index(
            "ix_contracts_at_risk",
            "seller_id",
            sqlite_where=text("at_risk"),
            postgresql_where=text("at_risk"),
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    number: Mapped[Code]
    kind: Mapped[ContractKind] = mapped_column(
        words(ContractKind), default=ContractKind.LINKAGE
    )
    state: Mapped[ContractState] = mapped_column(
        words(ContractState), default=ContractState.DRAFT
    )
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposals.id"))
    harvest_id: Mapped[int | None] = mapped_column(
        ForeignKey("harvests.id"), index=True
    )
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offers.id"), index=True)
    seller_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    buyer_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    stages: Mapped[list[Any]]
    linkage_form: Mapped[LinkageForm] = mapped_column(words(LinkageForm))
    season: Mapped[Code]
    seasons_covered: Mapped[int] = mapped_column(default=1)
    linked_area_ha: Mapped[Hectares] = mapped_column(default=Decimal(0))
    price_mode: Mapped[PriceMode] = mapped_column(
        words(PriceMode), default=PriceMode.FIXED
    )
    price_vnd: Mapped[Dong]
    # With a floor: how much of what the market pays above it goes to the seller.
    share_pct: Mapped[int] = mapped_column(default=0)
    reference_market: Mapped[Name] = mapped_column(default="")
    total_kg: Mapped[Kilograms]
    value_vnd: Mapped[Dong]
    tolerance_pct: Mapped[int]
    penalty_pct: Mapped[int]
    payment_term_days: Mapped[int]
    deposit_pct: Mapped[int] = mapped_column(default=0)
    effective_from: Mapped[date]
    effective_to: Mapped[date]
    sign_by: Mapped[datetime]
    signed_on: Mapped[date | None]
    # Why it left force before its end; breach breaks the continuity of a chain.
    ended_on: Mapped[date | None]
    ended_reason: Mapped[Words] = mapped_column(default="")
    ended_for_breach: Mapped[bool] = mapped_column(default=False)
    delivered_kg: Mapped[Kilograms] = mapped_column(default=0)
    accepted_kg: Mapped[Kilograms] = mapped_column(default=0)
    at_risk: Mapped[bool] = mapped_column(default=False)
    at_risk_reason: Mapped[Words] = mapped_column(default="")
    current_version: Mapped[int] = mapped_column(default=1)

    proposal: Mapped[Proposal | None] = relationship()
    harvest: Mapped[Harvest | None] = relationship()
    offer: Mapped[Offer | None] = relationship()
    seller: Mapped[Organisation] = relationship(foreign_keys=[seller_id])
    buyer: Mapped[Organisation] = relationship(foreign_keys=[buyer_id])
    product: Mapped[Product] = relationship()
    lines: Mapped[list[ContractLine]] = relationship(
        back_populates="contract", order_by="ContractLine.number"
    )
    versions: Mapped[list[ContractVersion]] = relationship(
        back_populates="contract", order_by="ContractVersion.version"
    )
    events: Mapped[list[ContractEvent]] = relationship(
        back_populates="contract", order_by="ContractEvent.position"
    )

    @property
    def last_day(self) -> date:
        """The last day in force; `effective_to` is the day after it."""
        return self.effective_to - timedelta(days=1)


class ContractLine(Base):
    """One planned delivery of a contract."""

    __tablename__ = "contract_lines"
    __table_args__ = (
        # Nought: an amendment dropped it.
        CheckConstraint("kg >= 0", name="kilograms_not_negative"),
        CheckConstraint("deliver_from <= deliver_to", name="window_in_order"),
        CheckConstraint(
            "0 <= released_kg AND 0 <= refused_kg AND released_kg + refused_kg <= kg",
            name="given_back_within_promised",
        ),
        ForeignKeyConstraint(
            ["contract_id", "called_from"],
            ["contract_lines.contract_id", "contract_lines.number"],
        ),
    )

    contract_id: Mapped[int] = mapped_column(
        ForeignKey("contracts.id"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tranche_id: Mapped[int | None] = mapped_column(
        ForeignKey("tranches.id"), index=True
    )
    kg: Mapped[Kilograms]
    deliver_from: Mapped[date]
    deliver_to: Mapped[date]
    # Given back to the tranche and the harvest: nobody delivers them any more.
    released_kg: Mapped[Kilograms] = mapped_column(default=0)
    # Given back to the tranche alone: picked and delivered, but turned away for good.
    refused_kg: Mapped[Kilograms] = mapped_column(default=0)
    # The planned delivery of whose kilograms a call-off made this one.
    called_from: Mapped[int | None]
    # The version of the contract whose words plan it so.
    version: Mapped[int] = mapped_column(default=1)
    # A later season than the contract's own; it takes nothing of its harvest.
    season: Mapped[Code] = mapped_column(default="")

    contract: Mapped[Contract] = relationship(back_populates="lines")
    tranche: Mapped[Tranche | None] = relationship()


class ContractVersion(Base):
    """The words of a contract, frozen; an amendment is a new version.

    `content` is the canonical text (sorted keys, NFC, integer units) and
    `digest` its SHA-256; both sides sign that digest.
    """

    __tablename__ = "contract_versions"
    __table_args__ = (UniqueConstraint("contract_id", "version", "digest"),)

    contract_id: Mapped[int] = mapped_column(
        ForeignKey("contracts.id"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[Words]
    digest: Mapped[Digest] = mapped_column(index=True)
    template: Mapped[Code]
    # Unknown of what was worded before templates were rows.
    template_id: Mapped[int | None] = mapped_column(
        ForeignKey("contract_templates.id"), index=True
    )
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    contract: Mapped[Contract] = relationship(back_populates="versions")
    worded_by: Mapped[ContractTemplate | None] = relationship()
    signatures: Mapped[list[Signature]] = relationship(back_populates="version_signed")
