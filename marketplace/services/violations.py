"""A rule that does not hold, as the checks of `invariants` tell it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

BATCH = 500  # rows

# A rule, and which rows break it: the subject first, then the numbers that differ.
Question = tuple[str, Select[*tuple[Any, ...]]]


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


def asked_alike(
    told: Callable[[], Iterator[Question]],
) -> Callable[[Session], Iterator[Violation]]:
    """A check whose questions are the same for every state: put together once.

    To put them together takes five times as long as a small database takes to answer.
    """
    questions = cache(lambda: tuple(told()))

    @wraps(told)
    def check(session: Session) -> Iterator[Violation]:
        for rule, wanted in questions():
            yield from violations(session, rule, wanted)

    return check
