"""Events that were told wrongly: declared by software or here, and what corrects them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.epcis_reading import key_of_event
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.services.epcis_import import Import
from marketplace.services.epcis_names import event_named, keep_names
from marketplace.services.epcis_stories import whole_events
from marketplace.services.jobs import insert_or_ignore
from marketplace.services.lot_corrections import declare_wrong
from models.epcis import EpcisEvent, EpcisName
from models.lot_events import LotCorrection, LotEvent

MOST_SHOWN = 20


def declare_told(
    session: Session, reader: Import, event: Mapping[str, Any], now: datetime
) -> LotEvent | None:
    """An event told before, by software or here, is declared wrong by software.

    None if it is none of ours: then the declaration is kept, and moves nothing.
    """
    mine = reader.who.organisation_id
    found = event_named(session, mine, event["eventID"])
    if found is None:
        key = key_of_event(mine, event)
        wanted = select(LotEvent).where(LotEvent.organisation_id == mine)
        found = session.scalars(wanted.where(LotEvent.public_id == key)).first()
    if found is None:
        return None
    declaration = event["errorDeclaration"]
    why = str(declaration.get("reason", "")) or "EPCIS"
    wrong = declare_wrong(session, reader.who, found.public_id, why, now=now)
    _correct(session, wrong, declaration.get("correctiveEventIDs", ()))
    return wrong


def was_declared(session: Session, who: Actor, event_id: str) -> bool:
    """Whether an event was declared wrong before it came: then it moves nothing."""
    declared = select(EpcisEvent.id).where(
        EpcisEvent.organisation_id == who.organisation_id,
        EpcisEvent.event_id == event_id,
        EpcisEvent.declares_error,
    )
    return session.scalars(declared.limit(1)).first() is not None


def name_correction(
    session: Session, who: Actor, wrong: LotEvent, right: str, base: str
) -> None:
    """Say which event of one's own says rightly what a wrong one said."""
    if wrong.organisation_id != who.organisation_id:
        raise NotFound
    if wrong.wrong_at is None:
        raise Refused(N_("Lần ghi này chưa báo sai"), "right")
    wanted = _candidates(wrong).where(LotEvent.public_id == right)
    event = session.scalars(wanted.options(*whole_events())).unique().first()
    if event is None:
        raise Refused(N_("Chọn một lần ghi cùng việc, không bị báo sai"), "right")
    _correct(session, wrong, keep_names(session, [event], base).values())


def could_correct(session: Session, wrong: LotEvent) -> list[LotEvent]:
    """Events that may say it rightly: of the same step, the last ones first."""
    newest = _candidates(wrong).order_by(LotEvent.recorded_at.desc())
    return list(session.scalars(newest.limit(MOST_SHOWN)))


def corrected_by(session: Session, wrong: LotEvent) -> list[LotEvent]:
    """The events here that say it rightly."""
    ids = select(LotCorrection.event_id).where(LotCorrection.wrong_id == wrong.id)
    named = select(EpcisName.lot_event_id).where(EpcisName.event_id.in_(ids))
    wanted = select(LotEvent).where(
        LotEvent.id.in_(named), LotEvent.organisation_id == wrong.organisation_id
    )
    return list(session.scalars(wanted.order_by(LotEvent.at, LotEvent.id)))


def _candidates(wrong: LotEvent) -> Any:
    return select(LotEvent).where(
        LotEvent.organisation_id == wrong.organisation_id,
        LotEvent.step == wrong.step,
        LotEvent.wrong_at.is_(None),
        LotEvent.id != wrong.id,
    )


def _correct(session: Session, wrong: LotEvent, event_ids: Iterable[Any]) -> None:
    for one in event_ids:
        row = {"wrong_id": wrong.id, "event_id": str(one)[:500]}
        insert_or_ignore(session, LotCorrection, row)
    session.expire(wrong, ["corrections"])
