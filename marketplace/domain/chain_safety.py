"""The predicates S1 to S8 of a safe supply chain."""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import date, timedelta
from itertools import pairwise

from marketplace.domain.chain_backbone import (
    Backbone,
    is_withdrawn,
    latest_recognition,
    pd1,
    pd2,
    pd3,
    pd4,
)
from marketplace.domain.chain_facts import (
    ChainFacts,
    Evidence,
    PredicateResult,
    Recognition,
    no,
    unknown,
    yes,
)
from marketplace.domain.chain_params import ChainParams
from marketplace.domain.linkage import find_form
from marketplace.domain.papers import Paper, add_months
from marketplace.domain.words import CertificateScheme, Market, PaperState, Stage

LOT_DAYS = 365  # whose lots have to be traced, and in which there has to be one
_CLASS = frozenset(
    {
        CertificateScheme.FOOD_SAFETY,
        CertificateScheme.HACCP,
        CertificateScheme.ISO22000,
    }
)
_ACCEPTED: dict[Stage, frozenset[CertificateScheme]] = {
    Stage.PRODUCTION_HARVEST: frozenset(
        {
            CertificateScheme.VIETGAP,
            CertificateScheme.GLOBALGAP,
            CertificateScheme.ORGANIC_TCVN,
            CertificateScheme.FOOD_SAFETY,
            CertificateScheme.SAFETY_COMMITMENT,
        }
    ),
    Stage.PROCESSING: _CLASS,
    Stage.CONSUMPTION: _CLASS,
}


def s1(facts: ChainFacts, backbone: Backbone) -> PredicateResult:
    """A backbone of contracts, or one entity that runs all stages itself."""
    if find_form(facts.own_stages) is not None:
        return yes("S1", "one_entity")
    parts = (
        pd1(backbone),
        pd2(backbone),
        pd3(backbone),
        pd4(backbone, facts.product_group),
    )
    for part in parts:
        if part.fails:
            return no("S1", part.reason, **part.params)
    return yes("S1")


def s2(facts: ChainFacts, backbone: Backbone, day: date) -> PredicateResult:
    """Every stage in use has valid evidence on the day."""
    markets = _markets(backbone)
    lacking = [
        str(stage)
        for stage in _stages(facts, backbone)
        if stage in _ACCEPTED and not _proven(facts.evidence, stage, day, markets)
    ]
    if not lacking:
        return yes("S2")
    revoked = any(
        str(item.stage) in lacking and _is_revoked(item.paper, day)
        for item in facts.evidence
    )
    return no("S2", "revoked_evidence" if revoked else "no_evidence", stages=lacking)


def s3(facts: ChainFacts, backbone: Backbone) -> PredicateResult:
    """Neighbouring stages are joined by a contract or by one entity."""
    joins = [c.stages for c in backbone.contracts] + [facts.own_stages]
    for before, after in pairwise(_stages(facts, backbone)):
        if not any({before, after} <= stages for stages in joins):
            return no("S3", "gap", stages=[str(before), str(after)])
    return yes("S3")


def s4(facts: ChainFacts, day: date) -> PredicateResult:
    """Every lot that went out within twelve months is linked back and forward."""
    if facts.lots is None:
        return unknown("S4", "no_lot_data")
    first = day - timedelta(days=LOT_DAYS)
    year = [one for one in facts.lots if first <= one.on <= day]
    if not year:
        return no("S4", "no_lots")
    unlinked = sum(
        one.lots for one in year if one.linked_on is None or one.linked_on > day
    )
    if unlinked:
        return no("S4", "unlinked_lots", lots=unlinked)
    return yes("S4", lots=sum(one.lots for one in year))


def s5(facts: ChainFacts, day: date, params: ChainParams) -> PredicateResult:
    """A sample passed within a year, and none that failed is open."""
    if facts.samples is None:
        return unknown("S5", "no_sample_data")
    if any(sample.open_on(day) for sample in facts.samples):
        return no("S5", "failed_sample")
    passed = (sample.on for sample in facts.samples if sample.passed)
    last = _latest(passed, day)
    if last is None or last < day - timedelta(days=params.sample_days):
        return no("S5", "no_recent_sample", last=last.isoformat() if last else None)
    return yes("S5", on=last.isoformat())


