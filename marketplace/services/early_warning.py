"""Early warning: look at a contract, open and close its alerts, tell who is concerned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.domain.early_warning import find_alerts
from marketplace.domain.early_warning_facts import (
    Alert,
    AlertCode,
    Concern,
    Thresholds,
)
from marketplace.domain.words import ContractState, NoticeKind
from marketplace.services.alert_facts import read_signs
from marketplace.services.contract_events import lock_contract
from marketplace.services.notices import notify_officers, notify_organisation
from marketplace.services.rules import rules
from models.alerts import ContractAlert
from models.contracts import Contract

# Goods are inspected and paid for after the last day, too.
WATCHED = (
    ContractState.IN_FORCE,
    ContractState.SUSPENDED,
    ContractState.FULFILLED,
    ContractState.EXPIRED,
    ContractState.TERMINATED,
)
RULES = (
    "alert.delivery",
    "alert.price",
    "alert.answer",
    "alert.payment",
    "alert.paper",
)


def contracts_to_watch(session: Session) -> Sequence[int]:
    """Ids of all signed contracts that are not settled, and those with open alerts."""
    alerted = select(ContractAlert.contract_id).where(ContractAlert.closed_at.is_(None))
    return session.scalars(
        select(Contract.id)
        .where(
            or_(
                Contract.state.in_(WATCHED) & Contract.signed_on.is_not(None),
                Contract.id.in_(alerted),
            )
        )
        .order_by(Contract.id)
    ).all()


def watch_contract(
    session: Session, contract_id: int, *, today: date, now: datetime
) -> list[ContractAlert]:
    """Bring the alerts of a contract up to the day; those that are open come back.

    Safe to repeat and to run twice at once: the contract's lock puts two in line,
    and nobody is told of the same opening twice.
    """
    contract = lock_contract(session, contract_id)
    found = _alerts(session, contract, today)
    rows = {row.code: row for row in open_alerts(session, contract)}
    for code, row in rows.items():
        if code not in found:
            row.closed_at = now
    session.flush()  # who closes makes room for who opens
    return [_keep(session, contract, rows.get(a.code), a, now) for a in found.values()]


def open_alerts(session: Session, contract: Contract) -> list[ContractAlert]:
    """The alerts of a contract that still hold, the gravest first."""
    rows = session.scalars(
        select(ContractAlert).where(
            ContractAlert.contract_id == contract.id, ContractAlert.closed_at.is_(None)
        )
    )
    return sorted(rows, key=lambda row: ("EWI".index(row.severity), row.since, row.id))


def _alerts(
    session: Session, contract: Contract, today: date
) -> dict[AlertCode, Alert]:
    if contract.state not in WATCHED or contract.signed_on is None:
        return {}
    limits = Thresholds.of(rules(session, RULES, today).values())
    signs = read_signs(session, contract, today=today)
    return {alert.code: alert for alert in find_alerts(signs, limits, today)}


def _keep(
    session: Session,
    contract: Contract,
    row: ContractAlert | None,
    alert: Alert,
    now: datetime,
) -> ContractAlert:
    """Open the alert, or write into the open one what has become of it."""
    told = set(row.concerns) if row else set()
    if row is None:
        row = ContractAlert(contract_id=contract.id, code=alert.code, opened_at=now)
        session.add(row)
    row.severity, row.since = alert.severity, alert.since
    row.params = dict(alert.params)
    row.concerns = sorted(told | alert.concerns)
    session.flush()  # the notices name it
    tell_of_alert(session, row, alert.concerns - told, now=now)
    return row


def tell_of_alert(
    session: Session,
    alert: ContractAlert,
    concerned: Iterable[str],
    *,
    now: datetime,
    version: int = 1,
    said: Mapping[str, object] | None = None,
) -> None:
    """Tell the sides, and the officers of the seller's commune, that are named.

    `said` are further params: who calls an officer, and why.
    """
    contract = session.get_one(Contract, alert.contract_id)
    subject = f"alert:{alert.public_id}"
    params = {
        **alert.params,
        "alert": str(alert.code),
        "number": contract.number,
        **(said or {}),
    }
    for concern in sorted(concerned):
        if concern == Concern.OFFICER:
            notify: Callable[..., int] = notify_officers
            told = contract.seller.unit_id
        else:
            sells = concern == Concern.SELLER
            notify = notify_organisation
            told = contract.seller_id if sells else contract.buyer_id
        kind = NoticeKind.CONTRACT_ALERT
        notify(session, told, kind, subject, params, now=now, version=version)
