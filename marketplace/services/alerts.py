"""What people do about an alert: take note, act, call an officer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.early_warning_facts import (
    AlertStage,
    AlertStep,
    Concern,
)
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.names import clean_text
from marketplace.services.contract_events import lock_contract
from marketplace.services.contracts import access_contract
from marketplace.services.early_warning import tell_of_alert
from models.alerts import ContractAlert, ContractAlertStep
from models.contracts import Contract

CLOSED = N_("Cảnh báo này đã khép lại")


def access_alert(session: Session, who: Actor, public_id: str) -> ContractAlert:
    """An alert of a contract that the actor may see; NotFound for others."""
    alert = session.scalars(
        select(ContractAlert).where(ContractAlert.public_id == public_id)
    ).first()
    if alert is None:
        raise NotFound
    access_contract(session, who, alert.contract.public_id)
    return alert


def reader_of(contract: Contract, who: Actor) -> Concern:
    """In what role the actor reads a contract that may be seen."""
    if who.organisation_id == contract.seller_id:
        return Concern.SELLER
    if who.organisation_id == contract.buyer_id:
        return Concern.BUYER
    return Concern.OFFICER


def acknowledge_alert(
    session: Session, who: Actor, public_id: str, *, now: datetime
) -> ContractAlert:
    """Say that one's side knows; said twice it is said once."""
    alert = _lock(session, who, public_id)
    if any(one.by_organisation_id == who.organisation_id for one in alert.steps):
        return alert
    if alert.stage is AlertStage.NEW:
        alert.stage = AlertStage.KNOWN
    _write(session, alert, who, AlertStep.ACKNOWLEDGED, "", now)
    return alert


def act_on_alert(
    session: Session, who: Actor, public_id: str, text: str, *, now: datetime
) -> ContractAlert:
    """Write down what was done; the alert stays open as long as its cause does."""
    alert = _lock(session, who, public_id)
    said = _said(text)
    alert.stage = AlertStage.ACTED
    _write(session, alert, who, AlertStep.ACTED, said, now)
    return alert


def escalate_alert(
    session: Session, who: Actor, public_id: str, text: str, *, now: datetime
) -> ContractAlert:
    """Ask the officers of the seller's commune to step in; they are told why.

    Refused: an officer, no reason, a call that nobody has acted on yet.
    """
    alert = _lock(session, who, public_id)
    if reader_of(alert.contract, who) is Concern.OFFICER:
        raise Refused(N_("Cán bộ ghi việc đã làm thay vì chuyển"))
    if alert.stage is AlertStage.ESCALATED:
        raise Refused(N_("Cảnh báo này đã chuyển cán bộ, chờ trả lời"))
    said = _said(text)
    alert.stage = AlertStage.ESCALATED
    alert.concerns = sorted({*alert.concerns, Concern.OFFICER})
    step = _write(session, alert, who, AlertStep.ESCALATED, said, now)
    tell_of_alert(
        session,
        alert,
        [Concern.OFFICER],
        now=now,
        version=step.position + 2,
        said={"said": said, "partner": _name(alert, who)},
    )
    return alert


def _lock(session: Session, who: Actor, public_id: str) -> ContractAlert:
    """The alert as stored now; its contract's lock orders whoever acts on it."""
    alert = access_alert(session, who, public_id)
    lock_contract(session, alert.contract_id)
    session.refresh(alert)
    session.refresh(alert, ["steps"])
    if alert.closed_at is not None:
        raise Refused(CLOSED)
    return alert


def _said(text: str) -> str:
    said = clean_text(text, long=True, field="text")
    if not said:
        raise Refused(N_("Nói rõ đã làm gì hoặc cần gì"), "text")
    return said


def _write(
    session: Session,
    alert: ContractAlert,
    who: Actor,
    step: AlertStep,
    text: str,
    now: datetime,
) -> ContractAlertStep:
    position = len(alert.steps)
    row = ContractAlertStep(
        alert_id=alert.id,
        position=position,
        previous=position - 1 if position else None,
        step=step,
        text=text,
        by_user_id=who.user_id,
        by_organisation_id=who.organisation_id,
        at=now,
    )
    session.add(row)
    session.flush()  # the trigger and the next step want it stored
    session.refresh(alert, ["steps"])
    return row


def _name(alert: ContractAlert, who: Actor) -> str:
    sells = who.organisation_id == alert.contract.seller_id
    party = alert.contract.seller if sells else alert.contract.buyer
    return party.short_name
