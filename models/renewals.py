"""Renewals: a contract's two sides speak of the season that follows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import relationship

from marketplace.domain.words import Side
from models.contracts import Contract
from models.database import (
    Base,
    Id,
    Mapped,
    PublicId,
    Timestamped,
    mapped_column,
    words,
)
from models.harvests import Harvest
from models.offers import Offer
from models.organisations import User
from models.proposals import Proposal

OPEN = text("closed_at IS NULL")


class Renewal(Timestamped, Base):
    """A side asks to go on after a contract, with a post of its own.

    Once the other side has a post, too, a proposal between the two carries the
    terms on. It is closed when nothing came of it; a renewal that became a
    contract stays open, so that no second one begins.
    """

    __tablename__ = "renewals"
    __table_args__ = (
        # Two sides speak once at a time of what follows a contract.
        Index(
            "uq_renewals_open",
            "contract_id",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        CheckConstraint(
            "(asked_by = 'seller' AND harvest_id IS NOT NULL)"
            " OR (asked_by = 'buyer' AND offer_id IS NOT NULL)",
            name="who_asks_gives_a_post",
        ),
        CheckConstraint(
            "proposal_id IS NULL OR (harvest_id IS NOT NULL AND offer_id IS NOT NULL)",
            name="a_proposal_joins_two_posts",
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"), index=True)
    asked_by: Mapped[Side] = mapped_column(words(Side))
    asked_by_user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime]
    harvest_id: Mapped[int | None] = mapped_column(ForeignKey("harvests.id"))
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offers.id"))
    proposal_id: Mapped[int | None] = mapped_column(
        ForeignKey("proposals.id"), unique=True
    )
    closed_at: Mapped[datetime | None]

    contract: Mapped[Contract] = relationship()
    asked_by_user: Mapped[User] = relationship()
    harvest: Mapped[Harvest | None] = relationship()
    offer: Mapped[Offer | None] = relationship()
    proposal: Mapped[Proposal | None] = relationship()
