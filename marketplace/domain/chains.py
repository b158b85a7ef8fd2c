"""When a set of contracts counts as a chain, and in which state it stands.

All of it is a function of facts and a day: a count of any past day comes out
the same whenever it is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from marketplace.domain import chain_backbone as backbones
from marketplace.domain import chain_safety as safety
from marketplace.domain.chain_facts import ChainFacts, ChainParams, PredicateResult
from marketplace.domain.words import ChainKind, ChainState

# Whether a chain is recognised and running decides its state by itself; the
# other predicates can fail for a while and be mended.
_STANDING = frozenset({"PD8", "S6", "S8"})
_IMMEDIATE = frozenset({"failed_sample", "revoked_evidence"})
_HEADLINE = frozenset({ChainState.ACTIVE, ChainState.AT_RISK})
_STOPPED = frozenset({ChainState.STOPPED, ChainState.REVOKED, ChainState.EXPIRED})

Results = list[PredicateResult]


def evaluate(facts: ChainFacts, day: date, params: ChainParams) -> Results:
    """The predicates of the chain's kind on a day, in their order."""
    backbone = backbones.backbone_on(facts, day, params)
    if facts.kind is ChainKind.PRODUCT_DEVELOPMENT:
        return [
            backbones.pd1(backbone),
            backbones.pd2(backbone),
            backbones.pd3(backbone),
            backbones.pd4(backbone, facts.product_group),
            backbones.pd5(backbone),
            backbones.pd6(backbone, params),
            backbones.pd7(backbone, day, params),
            backbones.pd8(facts, day),
        ]
    return [
        safety.s1(facts, backbone),
        safety.s2(facts, backbone, day),
        safety.s3(facts, backbone),
        safety.s4(facts),
        safety.s5(facts, day, params),
        safety.s6(facts, day, params),
        safety.s7(facts, day, params),
        safety.s8(facts, day),
    ]


def all_hold(results: Iterable[PredicateResult], params: ChainParams) -> bool:
    """Nothing fails; what cannot be known yet does not block.

    Traceability does block while unknown if `require_traceability` is set.
    """
    return not failing(results, params)


def failing(results: Iterable[PredicateResult], params: ChainParams) -> Results:
    """The predicates that keep the chain from counting, in their order."""
    return [
        result
        for result in results
        if result.fails
        or (
            result.holds is None and result.code == "S4" and params.require_traceability
        )
    ]


def not_evaluated(results: Iterable[PredicateResult]) -> Results:
    """What could not be looked at, to be said beside the number."""
    return [result for result in results if result.holds is None]


def pd_active(facts: ChainFacts, day: date, params: ChainParams) -> bool:
    """Whether a product-development chain meets PD1 to PD8 on a day."""
    assert facts.kind is ChainKind.PRODUCT_DEVELOPMENT
    return all_hold(evaluate(facts, day, params), params)


def safe_operating(facts: ChainFacts, day: date, params: ChainParams) -> bool:
    """Whether a safe supply chain meets S1 to S8 on a day."""
    assert facts.kind is ChainKind.SAFE_SUPPLY
    return all_hold(evaluate(facts, day, params), params)


def between_seasons(facts: ChainFacts, day: date, params: ChainParams) -> bool:
    """Whether only contracts of the season before carry the chain."""
    return backbones.backbone_on(facts, day, params).between_seasons


def state_on(
    facts: ChainFacts,
    day: date,
    params: ChainParams,
    results: Results | None = None,
) -> ChainState:
    """The state that the facts give the chain on a day.

    `results` are the predicates of that day, where the caller has them already.
    """
    recognition = backbones.latest_recognition(facts, day)
    if any(stop.contains(day) for stop in facts.stops):
        return ChainState.STOPPED
    if recognition is None:
        return _before_recognition(facts, day)
    if backbones.is_withdrawn(recognition, day):
        return ChainState.REVOKED
    if _is_over(facts, day, params):
        return ChainState.EXPIRED
    if any(interval.contains(day) for interval in facts.suspensions):
        return ChainState.SUSPENDED
    if results is None:
        results = evaluate(facts, day, params)
    return _working_state(facts, day, params, recognition.issued_on, results)


def _before_recognition(facts: ChainFacts, day: date) -> ChainState:
    if facts.submitted_on is None or day < facts.submitted_on:
        return ChainState.DRAFT
    returned = facts.returned_on
    if returned is not None and facts.submitted_on <= returned <= day:
        return ChainState.RETURNED
    return ChainState.SUBMITTED


def _is_over(facts: ChainFacts, day: date, params: ChainParams) -> bool:
    """Only a confirmation has a term; a recognition lasts until withdrawn."""
    if facts.kind is ChainKind.PRODUCT_DEVELOPMENT:
        return False
    return safety.s6(facts, day, params).reason == "expired"


def _working_state(
    facts: ChainFacts,
    day: date,
    params: ChainParams,
    recognised_on: date,
    results: Results,
) -> ChainState:
    """Active, at risk for as long as the grace lasts, then suspended.

    A chain that has not met everything since its recognition had no state to
    be at risk of losing: it is suspended at once.
    """
    broken = failing(results, params)
    if not broken:
        return ChainState.ACTIVE
    if any(r.reason in _IMMEDIATE or r.code in _STANDING for r in broken):
        return ChainState.SUSPENDED
    for back in range(1, params.grace_days + 1):
        earlier = day - timedelta(days=back)
        if earlier < recognised_on:
            break
        if all_hold(evaluate(facts, earlier, params), params):
            return ChainState.AT_RISK
    return ChainState.SUSPENDED


@dataclass(frozen=True)
class ChainDay:
    """A chain's kind and state on the day of a count."""

    kind: ChainKind
    state: ChainState
    recognised: bool


@dataclass(frozen=True)
class ChainCount:
    """Numbers of one kind on one day.

    `headline` is active plus at risk; `operating` is what was ever confirmed
    less what stopped, was revoked or expired.
    """

    cumulative: int = 0
    stopped: int = 0
    active: int = 0
    at_risk: int = 0
    suspended: int = 0

    @property
    def operating(self) -> int:
        return self.cumulative - self.stopped

    @property
    def headline(self) -> int:
        return self.active + self.at_risk


def is_counted(state: ChainState) -> bool:
    """Whether a chain in this state is part of the headline number."""
    return state in _HEADLINE


def count_chains(chains: Iterable[ChainDay], kind: ChainKind) -> ChainCount:
    """Count the chains of a kind by the states of one day."""
    states = [
        chain.state for chain in chains if chain.kind is kind and chain.recognised
    ]
    return ChainCount(
        cumulative=len(states),
        stopped=sum(state in _STOPPED for state in states),
        active=states.count(ChainState.ACTIVE),
        at_risk=states.count(ChainState.AT_RISK),
        suspended=states.count(ChainState.SUSPENDED),
    )
