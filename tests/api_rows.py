"""Keys and captured documents for tests."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.epcis_events import document_of
from marketplace.services.api_keys import draw_key
from marketplace.services.epcis_capture import take_document
from models.epcis import ApiKey, EpcisCapture, ErrorBehaviour
from tests.factories import NOW

BASE = "http://localhost"


def api_key(
    session: Session, who: Actor, *, may_write: bool = True
) -> tuple[ApiKey, str]:
    """A key of the actor's organisation and its secret."""
    return draw_key(session, who, "Phần mềm kho", may_write=may_write, now=NOW)


def bearer(secret: str) -> dict[str, str]:
    """The header that shows a key."""
    return {"Authorization": f"Bearer {secret}"}


def capture(session: Session, who: Actor, *events: dict[str, Any]) -> EpcisCapture:
    """A document that waits for its job."""
    key, _ = api_key(session, who)
    told = document_of(events, BASE, NOW)
    return take_document(session, key, told, ErrorBehaviour.ROLLBACK, now=NOW)
