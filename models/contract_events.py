"""What happened to a contract, link by link."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import relationship

from models.contracts import Contract
from models.database import Base, Code, Digest, Mapped, mapped_column
from models.organisations import Organisation, User


class ContractEvent(Base):
    """A link of the contract's audit chain; triggers forbid change and removal.

    The keys make a fork, a gap or a second root impossible.
    """

    __tablename__ = "contract_events"
    __table_args__ = (
        CheckConstraint(
            "(position = 0) = (previous IS NULL)", name="only_the_first_has_none"
        ),
        CheckConstraint("previous = position - 1", name="follows_its_predecessor"),
        ForeignKeyConstraint(
            ["contract_id", "previous"],
            ["contract_events.contract_id", "contract_events.position"],
        ),
    )

    contract_id: Mapped[int] = mapped_column(
        ForeignKey("contracts.id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    previous: Mapped[int | None]
    event: Mapped[Code]
    old_state: Mapped[Code] = mapped_column(default="")
    new_state: Mapped[Code] = mapped_column(default="")
    data: Mapped[dict[str, Any]]
    by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisations.id")
    )
    at: Mapped[datetime]
    previous_digest: Mapped[str | None] = mapped_column(String(64))
    digest: Mapped[Digest]

    contract: Mapped[Contract] = relationship(
        back_populates="events", foreign_keys=[contract_id]
    )
    by_user: Mapped[User | None] = relationship()
    by_organisation: Mapped[Organisation | None] = relationship()
