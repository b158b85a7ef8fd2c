"""Numbers that clauses state, from the dated rules of reference data."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from marketplace.domain.clause_numbers import RULE_OF_NUMBER
from marketplace.services.rules import rules


def numbers_in_force(session: Session, on: date) -> dict[str, int]:
    """What a contract drawn on a day states; LookupError where no rule covers it."""
    found = rules(session, set(RULE_OF_NUMBER.values()), on)
    return {name: int(found[code][name]) for name, code in RULE_OF_NUMBER.items()}
