"""Secret addresses under which a calendar program fetches planned deliveries."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import relationship

from models.database import Base, Mapped, mapped_column
from models.organisations import Organisation, User

OWNER = ("user_id", "organisation_id")


class CalendarAddress(Base):
    """One address of a person in an organisation, or its end; never changed.

    The highest version counts: a new address makes the one before void, and a
    version without a digest is its end. The table alone opens no calendar.
    """

    __tablename__ = "calendar_addresses"
    __table_args__ = (
        ForeignKeyConstraint(
            [*OWNER, "previous"],
            [f"calendar_addresses.{name}" for name in (*OWNER, "version")],
            name="fk_calendar_addresses_previous",
        ),
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint(
            "(version = 1) = (previous IS NULL)", name="only_the_first_has_none"
        ),
        CheckConstraint("previous = version - 1", name="follows_its_predecessor"),
        CheckConstraint(
            "version > 1 OR token_digest IS NOT NULL", name="begins_with_an_address"
        ),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    previous: Mapped[int | None]
    # SHA-256 of the token in the address.
    token_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    at: Mapped[datetime]

    user: Mapped[User] = relationship()
    organisation: Mapped[Organisation] = relationship()
