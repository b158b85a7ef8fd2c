"""What is said of a planned delivery, and the notes of what was handed over."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Numeric,
    UniqueConstraint,
)
from sqlalchemy.orm import relationship

from marketplace.domain.deliveries import DeliveryWord
from marketplace.domain.words import Side
from marketplace.domain.words_delivery import NoteState
from models.contracts import Contract, ContractLine
from models.database import (
    Base,
    Code,
    Digest,
    Id,
    Kilograms,
    Mapped,
    Name,
    PublicId,
    Words,
    mapped_column,
    words,
)
from models.organisations import Organisation, User


class DeliverySaid(Base):
    """One word about a planned delivery, after the one before; never changed.

    Without a side it is the end of the contract that speaks.
    """

    __tablename__ = "delivery_words"
    __table_args__ = (
        ForeignKeyConstraint(
            ["contract_id", "line"],
            ["contract_lines.contract_id", "contract_lines.number"],
        ),
        ForeignKeyConstraint(
            ["contract_id", "line", "previous"],
            [
                "delivery_words.contract_id",
                "delivery_words.line",
                "delivery_words.position",
            ],
        ),
        CheckConstraint("previous = position - 1", name="follows_its_predecessor"),
        CheckConstraint(
            "(position = 0) = (previous IS NULL)", name="only_the_first_has_none"
        ),
        CheckConstraint(
            "(word = 'propose_day') = (day IS NOT NULL)", name="a_day_when_proposed"
        ),
        CheckConstraint("word <> 'blocked' OR text <> ''", name="blocked_says_why"),
    )

    contract_id: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    previous: Mapped[int | None]
    word: Mapped[DeliveryWord] = mapped_column(words(DeliveryWord))
    side: Mapped[Side | None] = mapped_column(words(Side))
    day: Mapped[date | None]
    text: Mapped[Words] = mapped_column(default="")
    by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]

    planned: Mapped[ContractLine] = relationship(foreign_keys=[contract_id, line])
    by_user: Mapped[User | None] = relationship()


class DeliveryNote(Base):
    """The note (phiếu giao nhận) of one load; what was weighed never changes.

    The public id may come from the phone that wrote it without a network, so
    that the same note sent twice is stored once. A wrong note is made void, and
    another written, as long as it is not confirmed by both.
    """

    __tablename__ = "delivery_notes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["contract_id", "line"],
            ["contract_lines.contract_id", "contract_lines.number"],
        ),
        UniqueConstraint("contract_id", "number"),
        UniqueConstraint("id", "digest"),
        CheckConstraint("0 <= tare_kg AND tare_kg < gross_kg", name="tare_below_gross"),
        CheckConstraint("net_kg = gross_kg - tare_kg", name="net_is_gross_less_tare"),
        CheckConstraint("(state = 'void') = (void_reason <> '')", name="void_says_why"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"))
    line: Mapped[int]
    number: Mapped[int]
    state: Mapped[NoteState] = mapped_column(words(NoteState))
    delivered_at: Mapped[datetime]
    place: Mapped[Name]
    vehicle: Mapped[Code] = mapped_column(default="")
    temperature_c: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    remark: Mapped[Words] = mapped_column(default="")
    gross_kg: Mapped[Kilograms]
    tare_kg: Mapped[Kilograms]
    net_kg: Mapped[Kilograms]
    content: Mapped[Words]
    digest: Mapped[Digest] = mapped_column(index=True)
    written_by: Mapped[Side] = mapped_column(words(Side))
    written_at: Mapped[datetime]
    received_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    void_reason: Mapped[Words] = mapped_column(default="")

    contract: Mapped[Contract] = relationship()
    lots: Mapped[list[NoteLot]] = relationship(
        back_populates="note", order_by="NoteLot.number"
    )
    confirmations: Mapped[list[NoteConfirmation]] = relationship(
        back_populates="note", order_by="NoteConfirmation.at"
    )


class NoteLot(Base):
    """A lot on a note, as it was weighed."""

    __tablename__ = "note_lots"
    __table_args__ = (
        UniqueConstraint("note_id", "lot_code"),
        CheckConstraint("0 <= tare_kg AND tare_kg < gross_kg", name="tare_below_gross"),
    )

    note_id: Mapped[int] = mapped_column(
        ForeignKey("delivery_notes.id"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lot_code: Mapped[Code]
    gross_kg: Mapped[Kilograms]
    tare_kg: Mapped[Kilograms]

    note: Mapped[DeliveryNote] = relationship(back_populates="lots")

    @property
    def net_kg(self) -> int:
        return self.gross_kg - self.tare_kg


class NoteConfirmation(Base):
    """One side stands by exactly these weights.

    `host_user_id` is set where it was done on a device of the other side: whose
    session was open there, while the person proved who they are with a password.
    """

    __tablename__ = "note_confirmations"
    __table_args__ = (
        ForeignKeyConstraint(
            ["note_id", "digest"], ["delivery_notes.id", "delivery_notes.digest"]
        ),
    )

    note_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    side: Mapped[Side] = mapped_column(words(Side), primary_key=True)
    digest: Mapped[Digest]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    host_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]

    note: Mapped[DeliveryNote] = relationship(back_populates="confirmations")
    organisation: Mapped[Organisation] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    host: Mapped[User | None] = relationship(foreign_keys=[host_user_id])
