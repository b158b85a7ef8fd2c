"""What several parts of a page ask for, asked once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session

Value = TypeVar("Value")
_KEPT = "read_once"


def keep_reads(session: Session) -> None:
    """From now on nothing is written until the transaction ends."""
    session.info[_KEPT] = {}


def forget_reads(session: Session) -> None:
    """The transaction is over: what comes after it may find something else."""
    session.info.pop(_KEPT, None)


def read_once(session: Session, name: object, read: Callable[[], Value]) -> Value:
    """The answer, read once in a transaction in which nothing is written.

    `name` tells it from everything else that is kept so until the transaction ends;
    where it may write, it is read each time.
    """
    kept: dict[object, Value] | None = session.info.get(_KEPT)
    if kept is None:
        return read()
    if name not in kept:
        kept[name] = read()
    return kept[name]
