"""Imports of registers: who reaches one, and which there are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, joinedload, load_only

from marketplace.domain.actor import Actor, Role
from marketplace.domain.errors import NotFound
from marketplace.domain.words import MembershipState
from marketplace.services.units import scope_of
from models.organisations import Membership
from models.register_imports import RegisterImport


def access_import(
    session: Session, who: Actor, public_id: str, *, lock: bool = False
) -> RegisterImport:
    """An import of the officer's own authority; NotFound for all others.

    Its rows may lie anywhere in the area of whoever made it, so only an officer of
    that area, or of a wider one, looks at it.
    """
    wanted = select(RegisterImport).where(
        RegisterImport.public_id == public_id,
        RegisterImport.organisation_id == who.organisation_id,
    )
    row = session.scalars(wanted.with_for_update() if lock else wanted).first()
    if row is None or not who.is_officer:
        raise NotFound
    if row.made_by_id not in _makers_within(session, who):
        raise NotFound
    return row


def officers_of(session: Session, organisation_id: int) -> list[Membership]:
    """The officers of an authority who are active, in a fixed order."""
    wanted = select(Membership).where(
        Membership.organisation_id == organisation_id,
        Membership.role == Role.OFFICER,
        Membership.state == MembershipState.ACTIVE,
    )
    return list(session.scalars(wanted.order_by(Membership.user_id)))


def _makers_within(session: Session, who: Actor) -> set[int]:
    """Officers of the same authority whose area lies in the actor's; the actor too."""
    seats = officers_of(session, who.organisation_id)
    inside = {
        seat.user_id for seat in seats if scope_of(session, seat) <= who.scope_unit_ids
    }
    return inside | {who.user_id}


def list_imports(
    session: Session, who: Actor, *, limit: int = 20, offset: int = 0
) -> tuple[Sequence[RegisterImport], int]:
    """The imports that the officer may look at, the newest first, and how many."""
    mine = and_(
        RegisterImport.organisation_id == who.organisation_id,
        RegisterImport.made_by_id.in_(_makers_within(session, who)),
    )
    total = session.scalar(select(func.count()).select_from(RegisterImport).where(mine))
    found = session.scalars(
        select(RegisterImport)
        .where(mine)
        .order_by(RegisterImport.id.desc())
        .limit(limit)
        .offset(offset)
        .options(
            # Not the cells: they may be a megabyte a file.
            load_only(*_LISTED),
            joinedload(RegisterImport.made_by),
            joinedload(RegisterImport.decided_by),
        )
    )
    return found.all(), total or 0


_LISTED = (
    RegisterImport.public_id,
    RegisterImport.register,
    RegisterImport.state,
    RegisterImport.work,
    RegisterImport.filename,
    RegisterImport.fresh,
    RegisterImport.known,
    RegisterImport.wrong,
    RegisterImport.created_at,
    RegisterImport.made_by_id,
    RegisterImport.decided_by_id,
)
