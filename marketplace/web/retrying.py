"""A request that the database sent back unharmed is tried again, unseen.

PostgreSQL ends one of two transactions that wait for each other (40P01) or that
cannot both be in order (40001). Nothing of it is stored, so once more is safe.
A lock not had in time (55P03) is waited for once more and no longer: three seconds
are spent each time. Whoever presses a button twice then finds what the first did.
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
PASSING = {"40P01": TRIES, "40001": TRIES, "55P03": 2}


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
            state = str(getattr(error.orig, "sqlstate", ""))
            if tried >= PASSING.get(state, 1):
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
