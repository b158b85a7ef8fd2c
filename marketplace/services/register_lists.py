"""Imports of registers: who reaches one, and which there are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, load_only

from marketplace.domain.actor import Actor
from marketplace.domain.errors import NotFound
from models.register_imports import RegisterImport


def access_import(
    session: Session, who: Actor, public_id: str, *, lock: bool = False
) -> RegisterImport:
    """An import of the officer's own authority; NotFound for all others."""
    wanted = select(RegisterImport).where(
        RegisterImport.public_id == public_id,
        RegisterImport.organisation_id == who.organisation_id,
    )
    row = session.scalars(wanted.with_for_update() if lock else wanted).first()
    if row is None or not who.is_officer:
        raise NotFound
    return row


def list_imports(
    session: Session, who: Actor, *, limit: int = 20, offset: int = 0
) -> tuple[Sequence[RegisterImport], int]:
    """The imports of the officer's authority, the newest first, and how many."""
    mine = RegisterImport.organisation_id == who.organisation_id
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
    RegisterImport.filename,
    RegisterImport.fresh,
    RegisterImport.known,
    RegisterImport.wrong,
    RegisterImport.created_at,
    RegisterImport.made_by_id,
    RegisterImport.decided_by_id,
)
