"""What a market paid on a day: dated, sourced, and never written over."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import relationship

from models.database import (
    Base,
    Code,
    Dong,
    Id,
    Mapped,
    Name,
    PublicId,
    Words,
    mapped_column,
)
from models.organisations import User
from models.reference import Product

KEY = ("product_id", "market_id", "grade_rank", "day")
ANY_GRADE = 0


class PriceMarket(Base):
    """A place whose prices people go by, such as a wholesale market."""

    __tablename__ = "price_markets"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name_vi: Mapped[Name] = mapped_column(unique=True)
    name_en: Mapped[Name]
    position: Mapped[int] = mapped_column(default=0)


class PriceQuote(Base):
    """Low and high price of a product and grade on a market and day, đồng a kilogram.

    A correction is a further version of the same key with its reason; triggers
    forbid change and removal. The keys make a fork, a gap or a second first
    version impossible, so the highest version is the one that counts. Grade 0
    stands for any; `known_grade` is the same rank where it names a grade.
    """

    __tablename__ = "price_quotes"
    __table_args__ = (
        UniqueConstraint(*KEY, "version"),
        ForeignKeyConstraint(
            [*KEY, "previous"], [f"price_quotes.{name}" for name in (*KEY, "version")]
        ),
        ForeignKeyConstraint(
            ["product_id", "known_grade"], ["grades.product_id", "grades.rank"]
        ),
        CheckConstraint("0 < low_vnd AND low_vnd <= high_vnd", name="low_to_high"),
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint(
            "(version = 1) = (previous IS NULL)", name="only_the_first_has_none"
        ),
        CheckConstraint("previous = version - 1", name="follows_its_predecessor"),
        CheckConstraint(
            "(version = 1) = (reason = '')", name="reason_if_and_only_if_corrected"
        ),
        CheckConstraint("version > 1 OR NOT withdrawn", name="withdrawn_by_correction"),
        CheckConstraint("source <> ''", name="source_given"),
        CheckConstraint(
            "grade_rank = coalesce(known_grade, 0)", name="grade_is_known_or_any"
        ),
        Index(None, "product_id", "day"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    market_id: Mapped[int] = mapped_column(ForeignKey("price_markets.id"), index=True)
    grade_rank: Mapped[int] = mapped_column(default=ANY_GRADE)
    known_grade: Mapped[int | None]
    day: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    previous: Mapped[int | None]
    low_vnd: Mapped[Dong]
    high_vnd: Mapped[Dong]
    source: Mapped[Name]
    source_folded: Mapped[Name]
    link: Mapped[str] = mapped_column(String(500), default="")
    reason: Mapped[Words] = mapped_column(default="")
    withdrawn: Mapped[bool] = mapped_column(default=False)
    # Nobody is known for what was stored before authors were noted.
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    entered_at: Mapped[datetime]

    product: Mapped[Product] = relationship()
    market: Mapped[PriceMarket] = relationship()
    entered_by: Mapped[User | None] = relationship()
