"""Waiting for SQLite's one write lock, in a crowd of processes."""

from __future__ import annotations

import time

import sqlalchemy as sa

PATIENCE_MS = 10_000
GLANCE_MS = 40


def begin_to_write(connection: sa.Connection) -> None:
    """Take the write lock, or fail as "locked" when patience is at an end.

    Left alone SQLite looks every tenth of a second, and one of a crowd misses
    its turn for many seconds; asked anew it looks every few milliseconds.
    """
    end = time.monotonic() + PATIENCE_MS / 1000
    connection.exec_driver_sql(f"PRAGMA busy_timeout={GLANCE_MS}")
    try:
        while not _begun(connection, last_try=time.monotonic() > end):
            pass
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={PATIENCE_MS}")


def _begun(connection: sa.Connection, *, last_try: bool) -> bool:
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except sa.exc.OperationalError as error:
        if last_try or "locked" not in str(error.orig):
            raise
        return False
    return True
