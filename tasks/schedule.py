"""What comes round by itself. Beat knows one entry, the sweeper; it does the rest.

A message of beat may be lost or doubled; the sweeper looks at the clock itself
and takes each turn once (see `beat_slots`), so neither matters.
"""

from __future__ import annotations

from typing import Any, NamedTuple

# kind of job -> seconds between two turns
EVERY: dict[str, int] = {
    "letters.send": 10,
    "matching.tend": 60,
    "chains.sum": 60,
    "proposals.expire": 300,
    "contracts.expire": 600,
    "contracts.release": 600,
    "recalls.tend": 900,
}


class Nightly(NamedTuple):
    """A turn once a day, at an hour and minute in Asia/Ho_Chi_Minh."""

    kind: str
    hour: int
    minute: int = 0


NIGHTLY: tuple[Nightly, ...] = (
    Nightly("proposals.expire", 0, 5),
    Nightly("contracts.fulfil", 0, 8),
    Nightly("contracts.expire", 0, 10),
    Nightly("jobs.tidy", 0, 15),
    Nightly("matching.run", 1),
    Nightly("chains.evaluate", 2),
    Nightly("alerts.night", 3),
    Nightly("renewals.tell", 4),
    Nightly("papers.remind", 5),
    Nightly("monitoring.warn", 4, 20),
)


def beat_schedule(sweep_seconds: int) -> dict[str, dict[str, Any]]:
    """The entries of beat."""
    return {"sweep": {"task": "jobs.sweep", "schedule": float(sweep_seconds)}}
