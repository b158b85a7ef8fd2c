"""When an officer last looked at what had changed on the board."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey

from models.database import Base, Mapped, mapped_column


class BoardLook(Base):
    """The last look of a person in an office; each office is looked at for itself."""

    __tablename__ = "board_looks"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), primary_key=True
    )
    looked_at: Mapped[datetime]
