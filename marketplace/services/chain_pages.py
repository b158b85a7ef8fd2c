"""The page of a chain: what each reader may see of it.

Officers of its area see all of it, the lead all of its own, and a partner its own
contracts with the lead: nobody learns of another's contracts, partners or amounts.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.chain_facts import PredicateResult
from marketplace.domain.early_warning_facts import Concern
from marketplace.domain.paper_scopes import stages_proven
from marketplace.domain.words import Stage
from marketplace.services.chains import look_at
from marketplace.services.paper_places import paper_scope
from models.alerts import ContractAlert
from models.chains import Chain
from models.contracts import Contract
from models.organisations import Organisation
from models.papers import Certificate
from models.reference import Product

_SOLD = Stage.CONSUMPTION


class Reader(StrEnum):
    """In which role somebody looks at a chain."""

    OFFICER = "officer"
    LEAD = "lead"
    PARTNER = "partner"


@dataclass(frozen=True)
class Participant:
    """An organisation of the chain, at one stage of it."""

    organisation: Organisation
    stage: Stage


def reader_of(who: Actor, chain: Chain) -> Reader:
    """How somebody who may open the chain looks at it."""
    if who.is_officer:
        return Reader.OFFICER
    return Reader.LEAD if who.organisation_id == chain.lead_id else Reader.PARTNER


def contracts_seen(who: Actor, chain: Chain) -> list[Contract]:
    """The contracts of the chain that the actor may see: all, or one's own."""
    found = [link.contract for link in chain.contracts]
    if who.is_officer:
        return found
    me = who.organisation_id
    return [one for one in found if me in (one.seller_id, one.buyer_id)]


def participants_seen(chain: Chain, contracts: Sequence[Contract]) -> list[Participant]:
    """Who takes part in what stage, from the lead and the contracts that are seen."""
    found: dict[tuple[int, Stage], Participant] = {}

    def add(organisation: Organisation, stage: Stage) -> None:
        key = (organisation.id, stage)
        found.setdefault(key, Participant(organisation, stage))

    add(chain.lead, Stage.PRODUCTION_HARVEST)
    for contract in contracts:
        stages = [Stage(stage) for stage in contract.stages]
        for stage in stages:
            buys = stage is Stage.CONSUMPTION
            add(contract.buyer if buys else contract.seller, stage)
    order = list(Stage)
    return sorted(found.values(), key=lambda one: order.index(one.stage))


def papers_seen(
    session: Session, chain: Chain, participants: Sequence[Participant]
) -> Sequence[Certificate]:
    """The papers of those who are seen that serve the chain, the next to end first.

    One that names gardens or facilities serves it where those grow or handle its
    products: the papers that S2 looks at.
    """
    wanted = select(Product.id).where(Product.group_id == chain.group_id)
    products = set(session.scalars(wanted))
    growers = {one.organisation.id for one in participants if one.stage != _SOLD}
    held = session.scalars(
        select(Certificate)
        .where(
            Certificate.organisation_id.in_({p.organisation.id for p in participants})
        )
        .order_by(Certificate.expires_on, Certificate.id)
    )
    return [
        one for one in held if _serves(one, products, one.organisation_id in growers)
    ]


def _serves(paper: Certificate, products: Set[int], seller: bool) -> bool:
    scope = paper_scope(paper)
    if scope.grown and not scope.facilities and not scope.grown & products:
        return False
    return bool(stages_proven(scope, products, seller=seller))


def alerts_seen(
    session: Session, who: Actor, contracts: Sequence[Contract]
) -> dict[int, list[ContractAlert]]:
    """What early warning says of each contract by its id, for officers only."""
    found: dict[int, list[ContractAlert]] = {}
    if not who.is_officer:
        return found
    wanted = select(ContractAlert).where(
        ContractAlert.contract_id.in_([one.id for one in contracts]),
        ContractAlert.closed_at.is_(None),
    )
    for alert in session.scalars(wanted.order_by(ContractAlert.id)):
        if Concern.OFFICER in alert.concerns:
            found.setdefault(alert.contract_id, []).append(alert)
    return found


def predicates_seen(
    session: Session, who: Actor, chain: Chain, *, today: date
) -> list[PredicateResult]:
    """The predicates as they stand today, what fails first.

    A partner learns that one fails, not by how many kilograms of others.
    """
    results = look_at(session, chain, today=today)
    if reader_of(who, chain) is Reader.PARTNER:
        results = [_without_amounts(one) for one in results]
    return sorted(results, key=lambda one: not one.fails)


def _without_amounts(result: PredicateResult) -> PredicateResult:
    """Whether it holds; what cannot be known yet says so to everybody."""
    if result.holds is None:
        return PredicateResult(result.code, None, result.reason)
    reason = "failed" if result.fails else "met"
    return PredicateResult(result.code, result.holds, reason)
