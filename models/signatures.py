"""Signatures over the frozen words of contracts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import relationship

from marketplace.domain.words import Side
from models.contracts import ContractVersion
from models.database import Base, Code, Digest, Mapped, Name, mapped_column, words
from models.organisations import Organisation, User


class Signature(Base):
    """One side's signature over exactly one digest."""

    __tablename__ = "signatures"
    __table_args__ = (
        ForeignKeyConstraint(
            ["contract_id", "version", "digest"],
            [
                "contract_versions.contract_id",
                "contract_versions.version",
                "contract_versions.digest",
            ],
        ),
        UniqueConstraint("contract_id", "version", "organisation_id"),
    )

    contract_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    side: Mapped[Side] = mapped_column(words(Side), primary_key=True)
    digest: Mapped[Digest]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    signed_at: Mapped[datetime]
    method: Mapped[Code]
    address: Mapped[Code] = mapped_column(default="")
    user_agent: Mapped[Name] = mapped_column(default="")

    version_signed: Mapped[ContractVersion] = relationship(back_populates="signatures")
    organisation: Mapped[Organisation] = relationship()
    user: Mapped[User] = relationship()
