"""Proposals: a harvest and an offer brought together, and what is bargained."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import relationship

from marketplace.domain.words import ProposalState, Side
from models.database import (
    Base,
    Digest,
    Dong,
    Id,
    Kilograms,
    Mapped,
    PublicId,
    Timestamped,
    Words,
    mapped_column,
    words,
)
from models.harvests import Harvest
from models.matching import MatchRun
from models.offers import Offer, Tranche
from models.organisations import Organisation, User

LIVE = text("state IN ('proposed', 'negotiating')")
ACTED = text("state <> 'proposed'")


def _is(model: str, column: str) -> str:
    """Whose id a column holds; the keys below name two columns each."""
    return f"{model}.id == foreign(Proposal.{column})"


class Proposal(Timestamped, Base):
    """The matcher's word that a harvest and an offer fit, and its reasons.

    `reasons` is what both sides may see; each side's own limit is read from its
    own post when the page is drawn and is not in here.
    """

    __tablename__ = "proposals"
    __table_args__ = (
        # A pair bargains once at a time.
        Index(
            "uq_proposals_live",
            "harvest_id",
            "offer_id",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
        # Every shard of a run asks for those that somebody has acted on; of those
        # that a run writes, which are many, none is in here.
        Index(
            "ix_proposals_state", "state", sqlite_where=ACTED, postgresql_where=ACTED
        ),
        # The same two posts, unchanged, are never proposed twice: no stays no.
        UniqueConstraint("harvest_id", "offer_id", "posts_digest"),
        # Its sides are those whose posts they are; one look-up a side, where a run
        # stores a hundred thousand.
        ForeignKeyConstraint(
            ["harvest_id", "seller_id"], ["harvests.id", "harvests.organisation_id"]
        ),
        ForeignKeyConstraint(
            ["offer_id", "buyer_id"], ["offers.id", "offers.organisation_id"]
        ),
        CheckConstraint(
            "(state = 'declined') = (declined_by IS NOT NULL)",
            name="declined_if_and_only_if_by_somebody",
        ),
        CheckConstraint(
            "(state = 'agreed') = (agreed_at IS NOT NULL)",
            name="agreed_if_and_only_if_dated",
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("match_runs.id"))
    harvest_id: Mapped[int]
    offer_id: Mapped[int] = mapped_column(index=True)
    seller_id: Mapped[int] = mapped_column(index=True)
    buyer_id: Mapped[int] = mapped_column(index=True)
    posts_digest: Mapped[Digest]
    state: Mapped[ProposalState] = mapped_column(
        words(ProposalState), default=ProposalState.PROPOSED
    )
    round: Mapped[int] = mapped_column(default=0)
    reasons: Mapped[list[Any]]
    transport_vnd: Mapped[Dong] = mapped_column(default=0)  # per kilogram
    distance_km: Mapped[int] = mapped_column(default=0)
    declined_by: Mapped[Side | None] = mapped_column(words(Side))
    declined_reason: Mapped[Words] = mapped_column(default="")
    agreed_at: Mapped[datetime | None]

    run: Mapped[MatchRun | None] = relationship()
    harvest: Mapped[Harvest] = relationship(primaryjoin=_is("Harvest", "harvest_id"))
    offer: Mapped[Offer] = relationship(primaryjoin=_is("Offer", "offer_id"))
    seller: Mapped[Organisation] = relationship(
        primaryjoin=_is("Organisation", "seller_id")
    )
    buyer: Mapped[Organisation] = relationship(
        primaryjoin=_is("Organisation", "buyer_id")
    )
    terms: Mapped[list[Terms]] = relationship(
        back_populates="proposal", order_by="Terms.round"
    )


class Terms(Base):
    """One round of bargaining: never changed, with an expiry of its own.

    Round 0 is the matcher's; both sides answer it. A later round is one side's
    counter-offer and replaces the round before; the other side answers it.
    """

    __tablename__ = "terms"
    __table_args__ = (
        CheckConstraint("round BETWEEN 0 AND 3", name="three_counters_at_most"),
        CheckConstraint(
            "(round = 0) = (made_by IS NULL)", name="round_zero_is_the_matchers"
        ),
        CheckConstraint("price_vnd > 0", name="price_positive"),
        CheckConstraint(
            "(round = 0) = (previous IS NULL)", name="only_the_first_has_none"
        ),
        CheckConstraint("previous = round - 1", name="follows_its_predecessor"),
        ForeignKeyConstraint(
            ["proposal_id", "previous"], ["terms.proposal_id", "terms.round"]
        ),
    )

    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposals.id"), primary_key=True
    )
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    previous: Mapped[int | None]
    made_by: Mapped[Side | None] = mapped_column(words(Side))
    made_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    price_vnd: Mapped[Dong]
    message: Mapped[Words] = mapped_column(default="")
    seller_accepted_at: Mapped[datetime | None]
    buyer_accepted_at: Mapped[datetime | None]

    proposal: Mapped[Proposal] = relationship(
        back_populates="terms", foreign_keys=[proposal_id]
    )
    made_by_user: Mapped[User | None] = relationship()
    lines: Mapped[list[TermsLine]] = relationship(
        back_populates="terms", order_by="TermsLine.deliver_from"
    )


class TermsLine(Base):
    """So many kilograms for one tranche within a window."""

    __tablename__ = "terms_lines"
    __table_args__ = (
        ForeignKeyConstraint(
            ["proposal_id", "round"], ["terms.proposal_id", "terms.round"]
        ),
        CheckConstraint("kg > 0", name="kilograms_positive"),
        CheckConstraint("deliver_from <= deliver_to", name="window_in_order"),
    )

    proposal_id: Mapped[int] = mapped_column(primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tranche_id: Mapped[int] = mapped_column(ForeignKey("tranches.id"), primary_key=True)
    kg: Mapped[Kilograms]
    deliver_from: Mapped[date]
    deliver_to: Mapped[date]

    terms: Mapped[Terms] = relationship(back_populates="lines")
    tranche: Mapped[Tranche] = relationship()
