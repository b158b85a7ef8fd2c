"""Rows into plain facts: everything the predicates of a chain look at."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.domain.chain_facts import (
    ChainFacts,
    Check,
    ContractFacts,
    Interval,
    Party,
    Recognition,
)
from marketplace.domain.clauses import missing_clauses
from marketplace.domain.words import ChainKind, ContractState, Market, Side, Stage
from marketplace.services.chain_evidence import (
    Ground,
    evidence_of,
    load_ground,
    own_stages,
)
from marketplace.services.chain_lots import shipped_lots
from marketplace.services.chain_parties import Parties, parties_of, people_of
from marketplace.services.contract_content import content_of
from marketplace.services.days import day_of
from marketplace.services.drawn_land import DrawnLand
from marketplace.services.report_contracts import piece_of_land
from marketplace.services.season_weights import kg_by_season
from models.chains import Chain, ChainContract
from models.contracts import Contract, ContractVersion
from models.organisations import Organisation
from models.reference import Product

_CENT = Decimal("0.01")
_ENDED_WELL = (ContractState.FULFILLED, ContractState.CLOSED)


def load_chains(session: Session, ids: Iterable[int]) -> list[Chain]:
    """Chains with all that their facts need, in a handful of queries."""
    contract = selectinload(Chain.contracts).joinedload(ChainContract.contract)
    return list(
        session.scalars(
            select(Chain)
            .where(Chain.id.in_(list(ids)))
            .order_by(Chain.id)
            .options(
                joinedload(Chain.lead),
                joinedload(Chain.group),
                contract.joinedload(Contract.seller),
                contract.joinedload(Contract.buyer),
                contract.joinedload(Contract.product),
                contract.joinedload(Contract.harvest),
                contract.joinedload(Contract.offer),
                contract.selectinload(Contract.versions),
                contract.selectinload(Contract.lines),
                selectinload(Chain.recognitions),
                selectinload(Chain.facts),
                selectinload(Chain.intervals),
            )
        )
    )


def facts_of(session: Session, chain: Chain) -> ChainFacts:
    """What is stored about a chain, as values without a session."""
    return facts_of_all(session, [chain])[chain.id]


def facts_of_all(session: Session, chains: Sequence[Chain]) -> dict[int, ChainFacts]:
    """The facts of many chains by their ids, in a handful of queries for all."""
    parties = {chain.id: parties_of(chain) for chain in chains}
    everybody = {one for both in parties.values() for one in both.all}
    ground = load_ground(session, everybody)
    people = people_of(session, everybody)
    shipped = shipped_lots(session, chains)
    gardens = {chain.id: _gardens(chain) for chain in chains}
    drawn = DrawnLand(session, {one for held in gardens.values() for one in held})
    return {
        chain.id: replace(
            _facts(chain, parties[chain.id], ground, people),
            gardens=drawn.gardens(gardens[chain.id]),
            pieces=drawn.pieces(gardens[chain.id]),
            lots=shipped[chain.id],
        )
        for chain in chains
    }


def _gardens(chain: Chain) -> set[int]:
    """The growing areas that its contracts name."""
    land = (piece_of_land(link.contract) for link in chain.contracts)
    return {number for kind, number in land if kind == "area"}


def _facts(
    chain: Chain, parties: Parties, ground: Ground, people: Mapping[int, set[int]]
) -> ChainFacts:
    ours = {user for one in parties.all for user in people.get(one, ())}
    products = ground.products[chain.group_id] | {
        link.contract.product_id for link in chain.contracts
    }
    own = frozenset[Stage]()
    if chain.kind is ChainKind.SAFE_SUPPLY:
        own = own_stages(ground, chain.lead_id)
    return ChainFacts(
        kind=chain.kind,
        product_group=chain.group.code,
        contracts=contract_facts(chain),
        recognitions=_recognitions(chain, ours),
        evidence=evidence_of(ground, parties.sellers, parties.buyers, products),
        own_stages=own,
        samples=_checks(chain, "sample"),
        post_checks=_checks(chain, "post_check"),
        case_findings=_checks(chain, "case"),
        stops=_stops(chain),
        submitted_on=day_of(chain.submitted_at) if chain.submitted_at else None,
        returned_on=chain.returned_on,
    )


def contract_facts(chain: Chain) -> tuple[ContractFacts, ...]:
    """The contracts linked to a chain at any time."""
    return tuple(_contract(link, chain) for link in chain.contracts)


def _contract(link: ChainContract, chain: Chain) -> ContractFacts:
    contract, version = link.contract, _version(link.contract)
    later = [line for line in contract.lines if line.season]
    return ContractFacts(
        id=contract.id,
        state=contract.state,
        signed_on=contract.signed_on,
        effective_from=contract.effective_from,
        effective_to=contract.effective_to,
        parties=(
            _party(contract.seller, Side.SELLER),
            _party(contract.buyer, Side.BUYER),
        ),
        stages=frozenset(Stage(stage) for stage in contract.stages),
        product_groups=frozenset({_group_code(contract.product, chain)}),
        linked=Interval(link.linked_from, link.linked_to),
        seasons=frozenset({contract.season, *(one.season for one in later)}),
        contracted_kg=contract.total_kg,
        seasons_kg=_seasons_kg(contract, version),
        **_land(contract),
        missing=_missing(version.content),
        ended_on=contract.ended_on,
        market=_market(contract),
        fulfilment_pct=_fulfilment(contract),
        ended_for_breach=contract.ended_for_breach,
    )


def _land(contract: Contract) -> dict[str, Any]:
    return {"area_ha": contract.linked_area_ha, "land": piece_of_land(contract)}


def _market(contract: Contract) -> Market | None:
    """The market abroad that the offer named; at home there is nothing to say."""
    market = contract.offer.market if contract.offer else None
    return None if market is Market.DOMESTIC else market


def _fulfilment(contract: Contract) -> Decimal:
    """Percent accepted in the end; each load before it would be news of nothing."""
    if contract.state not in _ENDED_WELL:
        return Decimal(0)
    return (Decimal(contract.accepted_kg * 100) / contract.total_kg).quantize(_CENT)


def _seasons_kg(
    contract: Contract, version: ContractVersion
) -> tuple[tuple[date, int], ...]:
    seasons = kg_by_season(contract, content_of(version))
    return tuple((span.first_day, kg) for span, kg in seasons)


def _version(contract: Contract) -> ContractVersion:
    """The words that hold now."""
    return next(v for v in contract.versions if v.version == contract.current_version)


@lru_cache(maxsize=2_048)
def _missing(content: str) -> tuple[str, ...]:
    """Keys of the mandatory clauses that frozen words lack; the same words always do."""
    return tuple(str(f.params["key"]) for f in missing_clauses(json.loads(content)))


def _group_code(product: Product, chain: Chain) -> str:
    return chain.group.code if product.group_id == chain.group_id else product.code


def _party(organisation: Organisation, side: Side) -> Party:
    tax = (organisation.tax_code or "")[:10]
    return Party(
        organisation_id=organisation.id,
        kind=organisation.kind,
        entity=tax or f"organisation {organisation.id}",
        side=side,
    )


def _recognitions(chain: Chain, people: set[int]) -> tuple[Recognition, ...]:
    """Those that somebody decided; a proposal of one pair of eyes is none yet."""
    return tuple(
        Recognition(
            issued_on=row.issued_on,
            number=row.number,
            valid_to=row.valid_to,
            withdrawn_on=row.withdrawn_on,
            four_eyes=row.decided_by_id not in people
            and row.proposed_by_id not in people,
            recorded_on=day_of(row.decided_at),
        )
        for row in chain.recognitions
        if row.decided_at is not None
    )


def _checks(chain: Chain, kind: str) -> tuple[Check, ...]:
    return tuple(
        Check(row.on, bool(row.passed), row.settled_on, recorded_on=row.recorded_on)
        for row in chain.facts
        if row.kind == kind
    )


def _stops(chain: Chain) -> tuple[Interval, ...]:
    stops: list[Interval] = []
    for row in chain.facts:
        if row.kind == "stop":
            stops.append(Interval(row.on))
        elif row.kind == "resume" and stops:
            stops[-1] = Interval(stops[-1].first, row.on)
    return tuple(stops)
