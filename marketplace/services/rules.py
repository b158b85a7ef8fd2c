"""Limits and law as they stood on a day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.reference import LegalBasis, Rule


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
    rows = session.execute(
        select(Rule.code, Rule.params).where(
            Rule.code.in_(codes),
            Rule.valid_from <= on,
            or_(Rule.valid_to.is_(None), on < Rule.valid_to),
        )
    )
    found = {row.code: row.params for row in rows}
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
