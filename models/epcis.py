"""The door for other software: keys of organisations, and what partners captured."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import relationship

from models.database import (
    Base,
    Digest,
    Id,
    Mapped,
    Name,
    PublicId,
    mapped_column,
    words,
)
from models.lot_events import LotEvent
from models.lots import Lot
from models.organisations import Organisation, User


class ErrorBehaviour(StrEnum):
    """What becomes of good events that come with bad ones (EPCIS 2.0, 12.6.1)."""

    ROLLBACK = "rollback"
    PROCEED = "proceed"


class ApiKey(Base):
    """Lets software read, or tell too, in the name of an organisation.

    Only the digest of the secret is kept: the table alone opens nothing.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by_id IS NULL)", name="revoked_by_somebody"
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), index=True
    )
    name: Mapped[Name]
    digest: Mapped[Digest] = mapped_column(unique=True)
    may_write: Mapped[bool]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    used_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    organisation: Mapped[Organisation] = relationship()
    created_by: Mapped[User] = relationship(foreign_keys=[created_by_id])


class EpcisCapture(Base):
    """A document that software sent, and what became of it; the same one once."""

    __tablename__ = "epcis_captures"
    __table_args__ = (
        UniqueConstraint("organisation_id", "digest"),
        CheckConstraint(
            "(finished_at IS NULL) = (success IS NULL)", name="finished_well_or_not"
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    behaviour: Mapped[ErrorBehaviour] = mapped_column(words(ErrorBehaviour))
    digest: Mapped[Digest]
    document: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    success: Mapped[bool | None]
    errors: Mapped[list[Any]] = mapped_column(sa.JSON(), default=list)

    key: Mapped[ApiKey] = relationship()


class EpcisEvent(Base):
    """An event as software told it; `lot_event` is what it did to the lot graph.

    One without is kept and can be asked for, and moves no kilogram. Those of pallets
    are told here: they came with no document and name the pallet instead.
    """

    __tablename__ = "epcis_events"
    __table_args__ = (
        UniqueConstraint("organisation_id", "event_id", "declares_error"),
        CheckConstraint(
            "(capture_id IS NULL) = (sscc_id IS NOT NULL)",
            name="captured_or_of_a_pallet",
        ),
        Index("ix_epcis_events_by_time", "organisation_id", "event_time", "id"),
        Index("ix_epcis_events_by_record", "organisation_id", "record_time", "id"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    capture_id: Mapped[int | None] = mapped_column(ForeignKey("epcis_captures.id"))
    sscc_id: Mapped[int | None] = mapped_column(ForeignKey("ssccs.id"), index=True)
    event_id: Mapped[str] = mapped_column(String(500))
    declares_error: Mapped[bool]
    digest: Mapped[Digest]
    event: Mapped[dict[str, Any]]
    event_time: Mapped[datetime]
    record_time: Mapped[datetime]
    lot_event_id: Mapped[int | None] = mapped_column(
        ForeignKey("lot_events.id"), index=True
    )

    lot_event: Mapped[LotEvent | None] = relationship()


class EpcisTerm(Base):
    """What a captured event can be found by: digests of its words and names.

    See `marketplace.domain.epcis_terms`; written with the event, never changed.
    """

    __tablename__ = "epcis_terms"

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), primary_key=True, autoincrement=False
    )
    term: Mapped[str] = mapped_column(String(32), primary_key=True)
    document_id: Mapped[int] = mapped_column(
        ForeignKey("epcis_events.id"), primary_key=True, autoincrement=False
    )


class EpcisNumber(Base):
    """What a captured event can be found by between bounds: a digest and a number.

    Amounts, days of its fields, and where its identifiers lie among those of their
    kind: see `marketplace.domain.epcis_terms`; written with the event, never changed.
    """

    __tablename__ = "epcis_numbers"
    __table_args__ = (
        Index("ix_epcis_numbers_document", "document_id", "measure", "number"),
    )

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), primary_key=True, autoincrement=False
    )
    measure: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[float] = mapped_column(sa.Double(), primary_key=True)
    document_id: Mapped[int] = mapped_column(
        ForeignKey("epcis_events.id"), primary_key=True, autoincrement=False
    )


class EpcisClass(Base):
    """What the software of an organisation calls a lot: its GTIN with lot number."""

    __tablename__ = "epcis_classes"

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), primary_key=True
    )
    uri: Mapped[str] = mapped_column(String(500), primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), index=True)

    lot: Mapped[Lot] = relationship()


class EpcisName(Base):
    """The id under which an event was first told outside; it stays."""

    __tablename__ = "epcis_names"

    lot_event_id: Mapped[int] = mapped_column(
        ForeignKey("lot_events.id"), primary_key=True
    )
    event_id: Mapped[str] = mapped_column(String(500), index=True)

    lot_event: Mapped[LotEvent] = relationship()