def s6(facts: ChainFacts, day: date, params: ChainParams) -> PredicateResult:
    """A confirmation that is valid on the day and not withdrawn."""
    confirmation = latest_recognition(facts, day)
    if confirmation is None:
        return no("S6", "not_confirmed")
    if is_withdrawn(confirmation, day):
        return no("S6", "withdrawn")
    if not confirmation.four_eyes:
        return no("S6", "same_people")
    last_day = confirmation_last_day(confirmation, params)
    if day > last_day:
        return no("S6", "expired", last_day=last_day.isoformat())
    return yes("S6", number=confirmation.number, last_day=last_day.isoformat())


def s7(facts: ChainFacts, day: date, params: ChainParams) -> PredicateResult:
    """Checked within a year, with nothing serious open.

    The confirmation is itself a look at the chain, so that the first
    post-check is due a year after it. A case that finds a fault is no visit.
    """
    found = (*(facts.post_checks or ()), *facts.case_findings)
    if any(check.open_on(day) for check in found):
        return no("S7", "open_finding")
    if facts.post_checks is None:
        return unknown("S7", "no_post_check_data")
    looks = [check.on for check in facts.post_checks]
    looks += [confirmation.issued_on for confirmation in facts.recognitions]
    last = _latest(looks, day)
    if last is None or last < day - timedelta(days=params.post_check_days):
        return no("S7", "post_check_due", last=last.isoformat() if last else None)
    return yes("S7", on=last.isoformat())


def s8(facts: ChainFacts, day: date) -> PredicateResult:
    """Not declared stopped."""
    if any(stop.contains(day) for stop in facts.stops):
        return no("S8", "stopped")
    return yes("S8")


def confirmation_last_day(confirmation: Recognition, params: ChainParams) -> date:
    """The stated last day, or the usual number of months after issue."""
    if confirmation.valid_to is not None:
        return confirmation.valid_to
    return add_months(confirmation.issued_on, params.confirmation_months)


def evidence_last_day(facts: ChainFacts, backbone: Backbone, day: date) -> date | None:
    """Until when what proves S2 on a day does so: the first stage to run out ends it.

    A stage lasts as long as the last of its papers; None if none ever runs out.
    """
    markets = _markets(backbone)
    ends = [
        _proven_until(facts.evidence, stage, day, markets)
        for stage in _stages(facts, backbone)
        if stage in _ACCEPTED
    ]
    return min((end for end in ends if end is not None), default=None)


def _markets(backbone: Backbone) -> Set[Market]:
    """The markets that the goods go to; at home unless all go abroad."""
    abroad = {c.market for c in backbone.contracts if c.market is not None}
    at_home = any(c.market is None for c in backbone.contracts) or not abroad
    return abroad | {Market.DOMESTIC} if at_home else abroad


def _stages(facts: ChainFacts, backbone: Backbone) -> list[Stage]:
    used = backbone.stages | facts.own_stages
    return [stage for stage in Stage if stage in used]


def _proven(
    evidence: Iterable[Evidence], stage: Stage, day: date, markets: Set[Market]
) -> bool:
    return any(_proofs(evidence, stage, day, markets))


def _proven_until(
    evidence: Iterable[Evidence], stage: Stage, day: date, markets: Set[Market]
) -> date | None:
    """The last day of the paper that lasts longest; None without a term."""
    proofs = _proofs(evidence, stage, day, markets)
    ends = [None if one.paper is None else one.paper.last_day for one in proofs]
    if None in ends:
        return None
    return max((end for end in ends if end is not None), default=None)


def _proofs(
    evidence: Iterable[Evidence], stage: Stage, day: date, markets: Set[Market]
) -> list[Evidence]:
    """What proves a stage on a day: an exemption, or a paper that is accepted."""
    return [
        item
        for item in evidence
        if item.stage is stage
        and (
            item.exempt
            or (
                item.paper is not None
                and _is_accepted(item.paper, stage, markets)
                and item.counts_on(day)
            )
        )
    ]


def _is_accepted(paper: Paper, stage: Stage, markets: Set[Market]) -> bool:
    """A code of a packing house speaks of goods for its market, a scheme of all."""
    if paper.packing:
        return stage is Stage.PROCESSING and paper.market in markets
    return paper.scheme in _ACCEPTED[stage]


def _is_revoked(paper: Paper | None, day: date) -> bool:
    if paper is None or paper.state is not PaperState.REVOKED:
        return False
    return paper.ended_on is None or paper.ended_on <= day


def _latest(days: Iterable[date], day: date) -> date | None:
    return max((on for on in days if on <= day), default=None)
