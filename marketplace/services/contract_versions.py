"""Which words of a contract bind a delivery: an amendment looks ahead only.

A delivery is under the words that were in force when it was handed over and noted:
the newest version that both had signed by then. Its price is that of those words if
the delivery is not before the day from which they price; else that of the words
before. So nothing that was noted or inspected is ever priced anew, even where an
amendment is signed on the day of a delivery.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.errors import NotFound
from marketplace.domain.words import Side
from marketplace.services.contract_content import content_of
from marketplace.services.days import day_of
from models.contracts import Contract, ContractVersion
from models.deliveries import DeliveryNote


@dataclass(frozen=True)
class SignedWords:
    """A version that both sides signed; `since` is the second signature."""

    version: int
    content: dict[str, Any]
    since: datetime

    @property
    def price_from(self) -> date | None:
        """The first day whose deliveries its price is for, None for all."""
        day = self.content["price"].get("applies_from")
        return date.fromisoformat(day) if day else None


def signed_words(session: Session, contract: Contract) -> tuple[SignedWords, ...]:
    """Every version that was ever in force, the oldest first; at least the first.

    Words that were drawn anew before anybody signed were never in force.
    """
    rows = session.scalars(
        select(ContractVersion)
        .where(
            ContractVersion.contract_id == contract.id,
            ContractVersion.version <= contract.current_version,
        )
        .order_by(ContractVersion.version)
    )
    known = list(rows)
    return tuple(
        SignedWords(row.version, content_of(row), signed_at(row) or row.made_at)
        for row in [one for one in known if signed_at(one)] or known[:1]
    )


def access_version(
    session: Session, contract: Contract, number: int
) -> ContractVersion:
    """A version that was ever in force, or the first; NotFound if it never was."""
    found = session.get(ContractVersion, (contract.id, number))
    if found is None or not (number == 1 or signed_at(found)):
        raise NotFound
    return found


def signed_at(version: ContractVersion) -> datetime | None:
    """The moment of the second signature, None before it."""
    if len(version.signatures) < len(Side):
        return None
    return max(signature.signed_at for signature in version.signatures)


def words_of_note(words: Sequence[SignedWords], note: DeliveryNote) -> SignedWords:
    """The words that were in force when the load was handed over and noted."""
    at = min(note.delivered_at, note.received_at)
    return [one for one in words if one is words[0] or one.since < at][-1]


def price_of_note(words: Sequence[SignedWords], note: DeliveryNote) -> SignedWords:
    """The words whose price the load is paid at."""
    binding, day = words_of_note(words, note), day_of(note.delivered_at)
    found = [
        one
        for one in words
        if one.version <= binding.version
        and (one.price_from is None or one.price_from <= day)
    ]
    return found[-1] if found else words[0]
