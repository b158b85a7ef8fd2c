"""What the field agrees on: units, law, products and limits, each with its dates.

Every row carries its source. A limit that the law or a market may change is a
row of `rules` with a validity, never a constant in code.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import relationship

from marketplace.domain.words import AdminLevel, Market, SeasonClass, Severity
from models.database import (
    Base,
    Code,
    Id,
    Mapped,
    Name,
    Words,
    mapped_column,
    words,
)

VALID = "valid_to IS NULL OR valid_from < valid_to"


class LegalBasis(Base):
    """A law, decree or decision, in force from a day to a day (half open)."""

    __tablename__ = "legal_bases"
    __table_args__ = (CheckConstraint(VALID, name="valid_interval"),)

    id: Mapped[Id]
    ref: Mapped[Name] = mapped_column(unique=True)
    subject_vi: Mapped[Name]
    subject_en: Mapped[Name]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[Words] = mapped_column(default="")


class AdminUnit(Base):
    """A province, former district or commune while it was called so.

    The General Statistics Office re-uses codes with another meaning, so a code
    alone is not a key: `(gso_code, level, valid_from)` is.
    """

    __tablename__ = "admin_units"
    __table_args__ = (
        UniqueConstraint("gso_code", "level", "valid_from"),
        CheckConstraint(VALID, name="valid_interval"),
    )

    id: Mapped[Id]
    gso_code: Mapped[str] = mapped_column(String(8))
    level: Mapped[AdminLevel] = mapped_column(words(AdminLevel))
    kind: Mapped[Code]
    name: Mapped[Name]
    name_folded: Mapped[Name] = mapped_column(index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("admin_units.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    legal_basis_id: Mapped[int | None] = mapped_column(ForeignKey("legal_bases.id"))

    parent: Mapped[AdminUnit | None] = relationship(remote_side="AdminUnit.id")


class AdminChange(Base):
    """An old unit went into a new one on a day; a merge has several old ones."""

    __tablename__ = "admin_changes"

    old_id: Mapped[int] = mapped_column(ForeignKey("admin_units.id"), primary_key=True)
    new_id: Mapped[int] = mapped_column(
        ForeignKey("admin_units.id"), primary_key=True, index=True
    )
    effective_on: Mapped[date]
    legal_basis_id: Mapped[int | None] = mapped_column(ForeignKey("legal_bases.id"))


class AreaGroup(Base):
    """Units reported together, such as the communes of a former district."""

    __tablename__ = "area_groups"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    kind: Mapped[Code]


class AreaGroupMember(Base):
    """A unit belongs to an area group from a day to a day."""

    __tablename__ = "area_group_members"
    __table_args__ = (CheckConstraint(VALID, name="valid_interval"),)

    area_group_id: Mapped[int] = mapped_column(
        ForeignKey("area_groups.id"), primary_key=True
    )
    unit_id: Mapped[int] = mapped_column(
        ForeignKey("admin_units.id"), primary_key=True, index=True
    )
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class ProductGroup(Base):
    """What a chain is counted under; `report_group` is the row of Form A."""

    __tablename__ = "product_groups"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name_vi: Mapped[Name]
    name_en: Mapped[Name]
    report_group: Mapped[Code]
    icon: Mapped[Code]
    position: Mapped[int] = mapped_column(default=0)


class Product(Base):
    """What is sold, fresh or processed."""

    __tablename__ = "products"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("product_groups.id"))
    name_vi: Mapped[Name]
    name_en: Mapped[Name]
    scientific_name: Mapped[Name] = mapped_column(default="")
    hs_code: Mapped[Code] = mapped_column(default="")
    icon: Mapped[Code]
    processed: Mapped[bool] = mapped_column(default=False)
    perennial: Mapped[bool] = mapped_column(default=True)
    shelf_life_days: Mapped[int]
    cold_life_days: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)


class Variety(Base):
    """A local variety of a product and the season it ripens in."""

    __tablename__ = "varieties"
    __table_args__ = (UniqueConstraint("product_id", "code"),)

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    code: Mapped[Code]
    name_vi: Mapped[Name]
    name_en: Mapped[Name]
    season_class: Mapped[SeasonClass] = mapped_column(words(SeasonClass))


class Grade(Base):
    """A class of quality of a product: rank 1 is the best."""

    __tablename__ = "grades"
    __table_args__ = (
        UniqueConstraint("product_id", "rank"),
        CheckConstraint("rank > 0", name="rank_positive"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    rank: Mapped[int]
    code: Mapped[Code]
    name_vi: Mapped[Name]
    name_en: Mapped[Name]
    description: Mapped[Words] = mapped_column(default="")


class Rule(Base):
    """A numeric limit or parameter in force from a day to a day (half open)."""

    __tablename__ = "rules"
    __table_args__ = (
        UniqueConstraint("code", "valid_from"),
        CheckConstraint(VALID, name="valid_interval"),
    )

    id: Mapped[Id]
    code: Mapped[Code]
    severity: Mapped[Severity] = mapped_column(words(Severity))
    params: Mapped[dict[str, Any]]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    legal_basis_id: Mapped[int | None] = mapped_column(ForeignKey("legal_bases.id"))
    source: Mapped[Words] = mapped_column(default="")


class MarketRequirement(Base):
    """What a market asks of a product, as predicates."""

    __tablename__ = "market_requirements"
    __table_args__ = (CheckConstraint(VALID, name="valid_interval"),)

    id: Mapped[Id]
    market: Mapped[Market] = mapped_column(words(Market))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    predicates: Mapped[dict[str, Any]]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[Words] = mapped_column(default="")


class DeclaredBaseline(Base):
    """A number somebody declared, with its source; never mixed with counts."""

    __tablename__ = "declared_baselines"
    __table_args__ = (UniqueConstraint("metric", "area_group_id", "on", "source"),)

    id: Mapped[Id]
    metric: Mapped[Code]
    area_group_id: Mapped[int | None] = mapped_column(ForeignKey("area_groups.id"))
    on: Mapped[date]
    value: Mapped[Name]
    unit: Mapped[Code] = mapped_column(default="")
    source: Mapped[Name]
    note: Mapped[Words] = mapped_column(default="")
