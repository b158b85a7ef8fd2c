"""Statements of account that a side issued on a day, as papers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import relationship

from marketplace.domain.words import Side
from models.contracts import Contract
from models.database import Base, Digest, Mapped, Words, mapped_column, words
from models.organisations import Organisation, User


class IssuedStatement(Base):
    """What the account of a contract said when a side issued it; never changed.

    `content` is the canonical text, in both languages, and `digest` its SHA-256:
    the same paper can be printed again whatever has happened since.
    """

    __tablename__ = "issued_statements"
    __table_args__ = (CheckConstraint("number > 0", name="counted_from_one"),)

    contract_id: Mapped[int] = mapped_column(
        ForeignKey("contracts.id"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    side: Mapped[Side] = mapped_column(words(Side))
    as_of: Mapped[date]
    content: Mapped[Words]
    digest: Mapped[Digest] = mapped_column(index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]

    contract: Mapped[Contract] = relationship()
    organisation: Mapped[Organisation] = relationship()
    user: Mapped[User] = relationship()
