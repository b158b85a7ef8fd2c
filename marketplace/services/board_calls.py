"""What calls an officer: papers that end, and what waits for a decision."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.services.chain_lists import count_waiting_chains
from marketplace.services.corrective_actions import count_overdue
from marketplace.services.dormancy_decisions import count_open
from marketplace.services.paper_renewals import key_of
from marketplace.services.paper_stakes import all_stakes
from marketplace.services.recall_lists import count_standing
from marketplace.services.registers import expiring
from marketplace.services.units import lies_within
from marketplace.services.verification import list_queue
from models.contracts import Contract
from models.organisations import Organisation
from models.papers import Certificate

MOST_EXPIRING = 12


@dataclass(frozen=True)
class Expiring:
    """A paper that ends soon, and what hangs on it."""

    paper: Certificate
    days: int
    contracts: int
    kg: int
    chains: int


def expiring_papers(
    session: Session, today: date, units: Collection[int], days: int
) -> list[Expiring]:
    """The next certificates to end, with the contracts, tonnes and chains at stake.

    A board shows the first of them; the list of papers that end has them all.
    """
    papers = expiring(session, today, units, days, most=MOST_EXPIRING)
    known, found = all_stakes(session, papers, today=today), []
    for paper in papers:
        stakes = known[key_of(paper)]  # a certificate has an end
        told = (len(stakes.contracts), stakes.kg, len(stakes.chains))
        found.append(Expiring(paper, (paper.expires_on - today).days, *told))
    return found


def waiting(session: Session, who: Actor, today: date) -> dict[str, Any]:
    """What waits for an officer: organisations, chains, and contracts at risk."""
    units = who.scope_unit_ids
    oldest, total = list_queue(session, who, limit=1)
    return {
        "organisations": total,
        "oldest": oldest[0].submitted_at if oldest else None,
        "chains": count_waiting_chains(session, who),
        "asleep": count_open(session, who),
        "late_actions": count_overdue(session, who, today=today),
        "recalls": count_standing(session, who),
        "at_risk": _count(session, _at_risk(session, units)),
    }


def _count(session: Session, wanted: Select[int]) -> int:
    return session.scalar(wanted) or 0


def _at_risk(session: Session, units: Collection[int]) -> Select[int]:
    return (
        select(func.count(Contract.id))
        .join(Organisation, Organisation.id == Contract.seller_id)
        .where(Contract.at_risk, lies_within(session, Organisation.unit_id, units))
    )
