"""Keys with which software reads and tells in the name of an organisation."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor, Role
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.words import OrganisationKind, OrganisationState
from models.epcis import ApiKey
from models.organisations import Organisation

MOST_KEYS = 20
_START = "lk_"


def draw_key(
    session: Session, who: Actor, name: str, *, may_write: bool, now: datetime
) -> tuple[ApiKey, str]:
    """A new key and its secret, which is not kept: whoever loses it draws another."""
    if not name.strip():
        raise Refused(N_("Đặt tên để nhớ khóa này cho phần mềm nào"), "name")
    # The organisation's row keeps two who draw at once in line.
    _lock_trading(session, who)
    if sum(key.revoked_at is None for key in list_keys(session, who)) >= MOST_KEYS:
        raise Refused(N_("Đã có 20 khóa, thu hồi khóa không dùng trước"))
    secret = _START + secrets.token_urlsafe(32)
    key = ApiKey(
        organisation_id=who.organisation_id,
        name=name.strip()[:200],
        digest=_digest(secret),
        may_write=may_write,
        created_by_id=who.user_id,
        created_at=now,
    )
    session.add(key)
    session.flush()  # it is shown at once
    return key, secret


def list_keys(session: Session, who: Actor) -> list[ApiKey]:
    """The keys of the actor's organisation, the youngest first; no authority has any."""
    if _is_authority(session.get_one(Organisation, who.organisation_id)):
        raise NotFound
    return list(
        session.scalars(
            select(ApiKey)
            .where(ApiKey.organisation_id == who.organisation_id)
            .options(joinedload(ApiKey.created_by))
            .order_by(ApiKey.id.desc())
        )
    )


def revoke_key(
    session: Session, who: Actor, public_id: str, *, now: datetime
) -> ApiKey:
    """The key opens nothing from now on; twice is as once."""
    key = session.scalars(
        select(ApiKey)
        .where(
            ApiKey.public_id == public_id,
            ApiKey.organisation_id == who.organisation_id,
        )
        .with_for_update()
    ).first()
    if key is None:
        raise NotFound
    if key.revoked_at is None:
        key.revoked_at, key.revoked_by_id = now, who.user_id
    return key


def key_of(session: Session, secret: str) -> ApiKey | None:
    """The key that this secret opens; None if it is none, or no longer one.

    A suspended organisation's keys open nothing.
    """
    if not secret.startswith(_START) or len(secret) > 100:
        return None
    return session.scalars(
        select(ApiKey)
        .join(ApiKey.organisation)
        .where(
            ApiKey.digest == _digest(secret),
            ApiKey.revoked_at.is_(None),
            Organisation.state == OrganisationState.VERIFIED,
        )
    ).first()


def note_use(key: ApiKey, *, today: date) -> None:
    """Remember the day on which a key was used last."""
    if key.used_on != today:
        key.used_on = today


def actor_of(key: ApiKey) -> Actor:
    """In whose name the software acts: whoever drew the key answers for it."""
    return Actor(key.created_by_id, key.organisation_id, Role.STAFF)


def _lock_trading(session: Session, who: Actor) -> None:
    row = session.get_one(Organisation, who.organisation_id, with_for_update=True)
    if _is_authority(row):
        raise NotFound


def _is_authority(organisation: Organisation) -> bool:
    return organisation.kind is OrganisationKind.AUTHORITY


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
