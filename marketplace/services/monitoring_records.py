"""The numbered records of a chain: found, led a step on, told in its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import NotFound
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.monitoring import Audience
from marketplace.services.chains import access_chain
from marketplace.services.monitoring import (
    lock_for_officer,
    may_read,
    record_chain_event,
)
from models.bulk import within
from models.chain_dormancy import DormancyProposal
from models.chains import Chain
from models.corrective_actions import CorrectiveAction
from models.monitoring import ChainEvent, Nonconformity, PostCheck, SampleTest
from models.monitoring_cases import MonitoringCase

Record = TypeVar(
    "Record",
    PostCheck,
    SampleTest,
    Nonconformity,
    MonitoringCase,
    DormancyProposal,
    CorrectiveAction,
)
# How the history names each, and which steps it may take.
KINDS: Mapping[type[Any], Lifecycle] = {
    PostCheck: Lifecycle.POST_CHECK,
    SampleTest: Lifecycle.SAMPLE,
    Nonconformity: Lifecycle.FINDING,
    MonitoringCase: Lifecycle.CASE,
}
ABOUT: Mapping[type[Any], str] = {
    PostCheck: "check",
    SampleTest: "sample",
    Nonconformity: "finding",
    MonitoringCase: "case",
    DormancyProposal: "dormancy",
    CorrectiveAction: "action",
}


def access_record(
    session: Session, who: Actor, public_id: str, model: type[Record], number: int
) -> Record:
    """A record, for the lead and officers of the area; NotFound for others.

    What officers only prepare is for officers.
    """
    chain = access_chain(session, who, public_id)
    wanted = select(model).where(model.chain_id == chain.id, model.number == number)
    found = session.scalars(wanted).first()
    if found is None or not may_read(who, chain, _audience(found)):
        raise NotFound
    return found


def _audience(record: Any) -> Audience:
    if isinstance(record, MonitoringCase) and record.active_on is None:
        return Audience.OFFICERS
    if isinstance(record, DormancyProposal):
        return Audience.OFFICERS
    return Audience.LEAD


def list_records(
    session: Session, who: Actor, chain: Chain, model: type[Record]
) -> Sequence[Record]:
    """The records of a chain that the actor may see, the latest first."""
    wanted = select(model).where(model.chain_id == chain.id)
    found = session.scalars(wanted.order_by(model.number.desc()))
    return [one for one in found if may_read(who, chain, _audience(one))]


def lock_record(
    session: Session,
    who: Actor,
    public_id: str,
    model: type[Record],
    number: int,
    state: StrEnum | None = None,
    lock: Any = lock_for_officer,
) -> tuple[Chain, Record]:
    """The chain under lock, and a record as it is now that may go into a state.

    The caller sets the state, with what must be known of it. IllegalTransition.
    """
    chain: Chain = lock(session, who, public_id)
    record = access_record(session, who, public_id, model, number)
    session.refresh(record)
    if state is not None:
        known: Any = record
        check_transition(KINDS[model], known.state, state)
    return chain, record


def write_event(
    session: Session,
    chain: Chain,
    who: Actor,
    name: str,
    record: Any,
    text: str,
    now: datetime,
    audience: Audience = Audience.LEAD,
) -> ChainEvent:
    """Write down what happened to a record."""
    return record_chain_event(
        session,
        chain,
        who,
        name,
        now=now,
        about=ABOUT[type(record)],
        number=record.number,
        text=text,
        audience=audience,
    )


def records_waiting(
    session: Session,
    who: Actor,
    model: type[Record],
    by_day: InstrumentedAttribute[Any],
    *which: ColumnElement[bool],
) -> Sequence[Record]:
    """Records of the officer's area, or of the chains that one leads, by their day."""
    mine = (
        within(session, Chain.unit_id, who.scope_unit_ids)
        if who.is_officer
        else Chain.lead_id == who.organisation_id
    )
    return session.scalars(
        select(model)
        .join(Chain, Chain.id == model.chain_id)
        .where(mine, *which)
        .order_by(by_day, model.id)
    ).all()
