"""Limits and law as they stood on a day."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.reference import LegalBasis, Rule

_AT_HAND = "rules_at_hand"


@contextmanager
def rules_at_hand(session: Session) -> Iterator[None]:
    """All dated rules are read once, for who asks for them row by row."""
    session.info[_AT_HAND] = session.scalars(select(Rule).order_by(Rule.id)).all()
    try:
        yield
    finally:
        session.info.pop(_AT_HAND)


def rule_row(session: Session, code: str, on: date) -> Rule | None:
    """The row of a dated rule in force on a day, with its weight; None if none is."""
    return next(iter(_in_force(session, [code], on)), None)


def _in_force(session: Session, codes: Collection[str], on: date) -> Sequence[Rule]:
    known: Sequence[Rule] | None = session.info.get(_AT_HAND)
    if known is not None:
        return [row for row in known if row.code in codes and _covers(row, on)]
    wanted = select(Rule).where(
        Rule.code.in_(codes),
        Rule.valid_from <= on,
        or_(Rule.valid_to.is_(None), on < Rule.valid_to),
    )
    return session.scalars(wanted).all()


def _covers(row: Rule, on: date) -> bool:
    return row.valid_from <= on and (row.valid_to is None or on < row.valid_to)


def rule(session: Session, code: str, on: date) -> dict[str, Any]:
    """The parameters of a dated rule in force on a day.

    Raises LookupError if no row of that code covers the day: a limit that is
    nowhere written down must not be guessed.
    """
    return rules(session, [code], on)[code]


def rules(
    session: Session, codes: Collection[str], on: date
) -> dict[str, dict[str, Any]]:
    """The parameters of several rules by their codes, read at once.

    Raises LookupError as `rule` does.
    """
    found = {row.code: row.params for row in _in_force(session, codes, on)}
    for code in codes:
        if code not in found:
            raise LookupError(f"no rule {code} on {on.isoformat()}")
    return found


def legal_bases_in_force(
    session: Session, on: date, refs: Sequence[str] = ()
) -> list[LegalBasis]:
    """Laws, decrees and decisions in force on a day, oldest first."""
    wanted = select(LegalBasis).where(
        LegalBasis.valid_from <= on,
        or_(LegalBasis.valid_to.is_(None), on < LegalBasis.valid_to),
    )
    if refs:
        wanted = wanted.where(LegalBasis.ref.in_(refs))
    return list(session.scalars(wanted.order_by(LegalBasis.valid_from, LegalBasis.id)))
