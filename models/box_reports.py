"""What people who hold a box say is wrong with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import relationship

from marketplace.domain.words_codes import BoxComplaint
from models.database import (
    Base,
    Id,
    Mapped,
    Name,
    PublicId,
    Words,
    mapped_column,
    words,
)
from models.lots import Lot
from models.organisations import User
from models.trade_items import TradeItem


class BoxReport(Base):
    """A stranger's word about a box; it stays open until somebody answers.

    The box is of a lot, or bears the GTIN of an item and the number `told_code` of a
    lot that nobody knows: printed wrongly, or by somebody else.
    The contact is only what the person chose to leave; it goes when it is answered.
    """

    __tablename__ = "box_reports"
    __table_args__ = (
        CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed_by_somebody"
        ),
        CheckConstraint(
            "(closed_at IS NULL) = (answer = '')", name="closed_with_words"
        ),
        CheckConstraint(
            "closed_at IS NULL OR contact = ''", name="contact_only_while_open"
        ),
        CheckConstraint(
            "(lot_id IS NULL) <> (item_id IS NULL)", name="a_lot_or_an_item"
        ),
        Index("ix_box_reports_lot", "lot_id", "at"),
        Index("ix_box_reports_item", "item_id"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("trade_items.id"))
    told_code: Mapped[str] = mapped_column(String(20), default="")
    complaint: Mapped[BoxComplaint] = mapped_column(words(BoxComplaint))
    text: Mapped[Words]
    contact: Mapped[Name] = mapped_column(default="")
    at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answer: Mapped[Words] = mapped_column(default="")

    lot: Mapped[Lot | None] = relationship()
    item: Mapped[TradeItem | None] = relationship()
    closed_by: Mapped[User | None] = relationship()

    @property
    def code(self) -> str:
        """The number of the lot as it stands on the box."""
        return self.lot.code if self.lot else self.told_code

    @property
    def goods(self) -> Lot | TradeItem:
        """What is in the box by its label; either has a product and an organisation."""
        found = self.lot or self.item
        assert found is not None
        return found
