"""How many statements a piece of work sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements that the block sends through this session."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    bind = session.connection()
    sa.event.listen(bind, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(bind, "before_cursor_execute", note)
