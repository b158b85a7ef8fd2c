"""The limits that posts named, and when: what keeps them from being felt for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index

from marketplace.domain.words import Side
from models.database import Base, Dong, Id, Mapped, mapped_column, words


class PriceChange(Base):
    """A floor or a ceiling that a post on the market named; as secret as these."""

    __tablename__ = "price_changes"
    __table_args__ = (
        CheckConstraint(
            "(harvest_id IS NULL) <> (offer_id IS NULL)", name="one_post_a_row"
        ),
        CheckConstraint(
            "(side = 'seller') = (harvest_id IS NOT NULL)", name="side_of_its_post"
        ),
        CheckConstraint("price_vnd >= 0", name="price_not_negative"),
        Index("ix_price_changes_whose", "organisation_id", "product_id", "at"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    side: Mapped[Side] = mapped_column(words(Side))
    harvest_id: Mapped[int | None] = mapped_column(ForeignKey("harvests.id"))
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offers.id"))
    price_vnd: Mapped[Dong]
    first: Mapped[bool]  # with which the post came to the market
    novel: Mapped[bool]  # not named shortly before, by this post or another
    at: Mapped[datetime]
