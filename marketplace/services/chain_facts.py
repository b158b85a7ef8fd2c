"""Rows into plain facts: everything the predicates of a chain look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from marketplace.domain.chain_facts import (
    ChainFacts,
    Check,
    ContractFacts,
    Evidence,
    Interval,
    Party,
    Recognition,
)
from marketplace.domain.clauses import missing_clauses
from marketplace.domain.papers import Paper
from marketplace.domain.words import FacilityKind, Side, Stage
from marketplace.services.contract_content import content_of
from marketplace.services.days import day_of
from marketplace.services.report_contracts import piece_of_land
from marketplace.services.season_weights import kg_by_season
from models.chains import Chain, ChainContract
from models.contracts import Contract
from models.organisations import Membership, Organisation
from models.papers import Certificate
from models.reference import Product

# What a paper proves by where it hangs: an area grows, a plant processes.
_STAGE_OF_FACILITY = {
    FacilityKind.PACKING_HOUSE: Stage.PROCESSING,
    FacilityKind.PROCESSING: Stage.PROCESSING,
    FacilityKind.DRYER: Stage.PROCESSING,
    FacilityKind.SELLING_POINT: Stage.CONSUMPTION,
}


def load_chains(session: Session, ids: Iterable[int]) -> list[Chain]:
    """Chains with all that their facts need, in a handful of queries."""
    contract = selectinload(Chain.contracts).joinedload(ChainContract.contract)
    return list(
        session.scalars(
            select(Chain)
            .where(Chain.id.in_(list(ids)))
            .order_by(Chain.id)
            .options(
                contract.joinedload(Contract.seller),
                contract.joinedload(Contract.buyer),
                contract.joinedload(Contract.product),
                contract.joinedload(Contract.harvest),
                contract.selectinload(Contract.versions),
                selectinload(Chain.recognitions),
                selectinload(Chain.facts),
                selectinload(Chain.intervals),
            )
        )
    )


def facts_of(session: Session, chain: Chain) -> ChainFacts:
    """What is stored about a chain, as values without a session."""
    contracts = [link.contract for link in chain.contracts]
    parties = {c.seller_id for c in contracts} | {c.buyer_id for c in contracts}
    parties.add(chain.lead_id)
    people = set(
        session.scalars(
            select(Membership.user_id).where(Membership.organisation_id.in_(parties))
        )
    )
    checks = {kind: _checks(chain, kind) for kind in ("sample", "post_check")}
    return ChainFacts(
        kind=chain.kind,
        product_group=chain.group.code,
        contracts=contract_facts(chain),
        recognitions=_recognitions(chain, people),
        evidence=_evidence(session, chain, contracts),
        samples=checks["sample"],
        post_checks=checks["post_check"],
        stops=_stops(chain),
        submitted_on=day_of(chain.submitted_at) if chain.submitted_at else None,
        returned_on=chain.returned_on,
    )


def contract_facts(chain: Chain) -> tuple[ContractFacts, ...]:
    """The contracts linked to a chain at any time."""
    return tuple(_contract(link, chain) for link in chain.contracts)


def _contract(link: ChainContract, chain: Chain) -> ContractFacts:
    contract, content = link.contract, _content(link.contract)
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
        seasons_kg=_seasons_kg(contract, content),
        area_ha=contract.linked_area_ha,
        land=piece_of_land(contract),
        missing=_missing(content),
        ended_on=contract.ended_on,
        fulfilment_pct=Decimal(contract.accepted_kg * 100) / contract.total_kg,
        ended_for_breach=contract.ended_for_breach,
    )


def _seasons_kg(
    contract: Contract, content: dict[str, Any]
) -> tuple[tuple[date, int], ...]:
    seasons = kg_by_season(contract, content)
    return tuple((span.first_day, kg) for span, kg in seasons)


def _content(contract: Contract) -> dict[str, Any]:
    """What its current version says."""
    version = next(
        v for v in contract.versions if v.version == contract.current_version
    )
    return content_of(version)


def _missing(content: dict[str, Any]) -> tuple[str, ...]:
    """Keys of the mandatory clauses that it lacks."""
    return tuple(str(f.params["key"]) for f in missing_clauses(content))


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
        )
        for row in chain.recognitions
        if row.decided_at is not None
    )


def _checks(chain: Chain, kind: str) -> tuple[Check, ...]:
    return tuple(
        Check(row.on, bool(row.passed), row.settled_on)
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


def _evidence(
    session: Session, chain: Chain, contracts: Sequence[Contract]
) -> tuple[Evidence, ...]:
    """The papers of every party: of the sellers' land and plants, of the shops."""
    sellers = {c.seller_id for c in contracts} | {chain.lead_id}
    buyers = {c.buyer_id for c in contracts}
    products = {c.product_id for c in contracts} | set(
        session.scalars(select(Product.id).where(Product.group_id == chain.group_id))
    )
    rows = session.scalars(
        select(Certificate)
        .where(
            Certificate.organisation_id.in_(sellers | buyers),
            or_(Certificate.product_id.is_(None), Certificate.product_id.in_(products)),
        )
        .order_by(Certificate.id)
        .options(selectinload(Certificate.facility))
    )
    return tuple(
        Evidence(stage, paper_of(row))
        for row in rows
        for stage in _stages_proven(row, row.organisation_id in sellers)
    )


def _stages_proven(row: Certificate, seller: bool) -> tuple[Stage, ...]:
    if row.facility is not None:
        return (_STAGE_OF_FACILITY[row.facility.kind],)
    if not seller:
        return (Stage.CONSUMPTION,)
    return (Stage.PRODUCTION_HARVEST, Stage.PROCESSING)


def paper_of(row: Certificate) -> Paper:
    """A certificate as the rules see it."""
    return Paper(
        state=row.state,
        first_day=row.issued_on,
        last_day=row.expires_on,
        verified_on=_verified_on(row),
        ended_on=row.ended_on,
        scheme=row.scheme,
        stars=row.stars,
    )


def _verified_on(row: Certificate) -> date | None:
    return day_of(row.verified_at) if row.verified_at else None
