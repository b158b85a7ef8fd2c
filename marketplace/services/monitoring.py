"""What every record of monitoring shares: locks, numbers, history, who is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.monitoring import Audience, Deadlines
from marketplace.domain.names import clean_text
from marketplace.domain.words import ChainState, NoticeKind
from marketplace.services.chain_evaluation import evaluate_chain
from marketplace.services.chains import access_chain, parties_of
from marketplace.services.days import day_of
from marketplace.services.notices import notify_officers, notify_organisation
from marketplace.services.rules import rule
from models.chains import Chain, ChainFact
from models.monitoring import ChainEvent
from models.organisations import Membership

NOT_AT_WORK = N_("Chuỗi này chưa gửi cán bộ, chưa có gì để giám sát")
OWN_CHAIN = N_("Người của một bên trong chuỗi không giám sát chuỗi này")


def deadlines_on(session: Session, day: date) -> Deadlines:
    """The days that the rules of a day give for mending and answering."""
    return Deadlines.from_rule(rule(session, "monitoring.deadlines", day))


def lock_for_officer(session: Session, who: Actor, public_id: str) -> Chain:
    """The chain under lock, for an officer of its area who belongs to no party.

    NotFound for whoever is no officer there. Refused: a chain that nobody submitted.
    """
    if not who.is_officer:
        raise NotFound
    chain = _locked(session, access_chain(session, who, public_id, "decide"))
    mine = select(Membership.organisation_id).where(Membership.user_id == who.user_id)
    if set(session.scalars(mine)) & parties_of(session, chain):
        raise Refused(OWN_CHAIN)
    if chain.state is ChainState.DRAFT:
        raise Refused(NOT_AT_WORK)
    return chain


def lock_for_lead(session: Session, who: Actor, public_id: str) -> Chain:
    """The chain under lock, for a member of its lead; NotFound for others."""
    chain = access_chain(session, who, public_id, "write")
    if chain.lead_id != who.organisation_id:
        raise NotFound
    return _locked(session, chain)


def _locked(session: Session, chain: Chain) -> Chain:
    session.refresh(chain, with_for_update={"key_share": True})
    return chain


def first_day(chain: Chain) -> date:
    """The first day on which somebody may have looked at the chain."""
    assert chain.submitted_at is not None
    return day_of(chain.submitted_at)


def next_number(
    session: Session,
    chain: Chain,
    number: InstrumentedAttribute[int],
    owner: InstrumentedAttribute[int],
) -> int:
    """The next number among the records of the chain; the caller holds its lock."""
    last = select(func.max(number)).where(owner == chain.id)
    return (session.scalar(last) or 0) + 1


def said(text: str, name: str, why: str = N_("Viết vài chữ cho rõ")) -> str:
    """Words that somebody must give; Refused beside the field where there are none."""
    words = clean_text(text, long=True, field=name)
    if not words:
        raise Refused(why, name)
    return words


def record_chain_event(
    session: Session,
    chain: Chain,
    who: Actor | None,
    event: str,
    *,
    now: datetime,
    about: str = "chain",
    number: int = 0,
    text: str = "",
    audience: Audience = Audience.LEAD,
) -> ChainEvent:
    """Write down what happened, for those who may read it."""
    row = ChainEvent(
        chain_id=chain.id,
        event=event,
        about=about,
        number=number,
        audience=audience,
        at=now,
        by_id=who.user_id if who else None,
        organisation_id=who.organisation_id if who else None,
        text=text,
    )
    session.add(row)
    session.flush()  # files and notices name it
    return row


def may_read(who: Actor, chain: Chain, audience: Audience) -> bool:
    """Whether somebody who may open the chain reads what is for these readers."""
    if who.is_officer or audience is Audience.EVERYBODY:
        return True
    return audience is Audience.LEAD and who.organisation_id == chain.lead_id


def may_read_words(who: Actor, chain: Chain, event: ChainEvent) -> bool:
    """Whether somebody who reads of an event also reads its words and its files.

    What the authority writes is for itself and the lead; a partner learns that it
    happened, when, and what came of it.
    """
    if not may_read(who, chain, event.audience):
        return False
    own = chain.lead_id in (who.organisation_id, event.organisation_id)
    return who.is_officer or own


def list_events(
    session: Session, who: Actor, chain: Chain, about: str = "", number: int = 0
) -> Sequence[ChainEvent]:
    """The chain's history as the actor may read it, or that of one record of it."""
    wanted = select(ChainEvent).where(ChainEvent.chain_id == chain.id)
    if about:
        wanted = wanted.where(ChainEvent.about == about, ChainEvent.number == number)
    rows = session.scalars(wanted.order_by(ChainEvent.at, ChainEvent.id))
    return [row for row in rows if may_read(who, chain, row.audience)]


def tell_lead(
    session: Session,
    chain: Chain,
    kind: NoticeKind,
    event: ChainEvent,
    **params: object,
) -> None:
    """The members of the lead hear of an event."""
    notify_organisation(
        session,
        chain.lead_id,
        kind,
        subject_of(chain),
        {"chain": chain.name, "reason": event.text, **params},
        now=event.at,
        version=event.id,
    )


def tell_officers(
    session: Session,
    chain: Chain,
    kind: NoticeKind,
    event: ChainEvent,
    **params: object,
) -> None:
    """The officers of the chain's area hear of an event."""
    notify_officers(
        session,
        chain.unit_id,
        kind,
        subject_of(chain),
        {"chain": chain.name, "reason": event.text, **params},
        now=event.at,
        version=event.id,
    )


def subject_of(chain: Chain) -> str:
    """What a notice names as its page."""
    return f"chain:{chain.public_id}"


def write_fact(
    session: Session,
    chain: Chain,
    who: Actor,
    kind: str,
    *,
    passed: bool | None,
    note: str,
    today: date,
    on: date | None = None,
) -> ChainFact:
    """The row that the evaluation of the chain reads.

    What happened on an earlier day changes no day before it was written down.
    """
    fact = ChainFact(
        chain_id=chain.id,
        kind=kind,
        on=on or today,
        recorded_on=None if on in (None, today) else today,
        passed=passed,
        note=note,
        by_id=who.user_id,
    )
    session.add(fact)
    session.flush()  # records name it
    return fact


def look_again(session: Session, chain: Chain, *, today: date, now: datetime) -> None:
    """What was written changes what holds of the chain today."""
    session.flush()
    session.expire(chain, ["facts"])
    if chain.submitted_at is not None:
        evaluate_chain(session, chain.id, today=today, now=now)
