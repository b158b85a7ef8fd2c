"""Who stands on which side of a chain, and who ever had a seat in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.bulk import among
from models.chains import Chain
from models.organisations import Membership


@dataclass(frozen=True)
class Parties:
    sellers: frozenset[int]
    buyers: frozenset[int]

    @property
    def all(self) -> frozenset[int]:
        return self.sellers | self.buyers


def parties_of(chain: Chain) -> Parties:
    """Sellers with the lead, and buyers, of all contracts it ever had."""
    contracts = [link.contract for link in chain.contracts]
    sellers = frozenset(c.seller_id for c in contracts) | {chain.lead_id}
    return Parties(sellers, frozenset(c.buyer_id for c in contracts))


def people_of(session: Session, parties: Collection[int]) -> dict[int, set[int]]:
    """Everybody who ever had a seat in each of these organisations."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = session.execute(
        select(Membership.organisation_id, Membership.user_id).where(
            among(session, Membership.organisation_id, parties)
        )
    )
    for organisation, user in rows:
        found[organisation].add(user)
    return found
