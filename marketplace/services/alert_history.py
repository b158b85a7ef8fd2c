"""All alerts that somebody may read, past and open, and an officer's view of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.early_warning_facts import AlertCode, AlertStage
from marketplace.domain.words import Severity
from marketplace.services.alert_lists import (
    GRAVEST_FIRST,
    alerts_of,
    count_alerts,
    with_contract,
)
from models.alerts import ContractAlert

CALLED_FIRST = case((ContractAlert.stage == AlertStage.ESCALATED, 0), else_=1)


@dataclass(frozen=True)
class PastFilter:
    """What the history is narrowed to; nothing where nothing is said.

    Days are those on which the sign began (`since`), both included.
    """

    code: AlertCode | None = None
    open: bool | None = None
    first: date | None = None
    last: date | None = None


def list_history(
    session: Session, who: Actor, wanted: PastFilter, *, limit: int, offset: int = 0
) -> tuple[Sequence[ContractAlert], int]:
    """Alerts of the actor's contracts, or of an officer's scope, newest first; how many.

    Days in words: a sign that came back is a row of its own.
    """
    found = _narrowed(alerts_of(session, who), wanted)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    newest = with_contract(found).order_by(
        ContractAlert.opened_at.desc(), ContractAlert.id.desc()
    )
    return session.scalars(newest.limit(limit).offset(offset)).all(), total


def _narrowed(
    found: Select[ContractAlert], wanted: PastFilter
) -> Select[ContractAlert]:
    if wanted.code is not None:
        found = found.where(ContractAlert.code == wanted.code)
    if wanted.open is not None:
        closed = ContractAlert.closed_at.is_not(None)
        found = found.where(~closed if wanted.open else closed)
    if wanted.first is not None:
        found = found.where(ContractAlert.since >= wanted.first)
    if wanted.last is not None:
        found = found.where(ContractAlert.since <= wanted.last)
    return found


@dataclass(frozen=True)
class AlertView:
    """Open alerts of an officer's scope: how many of each kind, and the first few."""

    counts: Mapping[Severity, int]
    escalated: int
    first: Sequence[ContractAlert]

    def of(self, severity: str) -> int:
        return self.counts.get(Severity(severity), 0)


def view_alerts(session: Session, who: Actor, *, limit: int = 5) -> AlertView:
    """What an officer looks at first: calls for an officer, then the gravest."""
    found = alerts_of(session, who).where(ContractAlert.closed_at.is_(None))
    called = found.where(ContractAlert.stage == AlertStage.ESCALATED)
    first = with_contract(found).order_by(
        CALLED_FIRST, GRAVEST_FIRST, ContractAlert.since, ContractAlert.id
    )
    return AlertView(
        count_alerts(session, who),
        session.scalar(select(func.count()).select_from(called.subquery())) or 0,
        session.scalars(first.limit(limit)).all(),
    )
