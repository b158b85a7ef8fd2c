"""What is kept of every day of a chain: its state, what was known, who evaluated."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import relationship

from marketplace.domain.words import (
    ChainKind,
    ChainState,
    LinkageForm,
    OrganisationKind,
)
from models.chains import Chain
from models.database import (
    Base,
    Code,
    Digest,
    Id,
    Mapped,
    mapped_column,
    words,
)

_OPEN = text("valid_to IS NULL")
_COUNTING = text("counts")


class ChainInterval(Base):
    """How a chain stood from a day to a day (half open); counts come from here.

    Everything that a count is told by stands in the row itself, as it was then: the
    kind of the lead, the commune in the boundaries of those days, the form. Later
    changes of organisations or boundaries leave it alone.
    """

    __tablename__ = "chain_intervals"
    __table_args__ = (
        CheckConstraint(
            "valid_to IS NULL OR valid_from < valid_to", name="valid_interval"
        ),
        CheckConstraint(
            "counts = (state IN ('active', 'at_risk'))", name="counts_by_its_state"
        ),
        CheckConstraint(
            "confirmed OR state NOT IN ('active', 'at_risk', 'suspended')",
            name="runs_only_when_confirmed",
        ),
        Index(
            "uq_chain_intervals_open",
            "chain_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_chain_intervals_valid_from_valid_to", "valid_from", "valid_to"),
        # The trend of the board reads nothing but this.
        Index(
            "ix_chain_intervals_counting",
            "kind",
            "unit_id",
            "valid_from",
            "valid_to",
            sqlite_where=_COUNTING,
            postgresql_where=_COUNTING,
        ),
    )

    chain_id: Mapped[int] = mapped_column(ForeignKey("chains.id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    state: Mapped[ChainState] = mapped_column(words(ChainState))
    counts: Mapped[bool]
    between_seasons: Mapped[bool] = mapped_column(default=False)
    rule_version: Mapped[Code]
    # Since when it fails without a break, and the reason that decides its state.
    since: Mapped[date | None]
    why: Mapped[Code] = mapped_column(default="")
    # Recognised or confirmed at some time up to then: the cumulative number.
    confirmed: Mapped[bool] = mapped_column(default=False)
    # All is built, and only the confirmation is missing.
    built_only: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[ChainKind] = mapped_column(words(ChainKind))
    group_id: Mapped[int] = mapped_column(ForeignKey("product_groups.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("admin_units.id"))
    lead_kind: Mapped[OrganisationKind] = mapped_column(words(OrganisationKind))
    form: Mapped[LinkageForm | None] = mapped_column(words(LinkageForm))

    chain: Mapped[Chain] = relationship(back_populates="intervals")


class ChainInput(Base):
    """What was known about a chain from a day until the next row: its facts whole.

    Predicates look at nothing else, so that a past day can be evaluated again for
    ever, whatever became of the records since.
    """

    __tablename__ = "chain_inputs"

    chain_id: Mapped[int] = mapped_column(ForeignKey("chains.id"), primary_key=True)
    known_from: Mapped[date] = mapped_column(primary_key=True)
    facts: Mapped[dict[str, Any]]
    digest: Mapped[Digest]


class ChainRun(Base):
    """A night's evaluation, shared out in shards; the last shard to end ends it.

    Chains that it passed over had neither changed nor come to a day on which time
    alone could change them: for them the run itself says that all is as before.
    """

    __tablename__ = "chain_runs"
    __table_args__ = (
        CheckConstraint("shards_done <= shards", name="shards_done_within_shards"),
        CheckConstraint(
            "(finished_at IS NOT NULL) = (shards_done = shards)",
            name="finished_if_and_only_if_all_are_done",
        ),
    )

    id: Mapped[Id]
    day: Mapped[date] = mapped_column(index=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    # All chains: the first run, a change of rules or boundaries, or once a week.
    full: Mapped[bool] = mapped_column(default=False)
    chains: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    shards: Mapped[int] = mapped_column(default=0)
    shards_done: Mapped[int] = mapped_column(default=0)
