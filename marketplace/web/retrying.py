"""A request that the database sent back unharmed is tried again, unseen.

PostgreSQL ends one of two transactions that wait for each other (40P01) or that
cannot both be in order (40001). Nothing of it is stored, so once more is safe.
A lock not had in time (55P03) is not tried again: three seconds are spent on it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from flask import request, session
from sqlalchemy.exc import OperationalError

T = TypeVar("T")

TRIES = 5
LONGEST_PAUSE_SECONDS = 0.05
PASSING = frozenset({"40P01", "40001"})


def until_it_passes(work: Callable[[], T]) -> T:
    """What `work` returns; it must be a whole transaction, and may run TRIES times.

    Raises:
        OperationalError: of the last try, or one that trying again does not mend.
    """
    before = dict(session)
    for tried in range(1, TRIES):
        try:
            return work()
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in PASSING:
                raise
        time.sleep(random.uniform(0, LONGEST_PAUSE_SECONDS * tried))  # noqa: S311 - no secret
        _as_it_came(before)
    return work()


def _as_it_came(before: dict[str, object]) -> None:
    """Without the messages and the signs of the try that came to nothing."""
    session.clear()
    session.update(before)
    for files in request.files.listvalues():
        for file in files:
            file.seek(0)
