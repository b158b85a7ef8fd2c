"""Chains that deliver nothing for whole seasons: which they are, by dated rules.

Nothing stops by itself: the night proposes, and two officers decide. See
`dormancy_decisions`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, update
from sqlalchemy.orm import Session

from marketplace.domain.chain_dormancy import quiet_since
from marketplace.domain.words import ChainState, NoticeKind
from marketplace.services.days import day_of
from marketplace.services.monitoring import subject_of
from marketplace.services.notices import notify_officers
from marketplace.services.registers import end_of
from models.chain_days import ChainInterval
from models.chain_dormancy import DormancyProposal
from models.chains import Chain, ChainContract, ChainFact
from models.contracts import Contract
from models.deliveries import DeliveryNote
from models.reference import Product, ProductGroup, Rule

# The rule of all groups; a row with the code of a group after it is of that group.
RULE = "chain.dormancy"
_RUNNING = (ChainState.ACTIVE, ChainState.AT_RISK, ChainState.SUSPENDED)
_OPEN = and_(DormancyProposal.decided_on.is_(None), DormancyProposal.ended_on.is_(None))


@dataclass(frozen=True)
class Evidence:
    """The last signs of life of a chain; None where there never was one."""

    last_note: date | None
    last_season: str
    last_contract: Contract | None


def propose_dormant(session: Session, *, today: date, now: datetime) -> int:
    """Propose the chains that sleep, end what woke; how many wait. Safe to repeat.

    Officers of the area are told of each new proposal once.
    """
    since = quiet_days(session, today)
    sleeping = _sleeping(since)
    session.execute(
        update(DormancyProposal)
        .where(_OPEN, DormancyProposal.chain_id.in_(select(Chain.id).where(~sleeping)))
        .values(ended_on=today)
        .execution_options(synchronize_session="fetch")
    )
    waits = exists().where(DormancyProposal.chain_id == Chain.id, _OPEN)
    new = session.scalars(select(Chain).where(sleeping, ~waits).order_by(Chain.id))
    for chain in new.all():
        _propose(session, chain, since[chain.group_id], today, now)
    session.flush()  # what was proposed is counted too
    counted = select(func.count()).select_from(DormancyProposal).where(_OPEN)
    return session.scalar(counted) or 0


def _propose(
    session: Session, chain: Chain, since: date, today: date, now: datetime
) -> None:
    last = select(func.max(DormancyProposal.number)).where(
        DormancyProposal.chain_id == chain.id
    )
    proposal = DormancyProposal(
        chain_id=chain.id,
        number=(session.scalar(last) or 0) + 1,
        proposed_on=today,
        quiet_from=since,
    )
    session.add(proposal)
    session.flush()  # its notice names it
    told: dict[str, object] = {"chain": chain.name, "day": since.isoformat()}
    kind, unit, version = NoticeKind.CHAIN_DORMANT, chain.unit_id, proposal.id
    subject = subject_of(chain)
    notify_officers(
        session, unit, kind, subject, told | {"reason": ""}, now=now, version=version
    )


def quiet_days(session: Session, today: date) -> Mapping[int, date]:
    """By product group the day from which on something must have been delivered.

    Each crop has seasons of its own, and what has none a number of days. LookupError
    if no rule covers the day.
    """
    rules, seasons = _rules(session, today), _seasons(session, today)
    groups = session.execute(select(ProductGroup.id, ProductGroup.code))
    return {
        group: _quiet_day(rules, code, seasons.get(group, []), today)
        for group, code in groups
    }


def _quiet_day(
    rules: Mapping[str, Mapping[str, int]],
    group: str,
    seasons: Collection[tuple[int, int]],
    today: date,
) -> date:
    params = rules.get(f"{RULE}.{group}") or rules[RULE]
    if "days" in params:
        return today - timedelta(days=params["days"])
    return quiet_since(seasons, today, params["seasons"])


def _rules(session: Session, today: date) -> Mapping[str, Mapping[str, int]]:
    rows = session.execute(
        select(Rule.code, Rule.params).where(
            Rule.code.startswith(RULE),
            Rule.valid_from <= today,
            or_(Rule.valid_to.is_(None), Rule.valid_to > today),
        )
    )
    return dict(rows.all())


def is_sleeping(session: Session, chain: Chain, *, today: date) -> bool:
    """Whether nothing was delivered for the chain, as the rules of the day ask."""
    asleep = select(Chain.id).where(
        Chain.id == chain.id, _sleeping(quiet_days(session, today))
    )
    return session.scalar(asleep) is not None


def evidence_of(session: Session, chains: Collection[int]) -> Mapping[int, Evidence]:
    """The last delivery and the last contract of each chain, in two queries."""
    notes = _latest(session, chains, DeliveryNote.delivered_at, noted=True)
    deals = _latest(session, chains, Contract.effective_to)
    return {chain: _evidence(notes.get(chain), deals.get(chain)) for chain in chains}


def _evidence(note: Any, deal: Any) -> Evidence:
    return Evidence(
        last_note=day_of(note[1]) if note else None,
        last_season=note[0].season if note else "",
        last_contract=deal[0] if deal else None,
    )


def _latest(
    session: Session, chains: Collection[int], by: Any, *, noted: bool = False
) -> dict[int, tuple[Contract, Any]]:
    wanted = (
        select(ChainContract.chain_id, Contract, by)
        .join(Contract, Contract.id == ChainContract.contract_id)
        .where(ChainContract.chain_id.in_(list(chains)))
        .order_by(by)
    )
    if noted:
        wanted = wanted.join(DeliveryNote, DeliveryNote.contract_id == Contract.id)
    return {chain: (deal, day) for chain, deal, day in session.execute(wanted)}


def _sleeping(since: Mapping[int, date]) -> ColumnElement[bool]:
    quiet = [and_(Chain.group_id == g, *_quiet(day)) for g, day in since.items()]
    return or_(false(), *quiet)


def _seasons(session: Session, today: date) -> dict[int, list[tuple[int, int]]]:
    """First and last months of the harvests of each product group."""
    groups = dict(session.execute(select(Product.code, Product.group_id)).all())
    rows = session.scalars(
        select(Rule.params).where(
            Rule.code.startswith("season."),
            Rule.valid_from <= today,
            or_(Rule.valid_to.is_(None), Rule.valid_to > today),
        )
    )
    found: dict[int, list[tuple[int, int]]] = {}
    for row in rows:
        months = (row["first_month"], row["last_month"])
        found.setdefault(groups[row["product"]], []).append(months)
    return found


def _quiet(since: date) -> Sequence[ColumnElement[bool]]:
    """Runs, was recognised by then, and gave no sign of life since."""
    confirmed = exists().where(
        ChainInterval.chain_id == Chain.id,
        ChainInterval.confirmed,
        ChainInterval.valid_from <= since,
    )
    alive = (*_deliveries(since), *_words(since))
    return [Chain.state.in_(_RUNNING), confirmed, *(~sign for sign in alive)]


def _deliveries(since: date) -> Sequence[ColumnElement[bool]]:
    """Of contracts without delivery notes only their end is known."""
    linked = and_(
        ChainContract.chain_id == Chain.id, ChainContract.contract_id == Contract.id
    )
    noted = exists().where(DeliveryNote.contract_id == Contract.id)
    end = func.coalesce(Contract.ended_on, Contract.effective_to)
    return (
        exists().where(linked, Contract.delivered_kg > 0, end > since, ~noted),
        exists().where(
            linked,
            DeliveryNote.contract_id == Contract.id,
            DeliveryNote.delivered_at >= end_of(since),
        ),
    )


def _words(since: date) -> Sequence[ColumnElement[bool]]:
    """Two officers said that it lives, or its lead took it up again."""
    return (
        exists().where(
            DormancyProposal.chain_id == Chain.id,
            DormancyProposal.stopped.is_(False),
            DormancyProposal.undone_on.is_(None),
            DormancyProposal.decided_on >= since,
        ),
        exists().where(
            ChainFact.chain_id == Chain.id,
            ChainFact.kind == "resume",
            ChainFact.on >= since,
        ),
    )
