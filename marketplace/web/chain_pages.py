"""What the page of a chain shows, gathered for whoever looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from marketplace.domain.chain_advice import advice_for
from marketplace.domain.chain_reasons import PREDICATE_TITLES, REASONS
from marketplace.domain.words import ChainKind, ChainState
from marketplace.services.chain_lots import NotedLot, untraced_lots
from marketplace.services.chain_map import ChainMap, map_of
from marketplace.services.chain_pages import (
    Reader,
    alerts_seen,
    contracts_seen,
    papers_seen,
    participants_seen,
    predicates_seen,
    reader_of,
)
from marketplace.services.confirmation_terms import (
    is_lapsed,
    is_renewable,
    open_confirmation,
    term_of,
)
from marketplace.services.dormancy_decisions import open_proposal
from marketplace.services.monitoring_checks import list_checks
from marketplace.services.monitoring_findings import list_findings
from marketplace.services.monitoring_records import list_records
from marketplace.services.monitoring_stops import is_stopped
from marketplace.services.recognition_papers import papers_of
from marketplace.web.access import current_actor
from marketplace.web.chain_writing import history
from marketplace.web.clock import today
from marketplace.web.plot_maps import drawn_plots, plot_map
from models.monitoring import SampleTest
from models.monitoring_cases import MonitoringCase

if TYPE_CHECKING:
    from models.chains import Chain
    from models.contracts import Contract


def page_of_chain(session: Session, chain: Chain) -> dict[str, Any]:
    """Everything that the reader may see of the chain."""
    who, reader = current_actor(), reader_of(current_actor(), chain)
    contracts = contracts_seen(who, chain)
    participants = participants_seen(chain, contracts)
    return {
        "chain": chain,
        "untraced": _untraced(session, chain, contracts),
        "me": who,
        "today": today(),
        "officer": reader is Reader.OFFICER,
        "leads": reader is Reader.LEAD,
        **_placed(map_of(session, chain, contracts, today=today()), reader),
        "paper_numbers": papers_of(session, chain),
        "partner": reader is Reader.PARTNER,
        "results": predicates_seen(session, who, chain, today=today()),
        "titles": PREDICATE_TITLES,
        "reasons": REASONS,
        "advice_for": advice_for,
        "contracts": contracts,
        "alerts": alerts_seen(session, who, contracts),
        "participants": participants,
        "papers": papers_seen(session, chain, participants),
        **_confirming(session, chain),
        **_monitored(session, chain, reader),
        **history(session, chain),
    }


def _confirming(session: Session, chain: Chain) -> dict[str, Any]:
    """What a safe chain's confirmation waits for, for officers."""
    if not current_actor().is_officer or chain.kind is not ChainKind.SAFE_SUPPLY:
        return {"proposal": None, "term": None, "confirmable": False}
    term = term_of(session, chain, today=today())
    waits = chain.state is ChainState.SUBMITTED or is_renewable(chain, term)
    proposal = open_confirmation(session, chain)
    if proposal is not None and is_lapsed(proposal, today()):
        proposal = None
    return {"proposal": proposal, "term": term, "confirmable": waits}


def _placed(places: ChainMap | None, reader: Reader) -> dict[str, Any]:
    """The map; the lead's plots as they were drawn for itself and for officers."""
    if places is None or not places.plots or reader is Reader.PARTNER:
        return {"places": places, "outlines": None}
    north, east = places.near[0].at
    drawn = plot_map(drawn_plots(places.plots), (east, north))
    return {"places": places, "outlines": drawn}


def _monitored(session: Session, chain: Chain, reader: Reader) -> dict[str, Any]:
    """The records of monitoring, for the lead and officers."""
    if reader is Reader.PARTNER:
        return {"cases": [], "checks": [], "samples": [], "findings": []}
    who = current_actor()
    return {
        "cases": list_records(session, who, chain, MonitoringCase),
        "checks": list_checks(session, chain),
        "samples": list_records(session, who, chain, SampleTest),
        "findings": list_findings(session, chain),
        "stopped": is_stopped(chain),
        "sleeping": open_proposal(session, chain) if who.is_officer else None,
    }


def _untraced(
    session: Session, chain: Chain, contracts: Sequence[Contract]
) -> list[NotedLot]:
    """The lots that S4 misses, of the contracts that the reader sees."""
    if chain.kind is not ChainKind.SAFE_SUPPLY:
        return []
    return untraced_lots(session, [one.id for one in contracts], today=today())
