"""The contracts that carry a chain, and the predicates PD1 to PD8 on them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from marketplace.domain.chain_facts import (
    ChainFacts,
    ContractFacts,
    PredicateResult,
    Recognition,
    no,
    yes,
)
from marketplace.domain.chain_params import ChainParams
from marketplace.domain.land import Claim, Land, covered_by, land_of
from marketplace.domain.linkage import find_form
from marketplace.domain.words import (
    BUYER_KINDS,
    PRODUCER_KINDS,
    ContractState,
    Side,
    Stage,
)

# States of a contract that has been in force, whatever became of it.
_WAS_IN_FORCE = frozenset(
    {
        ContractState.IN_FORCE,
        ContractState.SUSPENDED,
        ContractState.FULFILLED,
        ContractState.EXPIRED,
        ContractState.TERMINATED,
        ContractState.CLOSED,
    }
)
_ENDED_WELL = frozenset({ContractState.FULFILLED, ContractState.CLOSED})


@dataclass(frozen=True)
class Backbone:
    """The contracts that carry the chain on a day: K, or K* between seasons."""

    contracts: tuple[ContractFacts, ...]
    between_seasons: bool = False

    @property
    def stages(self) -> frozenset[Stage]:
        return frozenset().union(*(contract.stages for contract in self.contracts))


def in_force_on(contract: ContractFacts, day: date) -> bool:
    """Whether a signed contract bound its parties that day and was linked."""
    return (
        contract.state in _WAS_IN_FORCE
        and contract.signed_on is not None
        and contract.signed_on <= day
        and contract.effective_from <= day < contract.end
        and contract.linked.contains(day)
        and not _is_suspended(contract, day)
    )


def carries_over(contract: ContractFacts, day: date, params: ChainParams) -> bool:
    """Continuity: it ended well, not long ago, and was mostly fulfilled."""
    ended = contract.end
    last_day = ended - timedelta(days=1)
    return (
        contract.state in _ENDED_WELL
        and contract.signed_on is not None
        and contract.effective_from <= last_day
        and ended <= day <= ended + timedelta(days=params.continuity_days)
        and contract.linked.contains(last_day)
        and contract.fulfilment_pct >= params.min_fulfilment_pct
        and not contract.ended_for_breach
    )


def backbone_on(facts: ChainFacts, day: date, params: ChainParams) -> Backbone:
    """K on a day; if nothing is in force, what ended well since last season."""
    current = tuple(c for c in facts.contracts if in_force_on(c, day))
    if current:
        return Backbone(current)
    past = tuple(c for c in facts.contracts if carries_over(c, day, params))
    return Backbone(past, between_seasons=bool(past))


def pd1(backbone: Backbone) -> PredicateResult:
    """At least one contract carries the chain."""
    if not backbone.contracts:
        return no("PD1", "no_contract")
    reason = "between_seasons" if backbone.between_seasons else "met"
    return yes("PD1", reason, contracts=len(backbone.contracts))


def pd2(backbone: Backbone) -> PredicateResult:
    """A producer sells and a buyer buys, and they are not the same entity."""
    parties = [party for c in backbone.contracts for party in c.parties]
    if not any(p.kind in PRODUCER_KINDS and p.side is Side.SELLER for p in parties):
        return no("PD2", "no_producer")
    if not any(_may_buy(p.kind) and p.side is Side.BUYER for p in parties):
        return no("PD2", "no_buyer")
    if not any(_joins_two(contract) for contract in backbone.contracts):
        return no("PD2", "same_entity")
    return yes("PD2")


def pd3(backbone: Backbone) -> PredicateResult:
    """The stages together make one of the seven forms."""
    form = find_form(backbone.stages)
    if form is None:
        return no("PD3", "no_form")
    return yes("PD3", form=str(form))


def pd4(backbone: Backbone, product_group: str) -> PredicateResult:
    """All lines belong to the product group of the chain."""
    other = {g for c in backbone.contracts for g in c.product_groups} - {product_group}
    if other or not backbone.contracts:
        return no("PD4", "other_product", groups=sorted(other))
    return yes("PD4")


def pd5(backbone: Backbone) -> PredicateResult:
    """Every contract has all mandatory clauses."""
    lacking = {str(c.id): list(c.missing) for c in backbone.contracts if c.missing}
    if lacking or not backbone.contracts:
        return no("PD5", "missing_clauses", contracts=lacking)
    return yes("PD5")


def pd6(backbone: Backbone, params: ChainParams) -> PredicateResult:
    """The contracts cover whole seasons (and a least term, where that is asked)."""
    seasons = frozenset().union(*(c.seasons for c in backbone.contracts))
    if len(seasons) < params.min_seasons:
        return no("PD6", "too_few_seasons", seasons=len(seasons), of=params.min_seasons)
    longest = max((_term_days(c) for c in backbone.contracts), default=0)
    if longest < params.min_term_days:
        return no("PD6", "term_too_short", days=longest, of=params.min_term_days)
    return yes("PD6", seasons=len(seasons))


def pd7(
    backbone: Backbone, day: date, params: ChainParams, facts: ChainFacts | None = None
) -> PredicateResult:
    """Enough land or enough weight is bound, counting of each contract its season.

    Land is measured by the outlines that are drawn on the day; gardens without any
    count as declared, and the answer says so.
    """
    land = bound_land(backbone.contracts, facts, day)
    area, kilograms = land.hectares, sum(c.kg_on(day) for c in backbone.contracts)
    enough = area >= params.min_area_ha or kilograms >= params.min_kg
    found = {"area_ha": str(area), "kg": kilograms}
    reason = "met" if enough else "too_small"
    if land.measured_ha:
        found["measured_ha"] = str(land.measured_ha)
        reason = "land_measured" if enough else "too_small_measured"
    return PredicateResult("PD7", enough, reason, found)


def bound_land(
    contracts: Iterable[ContractFacts], facts: ChainFacts | None, day: date
) -> Land:
    """The land that contracts bind on a day, each piece of it once."""
    drawn, covered = covered_by(facts.pieces if facts else (), day)
    said: dict[Hashable, Decimal] = dict(facts.gardens) if facts else {}
    claims = [Claim(frozenset({_garden(c)}), c.area_ha) for c in contracts]
    return land_of(claims, said, drawn, covered)


def _garden(contract: ContractFacts) -> Hashable:
    """What its land is known by: the number of its garden, or a name of its own."""
    if contract.land and contract.land[0] == "area":
        return contract.land[1]
    return contract.land or ("contract", contract.id)


def pd8(facts: ChainFacts, day: date) -> PredicateResult:
    """An officer of the area recognised it, and has not taken that back."""
    recognition = latest_recognition(facts, day)
    if recognition is None:
        return no("PD8", "not_recognised")
    if is_withdrawn(recognition, day):
        return no("PD8", "withdrawn")
    if not recognition.four_eyes:
        return no("PD8", "same_people")
    return yes("PD8", on=recognition.issued_on.isoformat())


def latest_recognition(facts: ChainFacts, day: date) -> Recognition | None:
    """The newest recognition or confirmation given on or before a day."""
    given = [r for r in facts.recognitions if r.issued_on <= day]
    return max(given, key=lambda r: r.issued_on, default=None)


def is_withdrawn(recognition: Recognition, day: date) -> bool:
    """Whether a recognition was taken back on or before a day."""
    return recognition.withdrawn_on is not None and recognition.withdrawn_on <= day


def _may_buy(kind: object) -> bool:
    # A cooperative that buys from farmers for a factory stands on the buying
    # side of that contract, but is not the buyer whom PD2 asks for.
    return kind in BUYER_KINDS


def _joins_two(contract: ContractFacts) -> bool:
    sellers = {
        p.entity
        for p in contract.parties
        if p.side is Side.SELLER and p.kind in PRODUCER_KINDS
    }
    buyers = {
        p.entity
        for p in contract.parties
        if p.side is Side.BUYER and p.kind in BUYER_KINDS
    }
    return bool(sellers) and bool(buyers) and not sellers & buyers


def _is_suspended(contract: ContractFacts, day: date) -> bool:
    if contract.state is ContractState.SUSPENDED and not contract.suspended:
        return True
    return any(interval.contains(day) for interval in contract.suspended)


def _term_days(contract: ContractFacts) -> int:
    return (contract.effective_to - contract.effective_from).days
