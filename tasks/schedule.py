"""What comes round by itself. Beat knows one entry, the sweeper; it does the rest.

A message of beat may be lost or doubled; the sweeper looks at the clock itself
and takes each turn once (see `beat_slots`), so neither matters.
"""

from __future__ import annotations

from typing import Any

# kind of job -> seconds between two turns
EVERY: dict[str, int] = {
    "letters.send": 10,
    "proposals.expire": 300,
    "contracts.expire": 600,
}

# (kind of job, hour, minute) in Asia/Ho_Chi_Minh
NIGHTLY: tuple[tuple[str, int, int], ...] = (
    ("jobs.tidy", 0, 15),
    ("matching.run", 1, 0),
    ("chains.evaluate", 2, 0),
)


def beat_schedule(sweep_seconds: int) -> dict[str, dict[str, Any]]:
    """The entries of beat."""
    return {"sweep": {"task": "jobs.sweep", "schedule": float(sweep_seconds)}}
