"""A chain of events: each link carries the digest of the one before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from marketplace.domain.canonical import digest_of


@dataclass(frozen=True)
class AuditLink:
    """One event in the life of a contract as it is stored."""

    subject: str
    position: int
    event: str
    actor: str
    at: datetime
    payload: Mapping[str, object]
    previous_digest: str | None
    digest: str


def link_digest(
    *,
    subject: str,
    position: int,
    event: str,
    actor: str,
    at: datetime,
    payload: Mapping[str, object],
    previous_digest: str | None,
) -> str:
    """SHA-256 over all a link says; `subject` keeps it from moving to another chain."""
    return digest_of(
        {
            "subject": subject,
            "position": position,
            "event": event,
            "actor": actor,
            "at": at,
            "payload": payload,
            "previous": previous_digest,
        }
    )


def first_broken(links: Iterable[AuditLink]) -> int | None:
    """Position of the first link that does not follow, or None if all hold.

    The links come in order of position and the first is 0.
    """
    subject: str | None = None
    previous: str | None = None
    for expected, link in enumerate(links):
        subject = link.subject if subject is None else subject
        follows = (link.subject, link.position, link.previous_digest)
        if follows != (subject, expected, previous) or link.digest != _digest(link):
            return expected
        previous = link.digest
    return None


def _digest(link: AuditLink) -> str:
    return link_digest(
        subject=link.subject,
        position=link.position,
        event=link.event,
        actor=link.actor,
        at=link.at,
        payload=link.payload,
        previous_digest=link.previous_digest,
    )
