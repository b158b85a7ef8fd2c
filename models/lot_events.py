"""What happened to lots: events, the kilograms they moved, where fruit was picked."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import relationship

from marketplace.domain.words_trace import LotStep, PartRole
from models.database import (
    Base,
    Code,
    Digest,
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
from models.deliveries import DeliveryNote
from models.households import Household
from models.lots import Lot
from models.organisations import Organisation, User
from models.papers import Facility, GrowingArea
from models.plots import Plot


class LotEvent(Timestamped, Base):
    """What happened to lots, when, where and by whom; never changed or removed.

    A wrong one is declared wrong with its reason (`wrong_at`), and its kilograms go
    back. `public_id` may come from the phone that captured it; `digest` is that of
    what was told, so that the same event sent twice is stored once. A shipment that
    follows from a delivery note names it.
    """

    __tablename__ = "lot_events"
    __table_args__ = (
        CheckConstraint("in_kg >= 0 AND out_kg >= 0", name="weights_not_negative"),
        # The dated rule is narrower; this holds whatever the rule says.
        CheckConstraint(
            "step NOT IN ('sort', 'pack', 'arrive') OR out_kg * 50 <= in_kg * 51",
            name="nothing_out_of_nothing",
        ),
        CheckConstraint("step <> 'dry' OR out_kg <= in_kg", name="drying_loses"),
        CheckConstraint(
            "step = 'ship' OR to_organisation_id IS NULL", name="only_shipped_to_some"
        ),
        CheckConstraint(
            "step <> 'ship' OR to_organisation_id IS NOT NULL OR to_name <> ''",
            name="one_step_forward",
        ),
        CheckConstraint("step <> 'receive' OR from_name <> ''", name="one_step_back"),
        CheckConstraint(
            "(step = 'arrive') = (answers_id IS NOT NULL)", name="arrives_from_somebody"
        ),
        CheckConstraint("step <> 'destroy' OR reason <> ''", name="destroyed_for_why"),
        CheckConstraint(
            "(wrong_at IS NULL) = (wrong_reason = '')", name="wrong_says_why"
        ),
        CheckConstraint(
            "(wrong_at IS NULL) = (wrong_by_id IS NULL)", name="wrong_by_somebody"
        ),
        Index(
            "uq_lot_events_answered_once",
            "answers_id",
            unique=True,
            sqlite_where=text("wrong_at IS NULL AND answers_id IS NOT NULL"),
            postgresql_where=text("wrong_at IS NULL AND answers_id IS NOT NULL"),
        ),
        Index(
            "ix_lot_events_on_the_way",
            "to_organisation_id",
            "at",
            sqlite_where=text("to_organisation_id IS NOT NULL"),
            postgresql_where=text("to_organisation_id IS NOT NULL"),
        ),
        Index("ix_lot_events_by", "organisation_id", "at"),
        Index("ix_lot_events_by_step", "organisation_id", "step", "at"),
        Index("ix_lot_events_by_record", "organisation_id", "recorded_at"),
        Index(
            "ix_lot_events_by_wrong",
            "organisation_id",
            "wrong_at",
            sqlite_where=text("wrong_at IS NOT NULL"),
            postgresql_where=text("wrong_at IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    step: Mapped[LotStep] = mapped_column(words(LotStep))
    at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(index=True)
    by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    facility_id: Mapped[int | None] = mapped_column(
        ForeignKey("facilities.id"), index=True
    )
    place: Mapped[Name] = mapped_column(default="")
    temperature_c: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    vehicle: Mapped[Code] = mapped_column(default="")
    note: Mapped[Words] = mapped_column(default="")
    from_name: Mapped[Name] = mapped_column(default="")
    from_place: Mapped[Name] = mapped_column(default="")
    their_code: Mapped[Code] = mapped_column(default="")
    to_organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisations.id")
    )
    to_name: Mapped[Name] = mapped_column(default="")
    reason: Mapped[Words] = mapped_column(default="")
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("lot_events.id"))
    note_id: Mapped[int | None] = mapped_column(
        ForeignKey("delivery_notes.id"), index=True
    )
    in_kg: Mapped[Kilograms] = mapped_column(default=0)
    out_kg: Mapped[Kilograms] = mapped_column(default=0)
    digest: Mapped[Digest]
    told: Mapped[dict[str, Any]]
    wrong_at: Mapped[datetime | None]
    wrong_reason: Mapped[Words] = mapped_column(default="")
    wrong_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id])
    to_organisation: Mapped[Organisation | None] = relationship(
        foreign_keys=[to_organisation_id]
    )
    facility: Mapped[Facility | None] = relationship()
    by_user: Mapped[User | None] = relationship(foreign_keys=[by_user_id])
    answers: Mapped[LotEvent | None] = relationship(remote_side="LotEvent.id")
    delivery_note: Mapped[DeliveryNote | None] = relationship()
    parts: Mapped[list[LotPart]] = relationship(
        back_populates="event", order_by="LotPart.number"
    )
    origins: Mapped[list[LotOrigin]] = relationship(
        back_populates="event", order_by="LotOrigin.number"
    )
    corrections: Mapped[list[LotCorrection]] = relationship(
        back_populates="wrong", order_by="LotCorrection.event_id"
    )

    @property
    def loss_kg(self) -> int:
        """What went in and did not come out, of a step that makes or receives."""
        return self.in_kg - self.out_kg


class LotPart(Base):
    """Kilograms of a lot that came into a holder's hands, or left them."""

    __tablename__ = "lot_parts"
    __table_args__ = (
        CheckConstraint("kg > 0 OR role = 'seen'", name="kilograms_positive"),
        UniqueConstraint("event_id", "role", "lot_id"),
        Index("ix_lot_parts_lot", "lot_id", "event_id"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("lot_events.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"))
    role: Mapped[PartRole] = mapped_column(words(PartRole))
    kg: Mapped[Kilograms]

    event: Mapped[LotEvent] = relationship(back_populates="parts")
    lot: Mapped[Lot] = relationship()


class LotOrigin(Base):
    """So much of a harvest came from this garden, plot or household.

    Households are the cooperative's own knowledge: no page for others shows them.
    """

    __tablename__ = "lot_origins"
    __table_args__ = (CheckConstraint("kg > 0", name="kilograms_positive"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("lot_events.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    area_id: Mapped[int] = mapped_column(ForeignKey("growing_areas.id"), index=True)
    plot_id: Mapped[int | None] = mapped_column(ForeignKey("plots.id"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"))
    harvest_id: Mapped[int | None] = mapped_column(ForeignKey("harvests.id"))
    kg: Mapped[Kilograms]

    event: Mapped[LotEvent] = relationship(back_populates="origins")
    area: Mapped[GrowingArea] = relationship()
    plot: Mapped[Plot | None] = relationship()
    household: Mapped[Household | None] = relationship()


class LotCorrection(Base):
    """An event that says rightly what another one said wrongly; known by its EPCIS id.

    Software may name one that it has not told yet, so it is no row of ours.
    """

    __tablename__ = "lot_corrections"

    wrong_id: Mapped[int] = mapped_column(
        ForeignKey("lot_events.id"), primary_key=True, autoincrement=False
    )
    event_id: Mapped[str] = mapped_column(String(500), primary_key=True)

    wrong: Mapped[LotEvent] = relationship(back_populates="corrections")
