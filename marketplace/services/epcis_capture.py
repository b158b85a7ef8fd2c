"""Documents that software sends: taken in at once, worked on as a job, each event once.

An event that means something of lots here goes the way of all that is told of them; its
id makes sure that it counts once. Any other is kept and moves nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.canonical import digest_of_text
from marketplace.domain.epcis_checks import prefixes_of
from marketplace.domain.epcis_contexts import with_context
from marketplace.domain.epcis_events import utc_time
from marketplace.domain.epcis_hash import event_hash
from marketplace.domain.errors import N_, Refused
from marketplace.domain.words_trace import PartRole
from marketplace.services.api_keys import actor_of
from marketplace.services.epcis_errors import declare_told, was_declared
from marketplace.services.epcis_import import Import
from marketplace.services.epcis_jobs import JOB, work_failed
from marketplace.services.epcis_names import event_named
from marketplace.services.epcis_pallets import keep_terms
from marketplace.services.epcis_schema import EVENTS, faults_of_document
from marketplace.services.jobs import enqueue_job, insert_or_ignore
from marketplace.services.lot_capture import capture
from models.epcis import (
    ApiKey,
    EpcisCapture,
    EpcisClass,
    EpcisEvent,
    EpcisName,
    ErrorBehaviour,
)
from models.lot_events import LotEvent

MOST_EVENTS = 500
OTHER_WORDS = N_("Sự kiện này đã gửi rồi với nội dung khác")


def take_document(
    session: Session,
    key: ApiKey,
    document: Mapping[str, Any],
    behaviour: ErrorBehaviour,
    *,
    now: datetime,
) -> EpcisCapture:
    """Store a document and ask for the work on it; the same document is taken once."""
    spelled = json.dumps(document, sort_keys=True, ensure_ascii=False)
    digest = digest_of_text(f"{behaviour}:{spelled}")
    same = select(EpcisCapture).where(
        EpcisCapture.organisation_id == key.organisation_id,
        EpcisCapture.digest == digest,
    )
    row = {
        "organisation_id": key.organisation_id,
        "key_id": key.id,
        "behaviour": behaviour,
        "digest": digest,
        "document": dict(document),
        "created_at": now,
    }
    new = insert_or_ignore(session, EpcisCapture, row)
    taken = session.scalars(same).one()
    if new or work_failed(session, taken):
        payload = {"capture": taken.public_id}
        enqueue_job(session, JOB, key=taken.public_id, payload=payload)
    return taken


def name_of_event(taken: EpcisCapture) -> str:
    """The id of the only event of a document, however often it was told."""
    (event,) = taken.document["epcisBody"]["eventList"]
    prefixes = prefixes_of(taken.document["@context"])
    return str(event.get("eventID") or event_hash(event, prefixes))


def run_capture(session: Session, public_id: str, base: str, *, now: datetime) -> None:
    """Check a document and tell its events; once finished it stays as it is."""
    taken = session.scalars(
        select(EpcisCapture)
        .where(EpcisCapture.public_id == public_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if taken.finished_at is not None:
        return
    errors = [
        _problem(fault.place, str(fault))
        for fault in faults_of_document(taken.document, now)
    ]
    if not errors:
        errors = _tell_all(session, taken, base, now)
    taken.errors, taken.success, taken.finished_at = errors, not errors, now


class _Undone(Exception):
    """Takes the good events along when a bad one undoes the document."""


def _tell_all(
    session: Session, taken: EpcisCapture, base: str, now: datetime
) -> list[dict[str, Any]]:
    errors: list[dict[str, Any]] = []
    reader = Import(
        session, actor_of(taken.key), base, prefixes_of(taken.document["@context"])
    )
    try:
        with session.begin_nested():
            for n, event in enumerate(taken.document["epcisBody"]["eventList"]):
                try:
                    with session.begin_nested():
                        _tell(session, taken, reader, event, now)
                except Refused as why:
                    errors.append(_refusal(f"{EVENTS}/{n}", why))
            if errors and taken.behaviour is ErrorBehaviour.ROLLBACK:
                raise _Undone
    except _Undone:
        pass
    return errors


def _problem(place: str, title: str) -> dict[str, Any]:
    """What is wrong as RFC 7807 has it; the instance is where in the document."""
    return {
        "type": "epcisException:ValidationException",
        "title": title,
        "status": 400,
        "instance": "#" + quote(place),
    }


def _refusal(place: str, why: Refused) -> dict[str, Any]:
    """What a rule says of an event, so that it can be said in any language."""
    params = {name: _plain(one) for name, one in why.params.items()}
    said = {"message": why.message, "params": params}
    return {**_problem(place, f"{place}: {why}"), "said": said}


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float) else str(value)


def _tell(
    session: Session,
    taken: EpcisCapture,
    reader: Import,
    told: Mapping[str, Any],
    now: datetime,
) -> None:
    prefixes = prefixes_of(taken.document["@context"], told.get("@context"))
    event = {"eventID": event_hash(told, prefixes), **told}
    digest = digest_of_text(json.dumps(event, sort_keys=True, ensure_ascii=False))
    if _is_known(session, taken, event, digest):
        return
    done = _read_here(session, reader, event, prefixes)
    done = done or _do(session, reader, event, now)
    row = EpcisEvent(
        organisation_id=taken.organisation_id,
        capture_id=taken.id,
        event_id=event["eventID"][:500],
        declares_error="errorDeclaration" in event,
        digest=digest,
        event={**with_context(event, prefixes), "recordTime": utc_time(now)},
        event_time=datetime.fromisoformat(event["eventTime"]),
        record_time=now,
        lot_event_id=done.id if done else None,
    )
    session.add(row)
    session.flush()  # its terms name it; the next event may be the same
    keep_terms(session, row)


def _is_known(
    session: Session, taken: EpcisCapture, event: Mapping[str, Any], digest: str
) -> bool:
    if len(event["eventID"]) > 500:
        raise Refused(N_("Mã sự kiện dài quá 500 ký tự"))
    known = session.scalars(
        select(EpcisEvent).where(
            EpcisEvent.organisation_id == taken.organisation_id,
            EpcisEvent.event_id == event["eventID"],
            EpcisEvent.declares_error == ("errorDeclaration" in event),
        )
    ).first()
    if known is not None and known.digest != digest:
        raise Refused(OTHER_WORDS)
    return known is not None


def _read_here(
    session: Session,
    reader: Import,
    event: Mapping[str, Any],
    prefixes: Mapping[str, str],
) -> LotEvent | None:
    """The event of one's own that was read here under this id: it counts already."""
    if "errorDeclaration" in event:
        return None
    known = event_named(session, reader.who.organisation_id, event["eventID"])
    if known is not None and event_hash(event, prefixes) != event["eventID"]:
        raise Refused(OTHER_WORDS)
    return known


def _do(
    session: Session, reader: Import, event: Mapping[str, Any], now: datetime
) -> LotEvent | None:
    """What the event means here, done; None if it means nothing here."""
    if "errorDeclaration" in event:
        return declare_told(session, reader, event, now)
    if was_declared(session, reader.who, event["eventID"]):
        return None
    command = reader.command(event)
    if command is None:
        return None
    done = capture(session, reader.who, command, now=now)
    made = {p.lot.code: p.lot for p in done.parts if p.role is PartRole.OUTPUT}
    if event.get("action") == "ADD" or event["type"] == "TransformationEvent":
        for uri, code in reader.made_by(event):
            lot = made.get(code) or next(iter(made.values()))
            row = {
                "organisation_id": reader.who.organisation_id,
                "uri": uri[:500],
                "lot_id": lot.id,
            }
            insert_or_ignore(session, EpcisClass, row)
    name = {"lot_event_id": done.id, "event_id": event["eventID"]}
    insert_or_ignore(session, EpcisName, name)
    return done
