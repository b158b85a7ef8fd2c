"""When a set of contracts counts as a chain.

All of it is a function of facts and a day: a count of any past day comes out
the same whenever it is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from marketplace.domain import chain_backbone as backbones
from marketplace.domain import chain_safety as safety
from marketplace.domain.chain_facts import ChainFacts, PredicateResult
from marketplace.domain.chain_params import ChainParams
from marketplace.domain.linkage import find_form
from marketplace.domain.words import ChainKind, ChainState, LinkageForm

_HEADLINE = frozenset({ChainState.ACTIVE, ChainState.AT_RISK})
# What S6 and PD8 ask for is an officer's yes; all before them is what was built.
_RECOGNISED = {ChainKind.PRODUCT_DEVELOPMENT: "PD8", ChainKind.SAFE_SUPPLY: "S6"}
_NOT_BUILT = frozenset({"S7", "S8"})

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
            backbones.pd7(backbone, day, params, facts),
            backbones.pd8(facts, day),
        ]
    return [
        safety.s1(facts, backbone),
        safety.s2(facts, backbone, day),
        safety.s3(facts, backbone),
        safety.s4(facts, day),
        safety.s5(facts, day, params),
        safety.s6(facts, day, params),
        safety.s7(facts, day, params),
        safety.s8(facts, day),
    ]


def all_hold(results: Iterable[PredicateResult], params: ChainParams) -> bool:
    """Nothing fails; what cannot be known yet does not block.

    Traceability blocks from the day that a dated row sets `require_traceability`, and
    then while unknown too; before that day it is shown and does not count.
    """
    return not failing(results, params)


def failing(results: Iterable[PredicateResult], params: ChainParams) -> Results:
    """The predicates that keep the chain from counting, in their order."""
    return [result for result in results if _blocks(result, params)]


def _blocks(result: PredicateResult, params: ChainParams) -> bool:
    if result.code == "S4":
        return params.require_traceability and not result.holds
    return result.fails


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


def is_counted(state: ChainState) -> bool:
    """Whether a chain in this state is part of the headline number."""
    return state in _HEADLINE


def is_built_only(kind: ChainKind, results: Results, params: ChainParams) -> bool:
    """Whether S1 to S5 (PD1 to PD7) hold and nobody has confirmed the chain.

    The number that is easily mixed up with the confirmed ones (dossier 5.4).
    """
    asked = _RECOGNISED[kind]
    broken = {r.code for r in failing(results, params)} - _NOT_BUILT
    return broken == {asked}


def form_on(facts: ChainFacts, day: date, params: ChainParams) -> LinkageForm | None:
    """The form of linkage on a day, None while no contract carries the chain."""
    stages = backbones.backbone_on(facts, day, params).stages | facts.own_stages
    return find_form(stages)
