"""Stops that a lead declares itself, and takes back."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.monitoring import Audience
from marketplace.domain.words import NoticeKind
from marketplace.services.monitoring import (
    lock_for_lead,
    look_again,
    record_chain_event,
    said,
    tell_officers,
    write_fact,
)
from models.chains import Chain
from models.monitoring import ChainEvent

ALREADY = N_("Chuỗi này đã dừng")
NOT_STOPPED = N_("Chuỗi này không dừng")


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


def is_stopped(chain: Chain) -> bool:
    """Whether the last word of its lead or of an officer was to stop."""
    words = [fact.kind for fact in chain.facts if fact.kind in ("stop", "resume")]
    return words[-1:] == ["stop"]


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
