"""Numbers of chains kept by day: sums over intervals, so that a board need not add them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey

from marketplace.domain.words import ChainKind
from models.database import Base, Id, Mapped, mapped_column, words


class ChainSumDay(Base):
    """A day of which sums are kept; they hold until the next such day.

    Every day on which an interval begins or ends is one, but for those from the
    first `ChainChange` on.
    """

    __tablename__ = "chain_sum_days"

    day: Mapped[date] = mapped_column(primary_key=True)


class ChainSum(Base):
    """The chains of a commune, a kind and a product group on a day.

    The numbers are those of `ChainCount`; the commune is that of the intervals.
    """

    __tablename__ = "chain_sums"
    __table_args__ = (
        CheckConstraint(
            "0 <= stopped AND stopped <= cumulative", name="stopped_of_the_confirmed"
        ),
    )

    day: Mapped[date] = mapped_column(
        ForeignKey("chain_sum_days.day"), primary_key=True
    )
    unit_id: Mapped[int] = mapped_column(ForeignKey("admin_units.id"), primary_key=True)
    kind: Mapped[ChainKind] = mapped_column(words(ChainKind), primary_key=True)
    group_id: Mapped[int] = mapped_column(
        ForeignKey("product_groups.id"), primary_key=True
    )
    cumulative: Mapped[int]
    stopped: Mapped[int]
    active: Mapped[int]
    at_risk: Mapped[int]
    suspended: Mapped[int]
    waiting: Mapped[int]
    built_only: Mapped[int]
    between_seasons: Mapped[int]


class ChainChange(Base):
    """From this day on intervals were written since the sums were; they wait to be.

    A row for each transaction that writes intervals: nobody waits for another.
    """

    __tablename__ = "chain_changes"

    id: Mapped[Id]
    day: Mapped[date] = mapped_column(index=True)
