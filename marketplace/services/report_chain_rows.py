"""Confirmed chains with what carries them, as reports count and list them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.domain.chain_backbone import backbone_on
from marketplace.domain.chain_facts import ChainFacts
from marketplace.domain.chain_params import ChainParams
from marketplace.domain.reports import ReportGroup, group_of
from marketplace.domain.words import ChainKind, ChainState
from marketplace.services.chain_evaluation import params_on
from marketplace.services.chain_facts import contract_facts, load_chains
from marketplace.services.figures import ENDED, Counted, chains_on, first_recognised
from marketplace.services.report_scopes import ReportScope
from models.chains import Chain, ChainContract
from models.contracts import Contract


@dataclass(frozen=True)
class ReportedChain:
    """A chain that was ever confirmed, as it stood at the end of the period.

    `state` is what the stored interval says of that day, None before the first of
    them. `was` is the state on the day before the period, if it was confirmed then.
    """

    chain: Chain
    new_in_period: bool
    state: ChainState | None
    was: ChainState | None
    contracts: Sequence[Contract]

    @property
    def group(self) -> ReportGroup:
        return group_of(self.chain.group.report_group)

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def ended_in_period(self) -> bool:
        return self.ended and self.was not in ENDED

    @property
    def resumed_in_period(self) -> bool:
        return not self.ended and self.was in ENDED


def report_chains(
    session: Session, scope: ReportScope, kind: ChainKind
) -> Sequence[ReportedChain]:
    """Every chain of the kind confirmed by the end of the period, by group and name."""
    confirmed = first_recognised(session, scope.on, kind, scope.units)
    now, then = (
        {row.chain_id: row for row in chains_on(session, day, scope.units)}
        for day in (scope.on, scope.before)
    )
    params = params_on(session, scope.on)
    deals = _load_deals(session, confirmed)  # held, so that the session keeps them
    found = [
        ReportedChain(
            chain=chain,
            new_in_period=confirmed[chain.id] > scope.before,
            state=_state(now, chain.id),
            was=None if confirmed[chain.id] > scope.before else _state(then, chain.id),
            contracts=[deals[id_] for id_ in _carrying(chain, scope.on, params)],
        )
        for chain in load_chains(session, confirmed)
        if scope.holds(chain.unit_id, chain.lead.declared_unit_id)
    ]
    order = list(ReportGroup)
    return sorted(found, key=lambda one: (order.index(one.group), one.chain.name))


def _state(rows: Mapping[int, Counted], chain_id: int) -> ChainState | None:
    row = rows.get(chain_id)
    return row.state if row else None


def _carrying(chain: Chain, on: date, params: ChainParams) -> list[int]:
    """The contracts of K or K* on the day (dossier §5)."""
    facts = ChainFacts(chain.kind, chain.group.code, contract_facts(chain))
    return [one.id for one in backbone_on(facts, on, params).contracts]


def _load_deals(session: Session, chains: Collection[int]) -> dict[int, Contract]:
    """The contracts of all these chains, with offers, harvests and plans, at once."""
    rows = session.scalars(
        select(Contract)
        .join(ChainContract, ChainContract.contract_id == Contract.id)
        .where(ChainContract.chain_id.in_(list(chains)))
        .options(
            joinedload(Contract.offer),
            joinedload(Contract.harvest),
            selectinload(Contract.lines),
        )
    )
    return {row.id: row for row in rows}
