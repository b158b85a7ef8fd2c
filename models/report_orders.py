"""Reports that take a while: asked for, written by a worker, kept for who asked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import deferred, relationship

from marketplace.domain.reports import FileKind, ReportForm
from marketplace.domain.words_board import Communes
from models.database import (
    Base,
    Code,
    Id,
    Mapped,
    Name,
    PublicId,
    mapped_column,
    words,
)
from models.organisations import Organisation, User


class ReportOrder(Base):
    """One form, or with none named all of them, as a file of an officer.

    The bytes lie here until they are forgotten; lists never read them.
    """

    __tablename__ = "report_orders"
    __table_args__ = (
        CheckConstraint("(done_at IS NULL) = (name = '')", name="named_when_done"),
        CheckConstraint("data IS NULL OR done_at IS NOT NULL", name="done_when_kept"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    form: Mapped[ReportForm | None] = mapped_column(words(ReportForm))
    file: Mapped[FileKind] = mapped_column(words(FileKind))
    period: Mapped[Code]
    area: Mapped[Code]
    communes: Mapped[Communes] = mapped_column(words(Communes))
    against: Mapped[Code]
    lang: Mapped[Code]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    name: Mapped[Name] = mapped_column(default="")
    data: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))

    organisation: Mapped[Organisation] = relationship()
    user: Mapped[User] = relationship()
