"""Stops: declared by the lead, or proposed because nothing was delivered for long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.monitoring import Audience
from marketplace.domain.words import ChainState, NoticeKind
from marketplace.domain.words_delivery import NoteState
from marketplace.services.days import day_of
from marketplace.services.monitoring import (
    deadlines_on,
    lock_for_lead,
    lock_for_officer,
    look_again,
    record_chain_event,
    said,
    tell_lead,
    tell_officers,
    write_fact,
)
from models.chains import Chain, ChainContract, Recognition
from models.deliveries import DeliveryNote
from models.monitoring import ChainEvent

WORKING = (ChainState.ACTIVE, ChainState.AT_RISK, ChainState.SUSPENDED)
ALREADY = N_("Chuỗi này đã dừng")
NOT_STOPPED = N_("Chuỗi này không dừng")
NOT_DORMANT = N_("Chuỗi này vẫn có giao hàng")


@dataclass(frozen=True)
class Dormant:
    """A chain without a delivery for two seasons; `since` is the last one or its start."""

    chain: Chain
    since: date


def declare_stop(
    session: Session,
    who: Actor,
    public_id: str,
    text: str,
    *,
    today: date,
    now: datetime,
) -> Chain:
    """The lead stops its chain and says why; it no longer counts from today."""
    chain = lock_for_lead(session, who, public_id)
    if is_stopped(chain):
        raise Refused(ALREADY)
    words = said(text, "text")
    event = _write(session, chain, who, "stop", "chain_stopped", words, today, now)
    tell_officers(session, chain, NoticeKind.CHAIN_STOPPED, event)
    look_again(session, chain, today=today, now=now)
    return chain


def declare_resumption(
    session: Session,
    who: Actor,
    public_id: str,
    text: str,
    *,
    today: date,
    now: datetime,
) -> Chain:
    """The lead takes it up again; what holds of it then is looked at anew."""
    chain = lock_for_lead(session, who, public_id)
    if not is_stopped(chain):
        raise Refused(NOT_STOPPED)
    words = said(text, "text")
    event = _write(session, chain, who, "resume", "chain_resumed", words, today, now)
    tell_officers(session, chain, NoticeKind.CHAIN_STOPPED, event)
    look_again(session, chain, today=today, now=now)
    return chain


def confirm_dormancy(
    session: Session,
    who: Actor,
    public_id: str,
    text: str,
    *,
    today: date,
    now: datetime,
) -> Chain:
    """An officer confirms that a chain sleeps: it is stopped, and the lead is told.

    Refused: a chain that delivered within two seasons.
    """
    chain = lock_for_officer(session, who, public_id)
    if find_dormancy(session, chain, today=today) is None:
        raise Refused(NOT_DORMANT)
    words = said(text, "text")
    event = _write(session, chain, who, "stop", "chain_dormant", words, today, now)
    tell_lead(session, chain, NoticeKind.CHAIN_DORMANT, event)
    look_again(session, chain, today=today, now=now)
    return chain


def is_stopped(chain: Chain) -> bool:
    """Whether the last word of its lead or of an officer was to stop."""
    words = [fact.kind for fact in chain.facts if fact.kind in ("stop", "resume")]
    return words[-1:] == ["stop"]


def find_dormancy(session: Session, chain: Chain, *, today: date) -> Dormant | None:
    """Since when nothing is delivered, if that is two seasons; None otherwise.

    Days count from the last load that both sides stood by, or from the recognition.
    """
    return next(iter(_dormant(session, today, Chain.id == chain.id)), None)


def dormant_chains(session: Session, who: Actor, *, today: date) -> Sequence[Dormant]:
    """The chains of the officer's area that sleep; nothing for others."""
    if not who.is_officer:
        return []
    return _dormant(session, today, Chain.unit_id.in_(who.scope_unit_ids))


def all_dormant(session: Session, *, today: date) -> Sequence[Dormant]:
    """Every chain that sleeps, for the night."""
    return _dormant(session, today, Chain.id > 0)


def _dormant(
    session: Session, today: date, which: ColumnElement[bool]
) -> list[Dormant]:
    days = deadlines_on(session, today).dormant_days
    last = (
        select(func.max(DeliveryNote.confirmed_at))
        .join(ChainContract, ChainContract.contract_id == DeliveryNote.contract_id)
        .where(
            ChainContract.chain_id == Chain.id,
            DeliveryNote.state == NoteState.CONFIRMED,
        )
        .scalar_subquery()
    )
    first = (
        select(func.min(Recognition.issued_on))
        .where(Recognition.chain_id == Chain.id, Recognition.decided_at.is_not(None))
        .scalar_subquery()
    )
    rows = session.execute(
        select(Chain, last, first)
        .where(which, Chain.state.in_(WORKING), first <= today - timedelta(days=days))
        .order_by(Chain.id)
    )
    found = [
        Dormant(chain, day_of(delivered) if delivered else recognised)
        for chain, delivered, recognised in rows
    ]
    return [one for one in found if one.since <= today - timedelta(days=days)]


def _write(
    session: Session,
    chain: Chain,
    who: Actor,
    kind: str,
    name: str,
    text: str,
    today: date,
    now: datetime,
) -> ChainEvent:
    write_fact(session, chain, who, kind, passed=None, note=text, today=today)
    return record_chain_event(
        session, chain, who, name, now=now, text=text, audience=Audience.EVERYBODY
    )
