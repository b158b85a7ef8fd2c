"""What calls an officer: papers that end, and what waits for a decision."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.chain_states import state_on
from marketplace.domain.chains import is_counted
from marketplace.domain.words import ChainKind, ChainState, ContractState
from marketplace.services.chain_evaluation import params_on
from marketplace.services.chain_facts import facts_of, load_chains
from marketplace.services.contract_content import content_of
from marketplace.services.registers import expiring
from marketplace.services.season_weights import running_kg
from marketplace.services.signing import current_version
from marketplace.services.verification import list_queue
from models.chains import Chain
from models.contracts import Contract
from models.harvests import HarvestPaper
from models.organisations import Organisation
from models.papers import Certificate

LIVE = (ContractState.PROPOSED, ContractState.SIGNED, ContractState.IN_FORCE)


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
    """Papers that end soon, with the contracts, tonnes and chains at stake."""
    found = []
    for paper in expiring(session, today, units, days):
        contracts, kg = _hanging_on(session, paper, today)
        found.append(
            Expiring(
                paper,
                (paper.expires_on - today).days,
                contracts,
                kg,
                _chains_lost(session, paper),
            )
        )
    return found


def _hanging_on(session: Session, paper: Certificate, today: date) -> tuple[int, int]:
    """How many contracts rest on it, and the kilograms of their running seasons.

    What a long contract promises for later years will rest on other papers.
    """
    contracts = session.scalars(
        select(Contract)
        .join(HarvestPaper, HarvestPaper.harvest_id == Contract.harvest_id)
        .where(
            HarvestPaper.certificate_id == paper.id,
            Contract.state.in_(LIVE),
            Contract.effective_to > paper.expires_on,
        )
    ).all()
    weights = (
        running_kg(one, content_of(current_version(session, one)), today)
        for one in contracts
    )
    return len(contracts), sum(weights)


def _chains_lost(session: Session, paper: Certificate) -> int:
    """Chains of the holder that count now and would not the day after it ends."""
    ids = session.scalars(
        select(Chain.id).where(
            Chain.lead_id == paper.organisation_id,
            Chain.kind == ChainKind.SAFE_SUPPLY,
            Chain.state == ChainState.ACTIVE,
        )
    ).all()
    day = paper.expires_on + timedelta(days=1)
    params = params_on(session, day)
    states = [
        state_on(facts_of(session, chain), day, params)
        for chain in load_chains(session, ids)
    ]
    return sum(not is_counted(s) or s is ChainState.AT_RISK for s in states)


def waiting(session: Session, who: Actor) -> dict[str, Any]:
    """What waits for an officer: organisations, chains, and contracts at risk."""
    units = who.scope_unit_ids
    oldest, total = list_queue(session, who, limit=1)
    return {
        "organisations": total,
        "oldest": oldest[0].submitted_at if oldest else None,
        "chains": _count(session, _submitted(units)),
        "at_risk": _count(session, _at_risk(units)),
    }


def _count(session: Session, wanted: Select[int]) -> int:
    return session.scalar(wanted) or 0


def _submitted(units: Collection[int]) -> Select[int]:
    return select(func.count(Chain.id)).where(
        Chain.state == ChainState.SUBMITTED, Chain.unit_id.in_(units)
    )


def _at_risk(units: Collection[int]) -> Select[int]:
    return (
        select(func.count(Contract.id))
        .join(Organisation, Organisation.id == Contract.seller_id)
        .where(Contract.at_risk, Organisation.unit_id.in_(units))
    )
