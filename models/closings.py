"""The closing of a contract (thanh lý): what each side confirmed as its end."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import relationship

from marketplace.domain.words import Side
from models.contracts import Contract
from models.database import Base, Digest, Mapped, Words, mapped_column, words
from models.organisations import Organisation, User


class ClosingConfirmation(Base):
    """One side stands by exactly this closing statement; never changed.

    `content` is the canonical text and `digest` its SHA-256. The contract is closed
    once both sides have confirmed one digest.
    """

    __tablename__ = "closing_confirmations"

    contract_id: Mapped[int] = mapped_column(
        ForeignKey("contracts.id"), primary_key=True
    )
    side: Mapped[Side] = mapped_column(words(Side), primary_key=True)
    digest: Mapped[Digest] = mapped_column(primary_key=True, index=True)
    content: Mapped[Words]
    as_of: Mapped[date]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]

    contract: Mapped[Contract] = relationship()
    organisation: Mapped[Organisation] = relationship()
    user: Mapped[User] = relationship()
