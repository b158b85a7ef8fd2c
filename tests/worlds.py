"""Worlds that can be repeated: rows undone after a request, chance made sure."""

from __future__ import annotations

import hashlib
import itertools
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models.database import Base, db
from tests import factories


@contextmanager
def undone(session: Session, *clients: FlaskClient) -> Iterator[None]:
    """What happens inside is taken back: rows, and the cookies of the clients."""
    session.commit()
    connection = db.engine
    assert isinstance(connection, sa.Connection)  # the fixture's outer transaction
    cookies = [dict(client._cookies) for client in clients]
    savepoint = connection.begin_nested()
    try:
        yield
    finally:
        session.rollback()
        session.expunge_all()
        savepoint.rollback()
        for client, kept in zip(clients, cookies, strict=True):
            client._cookies = kept  # type: ignore[assignment]


def without_chance(patch: Any, first: int = 1) -> None:
    """From here on, random ids and the factories' numbers begin anew.

    Another `first` begins another row of ids, which meets no id of the first.
    """
    draw_ids(patch, first)
    patch.setattr("marketplace.services.recalls.monotonic", lambda: 0.0)
    patch.setattr(factories, "_numbers", itertools.count(first))
    patch.setattr(factories, "_tax_codes", factories.demo_tax_codes())


def draw_ids(patch: Any, first: int) -> None:
    """Random ids from here on are those of this number and of what follows it."""
    drawn = itertools.count(first)

    def token_bytes(nbytes: int | None = None) -> bytes:
        return hashlib.shake_128(str(next(drawn)).encode()).digest(nbytes or 32)

    patch.setattr(secrets, "token_bytes", token_bytes)


def rows_of(
    session: Session, leave_out: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """All that is stored, by table; `leave_out` names tables and columns."""
    return {
        name: [tuple(row) for row in session.execute(rows)]
        for name, rows in _questions(leave_out)
    }


@cache
def _questions(leave_out: frozenset[str]) -> list[tuple[str, sa.Select[Any]]]:
    """How to ask each table for its rows; put together once, asked hundreds of times."""
    return [
        (
            table.name,
            sa.select(*(c for c in table.columns if c.name not in leave_out)).order_by(
                *table.primary_key
            ),
        )
        for table in Base.metadata.sorted_tables
        if table.name not in leave_out
    ]
