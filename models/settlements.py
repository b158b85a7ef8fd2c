"""The account of a contract beside its goods: entries of one side, confirmed by the other."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import relationship

from marketplace.domain.words import Side
from marketplace.domain.words_delivery import EntryKind, EntryMethod, EntryState
from models.contracts import Contract
from models.database import (
    Base,
    Code,
    Dong,
    Id,
    Mapped,
    Name,
    PublicId,
    Words,
    mapped_column,
    words,
)
from models.organisations import Organisation, User


class AccountEntry(Base):
    """Money paid, inputs supplied, or a penalty asked; frozen but for the answer.

    Nothing here moves money. Payments, deposits and inputs are the buyer's to
    record, a refund the seller's, a penalty that of the side that was let down;
    `owed_by` is who pays it.
    """

    __tablename__ = "account_entries"
    __table_args__ = (
        Index("ix_account_entries_contract_id_state", "contract_id", "state"),
        CheckConstraint("amount_vnd > 0", name="amount_positive"),
        CheckConstraint(
            "(kind IN ('payment', 'deposit', 'refund')) = (method IS NOT NULL)",
            name="money_has_its_method",
        ),
        CheckConstraint(
            "(state = 'recorded') = (answered_at IS NULL)", name="answered_if_not_open"
        ),
        CheckConstraint(
            "kind <> 'refund' OR owed_by = 'seller'", name="the_seller_refunds"
        ),
        CheckConstraint(
            "kind NOT IN ('penalty', 'input') OR text <> ''", name="a_charge_says_what"
        ),
        CheckConstraint(
            "line IS NULL OR kind = 'penalty'", name="a_penalty_names_its_delivery"
        ),
        ForeignKeyConstraint(
            ["contract_id", "line"],
            ["contract_lines.contract_id", "contract_lines.number"],
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"))
    kind: Mapped[EntryKind] = mapped_column(words(EntryKind))
    method: Mapped[EntryMethod | None] = mapped_column(words(EntryMethod))
    amount_vnd: Mapped[Dong]
    on: Mapped[date]
    reference: Mapped[Name] = mapped_column(default="")
    text: Mapped[Words] = mapped_column(default="")
    # The planned delivery for which a penalty is asked, where it is for one alone.
    line: Mapped[int | None]
    owed_by: Mapped[Side] = mapped_column(words(Side, "owed_by"))
    state: Mapped[EntryState] = mapped_column(words(EntryState))
    recorded_by: Mapped[Side] = mapped_column(words(Side, "recorded_by"))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answered_at: Mapped[datetime | None]
    answer: Mapped[Words] = mapped_column(default="")

    contract: Mapped[Contract] = relationship()
    recorder: Mapped[User] = relationship(foreign_keys=[recorded_by_id])
    answerer: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])


class Invoice(Base):
    """Number, symbol and day of an invoice, kept as they were told; no tax is computed."""

    __tablename__ = "invoices"
    __table_args__ = (
        UniqueConstraint("issuer_id", "symbol", "number"),
        CheckConstraint("amount_vnd > 0", name="amount_positive"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"), index=True)
    issuer_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    symbol: Mapped[Code]
    number: Mapped[Code]
    issued_on: Mapped[date]
    amount_vnd: Mapped[Dong]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime]

    contract: Mapped[Contract] = relationship()
    issuer: Mapped[Organisation] = relationship()
