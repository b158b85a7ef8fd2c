"""Demand: purchase offers and the tranches they are delivered in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import relationship

from marketplace.domain.words import (
    CertificateScheme,
    Market,
    OfferState,
    PriceMode,
)
from models.database import (
    Base,
    Dong,
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
from models.organisations import Organisation
from models.price_quotes import PriceMarket
from models.reference import AdminUnit, Product, Variety


class Offer(Timestamped, Base):
    """What a buyer will take, where, and under which conditions."""

    __tablename__ = "offers"
    __table_args__ = (
        CheckConstraint("smallest_lot_kg >= 0", name="smallest_lot_not_negative"),
        CheckConstraint("most_suppliers >= 0", name="suppliers_not_negative"),
        CheckConstraint("payment_term_days BETWEEN 0 AND 90", name="payment_term"),
        CheckConstraint("deposit_pct BETWEEN 0 AND 100", name="deposit_in_band"),
        CheckConstraint("least_grade >= 0", name="grade_not_negative"),
        CheckConstraint("share_pct BETWEEN 0 AND 100", name="share_in_band"),
        CheckConstraint(
            "(price_mode = 'fixed') = (reference_market_id IS NULL)",
            name="a_moving_price_names_its_market",
        ),
        Index("ix_offers_market", "state", "product_id"),
        UniqueConstraint("id", "organisation_id"),  # what proposals refer to
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), index=True
    )
    state: Mapped[OfferState] = mapped_column(
        words(OfferState), default=OfferState.DRAFT
    )
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    least_grade: Mapped[int] = mapped_column(default=0)  # 0: any grade
    market: Mapped[Market] = mapped_column(words(Market), default=Market.DOMESTIC)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("admin_units.id"))
    place: Mapped[Name]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    show_price: Mapped[bool] = mapped_column(default=False)
    smallest_lot_kg: Mapped[Kilograms] = mapped_column(default=0)
    most_suppliers: Mapped[int] = mapped_column(default=0)  # 0: any number
    payment_term_days: Mapped[int]
    deposit_pct: Mapped[int] = mapped_column(default=0)
    # How the agreed price moves after the signatures, if it does.
    price_mode: Mapped[PriceMode] = mapped_column(
        words(PriceMode), default=PriceMode.FIXED
    )
    share_pct: Mapped[int] = mapped_column(default=0)
    reference_market_id: Mapped[int | None] = mapped_column(
        ForeignKey("price_markets.id")
    )
    cold_chain: Mapped[bool] = mapped_column(default=False)
    traceability: Mapped[bool] = mapped_column(default=False)
    packaging: Mapped[Name] = mapped_column(default="")
    notes: Mapped[Words] = mapped_column(default="")
    answer_by: Mapped[date | None]
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    revision: Mapped[int] = mapped_column(default=1)
    posted_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()
    product: Mapped[Product] = relationship()
    unit: Mapped[AdminUnit | None] = relationship()
    reference_market: Mapped[PriceMarket | None] = relationship()
    tranches: Mapped[list[Tranche]] = relationship(
        back_populates="offer", order_by="Tranche.number"
    )
    varieties: Mapped[list[OfferVariety]] = relationship(
        back_populates="offer", cascade="all, delete-orphan"
    )
    requirements: Mapped[list[OfferRequirement]] = relationship(
        back_populates="offer", cascade="all, delete-orphan"
    )


class Tranche(Base):
    """One delivery of an offer: a window, kilograms, and a secret ceiling."""

    __tablename__ = "tranches"
    __table_args__ = (
        UniqueConstraint("offer_id", "number"),
        CheckConstraint("window_start <= window_end", name="window_in_order"),
        CheckConstraint("kg > 0", name="kilograms_positive"),
        CheckConstraint("ceiling_price_vnd > 0", name="ceiling_positive"),
        CheckConstraint(
            "0 <= promised_kg AND promised_kg <= kg", name="never_overbought"
        ),
    )

    id: Mapped[Id]
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"), index=True)
    number: Mapped[int]
    window_start: Mapped[date]
    window_end: Mapped[date]
    kg: Mapped[Kilograms]
    # The buyer's secret, unless `offers.show_price`.
    ceiling_price_vnd: Mapped[Dong]
    promised_kg: Mapped[Kilograms] = mapped_column(default=0)
    # Taken out of the offer by a revision; what is promised of it stays.
    dropped: Mapped[bool] = mapped_column(default=False)

    offer: Mapped[Offer] = relationship(back_populates="tranches")


class OfferVariety(Base):
    """A variety that the buyer accepts; none listed means any."""

    __tablename__ = "offer_varieties"

    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"), primary_key=True)
    variety_id: Mapped[int] = mapped_column(
        ForeignKey("varieties.id"), primary_key=True
    )

    offer: Mapped[Offer] = relationship(back_populates="varieties")
    variety: Mapped[Variety] = relationship()


class OfferRequirement(Base):
    """A certificate scheme, with the least stars where it has stars, or a code.

    `scheme` set: a certificate of that scheme; not set: an active growing-area
    code for `market`.
    """

    __tablename__ = "offer_requirements"
    __table_args__ = (
        CheckConstraint(
            "(scheme IS NULL) <> (market IS NULL)", name="certificate_or_code"
        ),
        CheckConstraint(
            "least_stars IS NULL OR scheme = 'OCOP'", name="stars_only_for_ocop"
        ),
    )

    id: Mapped[Id]
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"), index=True)
    scheme: Mapped[CertificateScheme | None] = mapped_column(words(CertificateScheme))
    market: Mapped[Market | None] = mapped_column(words(Market))
    least_stars: Mapped[int | None]

    offer: Mapped[Offer] = relationship(back_populates="requirements")
