"""Who took which report out of the market, and what it said."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import relationship

from marketplace.domain.reports import FileKind, ReportForm
from marketplace.domain.words_board import Communes
from models.database import Base, Code, Digest, Id, Mapped, Name, mapped_column, words
from models.organisations import Organisation, User


class ReportExport(Base):
    """A file that an officer took; never changed.

    `digest` is the SHA-256 of the report as it was computed, so that a file can
    be held against what the market says of the same day.
    """

    __tablename__ = "report_exports"

    id: Mapped[Id]
    form: Mapped[ReportForm] = mapped_column(words(ReportForm))
    file: Mapped[FileKind] = mapped_column(words(FileKind))
    period: Mapped[Code]
    area: Mapped[Name]
    communes: Mapped[Communes] = mapped_column(words(Communes))
    # The period that it was compared with, if any.
    against: Mapped[Code] = mapped_column(default="")
    as_of: Mapped[date]
    definitions: Mapped[Code]
    digest: Mapped[Digest]
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), index=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()
    user: Mapped[User] = relationship()
