"""Lots that are held because a treatment was written down after they were picked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import relationship

from models.database import Base, Mapped, mapped_column
from models.lots import Lot
from models.sprays import Spray


class SprayHold(Base):
    """A lot was picked before the interval of a treatment had passed, or made of one.

    It stands until the line of the diary is declared wrong.
    """

    __tablename__ = "spray_holds"

    spray_id: Mapped[int] = mapped_column(ForeignKey("sprays.id"), primary_key=True)
    lot_id: Mapped[int] = mapped_column(
        ForeignKey("lots.id"), primary_key=True, index=True
    )
    at: Mapped[datetime]

    spray: Mapped[Spray] = relationship()
    lot: Mapped[Lot] = relationship()
