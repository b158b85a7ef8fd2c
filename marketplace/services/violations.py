"""A rule that does not hold, as the checks of `invariants` tell it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Select
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Violation:
    """A rule that does not hold, and for which rows."""

    rule: str
    subject: str
    detail: str


def violations(
    session: Session, rule: str, wanted: Select[*tuple[object, ...]]
) -> Iterator[Violation]:
    """Each row names its subject first; the rest are the numbers that differ."""
    for subject, *numbers in session.execute(wanted):
        yield Violation(rule, str(subject), ", ".join(str(n) for n in numbers))
