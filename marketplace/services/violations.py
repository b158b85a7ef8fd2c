"""A rule that does not hold, as the checks of `invariants` tell it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

BATCH = 500  # rows


@dataclass(frozen=True)
class Violation:
    """A rule that does not hold, and for which rows."""

    rule: str
    subject: str
    detail: str


def streamed(session: Session, wanted: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    """The rows in batches, as the database sends them: never all in memory."""
    yield from session.execute(wanted.execution_options(yield_per=BATCH))


def violations(
    session: Session, rule: str, wanted: Select[*tuple[object, ...]]
) -> Iterator[Violation]:
    """Each row names its subject first; the rest are the numbers that differ."""
    for subject, *numbers in streamed(session, wanted):
        yield Violation(rule, str(subject), ", ".join(str(n) for n in numbers))
