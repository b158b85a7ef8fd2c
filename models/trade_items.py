"""What an organisation packs to sell, the GTINs on it, and which lots are of it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import relationship

from marketplace.domain.words_codes import PackLevel
from models.database import (
    Base,
    Id,
    Mapped,
    Name,
    PublicId,
    Timestamped,
    mapped_column,
    words,
)
from models.lots import Lot
from models.organisations import Organisation
from models.reference import Grade, Product, Variety


class TradeItem(Timestamped, Base):
    """A product in a packaging of one size, under a name for the shelf."""

    __tablename__ = "trade_items"
    __table_args__ = (
        CheckConstraint("net_g BETWEEN 1 AND 1500000", name="net_in_band"),
        CheckConstraint("name_vi <> ''", name="named"),
        Index("ix_trade_items_organisation", "organisation_id", "product_id"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    variety_id: Mapped[int | None] = mapped_column(ForeignKey("varieties.id"))
    grade_id: Mapped[int | None] = mapped_column(ForeignKey("grades.id"))
    name_vi: Mapped[Name]
    name_en: Mapped[Name] = mapped_column(default="")
    brand: Mapped[Name] = mapped_column(default="")
    net_g: Mapped[int]
    level: Mapped[PackLevel] = mapped_column(words(PackLevel))
    ended_on: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship()
    product: Mapped[Product] = relationship()
    variety: Mapped[Variety | None] = relationship()
    grade: Mapped[Grade | None] = relationship()
    gtins: Mapped[list[TradeItemGtin]] = relationship(
        back_populates="item", order_by="TradeItemGtin.valid_from.desc()"
    )

    @property
    def gtin(self) -> str | None:
        """The number that is printed today, if it has one."""
        return next((one.gtin for one in self.gtins if one.valid_to is None), None)

    def gtin_of(self, day: date) -> str | None:
        """The number that was first printed on what was packed that day."""
        good = [
            one for one in self.gtins if one.valid_to is None or one.valid_to >= day
        ]
        return (
            min(good, key=lambda one: (one.valid_from, one.valid_to or date.max)).gtin
            if good
            else None
        )


class TradeItemGtin(Base):
    """A GTIN of a trade item, from a day to a day; it never names another item.

    A corrected number is closed, not changed: what was printed with it still leads
    to the item.
    """

    __tablename__ = "trade_item_gtins"
    __table_args__ = (
        CheckConstraint("length(gtin) = 14", name="fourteen_digits"),
        CheckConstraint("valid_from <= valid_to", name="days_in_order"),
        Index(
            "uq_trade_item_gtins_printed_now",
            "item_id",
            unique=True,
            sqlite_where=text("valid_to IS NULL"),
            postgresql_where=text("valid_to IS NULL"),
        ),
    )

    gtin: Mapped[str] = mapped_column(String(14), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("trade_items.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    item: Mapped[TradeItem] = relationship(back_populates="gtins")


class LotItem(Base):
    """Which trade item a lot was packed as."""

    __tablename__ = "lot_items"

    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("trade_items.id"), index=True)

    lot: Mapped[Lot] = relationship()
    item: Mapped[TradeItem] = relationship()
