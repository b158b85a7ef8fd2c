"""Warnings that a contract may not be kept, and what people did about them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import relationship

from marketplace.domain.early_warning_facts import AlertCode, AlertStage, AlertStep
from marketplace.domain.words import Severity
from models.contracts import Contract
from models.database import (
    Base,
    Id,
    Mapped,
    PublicId,
    Words,
    mapped_column,
    words,
)
from models.organisations import Organisation, User


class ContractAlert(Base):
    """One sign while it lasts; a contract has one open alert of a code at most.

    A sign that comes back is a new row, so that the history stays. `params` fill
    the words of the code, `concerns` are those who were told.
    """

    __tablename__ = "contract_alerts"
    __table_args__ = (
        Index(
            "uq_contract_alerts_open",
            "contract_id",
            "code",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_contract_alerts_closed_at_severity", "closed_at", "severity"),
        CheckConstraint("opened_at <= closed_at", name="closed_after_opened"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"), index=True)
    code: Mapped[AlertCode] = mapped_column(words(AlertCode))
    severity: Mapped[Severity] = mapped_column(words(Severity))
    stage: Mapped[AlertStage] = mapped_column(words(AlertStage), default=AlertStage.NEW)
    since: Mapped[date]
    concerns: Mapped[list[Any]]
    params: Mapped[dict[str, Any]]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    contract: Mapped[Contract] = relationship()
    steps: Mapped[list[ContractAlertStep]] = relationship(
        back_populates="alert", order_by="ContractAlertStep.position"
    )


class ContractAlertStep(Base):
    """Somebody has seen an alert, done something, or called an officer; never changed."""

    __tablename__ = "contract_alert_steps"
    __table_args__ = (
        ForeignKeyConstraint(
            ["alert_id", "previous"],
            ["contract_alert_steps.alert_id", "contract_alert_steps.position"],
        ),
        CheckConstraint("previous = position - 1", name="follows_its_predecessor"),
        CheckConstraint(
            "(position = 0) = (previous IS NULL)", name="only_the_first_has_none"
        ),
        CheckConstraint("step = 'acknowledged' OR text <> ''", name="a_deed_says_what"),
    )

    alert_id: Mapped[int] = mapped_column(
        ForeignKey("contract_alerts.id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    previous: Mapped[int | None]
    step: Mapped[AlertStep] = mapped_column(words(AlertStep))
    text: Mapped[Words] = mapped_column(default="")
    by_user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    by_organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    at: Mapped[datetime]

    alert: Mapped[ContractAlert] = relationship(
        back_populates="steps", foreign_keys=[alert_id]
    )
    by_user: Mapped[User] = relationship()
    by_organisation: Mapped[Organisation] = relationship()
