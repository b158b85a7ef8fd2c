"""The signs of one contract, read from what is stored of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.deliveries import DeliveryState, DeliveryWord
from marketplace.domain.early_warning_facts import (
    AlertCode,
    ContractSigns,
    PlannedFacts,
    Waiting,
)
from marketplace.domain.season_content import price_of_season, running_code
from marketplace.domain.words import ContractState, PriceMode, Side
from marketplace.domain.words_delivery import NoteState
from marketplace.services.alert_answers import waiting_answers
from marketplace.services.alert_money import overdue
from marketplace.services.alert_papers import first_paper_end
from marketplace.services.contract_content import content_of
from marketplace.services.days import day_of
from marketplace.services.delivered import without_notes
from marketplace.services.deliveries import Planned, planned_deliveries
from marketplace.services.majeure_effects import Hindrance, hindrance_of
from marketplace.services.price_lookup import in_force
from marketplace.services.rules import rule
from marketplace.services.signing import current_version
from models.contracts import Contract
from models.deliveries import DeliveryNote
from models.inspections import Inspection
from models.price_quotes import PriceMarket, PriceQuote


def read_signs(session: Session, contract: Contract, *, today: date) -> ContractSigns:
    """What early warning goes by; the contract is signed."""
    every, told = planned_deliveries(session, contract), hindrance_of(session, contract)
    older = without_notes(contract, every)
    content = content_of(current_version(session, contract))
    season = running_code(content, today)
    planned = [one for one in every if one.line.season == season]
    notes, found = _notes(session, contract), _inspections(session, contract)
    late_vnd, late_since = overdue(session, contract, found, today)
    return ContractSigns(
        contract.price_vnd,
        PriceMode(price_of_season(content, season)["mode"]),
        contract.tolerance_pct,
        contract.state is ContractState.IN_FORCE,
        tuple(_planned(one, older[one.line.number], told) for one in planned),
        **_told(told),
        waiting=(
            *_days_waiting(every),
            *waiting_answers(session, contract, notes, found),
        ),
        overdue_vnd=late_vnd,
        overdue_since=late_since,
        paper_end=first_paper_end(session, contract),
        **_quality(_of_lines(found, planned)),
        **_shortage(contract, planned, sum(older[one.line.number] for one in planned)),
        **_market(session, contract, today),
    )


def _of_lines(
    found: Sequence[Inspection], planned: Sequence[Planned]
) -> list[Inspection]:
    """The findings over loads of these deliveries."""
    numbers = {one.line.number for one in planned}
    return [one for one in found if one.note.line in numbers]


def _told(told: Hindrance) -> dict[str, Any]:
    return {"hindered_since": told.since, "hindrance_disputed": told.disputed}


def _planned(one: Planned, older_kg: int, told: Hindrance) -> PlannedFacts:
    blocked = [
        day_of(said.at) for said in one.words if said.word is DeliveryWord.BLOCKED
    ]
    return PlannedFacts(
        one.line.kg,
        one.delivery.day,
        one.line.deliver_to,
        one.delivery.state,
        one.noted_kg + older_kg,
        one.line.released_kg,
        blocked[-1] if blocked else None,
        told.kg.get(one.line.number, 0),
    )


def _days_waiting(planned: Iterable[Planned]) -> Iterator[Waiting]:
    for one in planned:
        asked = [w for w in one.words if w.word is DeliveryWord.PROPOSE_DAY]
        if one.delivery.proposed_by and one.delivery.state is not _CANCELLED:
            sells = one.delivery.proposed_by is Side.SELLER
            other = Side.BUYER if sells else Side.SELLER
            yield Waiting(AlertCode.DAY_WAITING, other, day_of(asked[-1].at))


_CANCELLED = DeliveryState.CANCELLED


def _notes(session: Session, contract: Contract) -> Sequence[DeliveryNote]:
    wanted = select(DeliveryNote).where(
        DeliveryNote.contract_id == contract.id, DeliveryNote.state != NoteState.VOID
    )
    return session.scalars(wanted.order_by(DeliveryNote.number)).all()


def _inspections(session: Session, contract: Contract) -> list[Inspection]:
    """The finding that counts of each note."""
    wanted = (
        select(Inspection)
        .join(DeliveryNote, DeliveryNote.id == Inspection.note_id)
        .where(DeliveryNote.contract_id == contract.id)
        .order_by(Inspection.number)
    )
    return list({one.note_id: one for one in session.scalars(wanted)}.values())


def _quality(found: Sequence[Inspection]) -> dict[str, Any]:
    return {
        "inspected_kg": sum(one.note.net_kg for one in found),
        "accepted_kg": sum(one.accepted_kg for one in found),
        "inspected_on": max((day_of(one.at) for one in found), default=None),
    }


def _shortage(
    contract: Contract, planned: Iterable[Planned], older_kg: int
) -> dict[str, Any]:
    """What the harvest lacks of what this contract still waits for.

    Not what it lacks in all: that would tell of other contracts.
    """
    harvest = contract.harvest
    if harvest is None or not harvest.over_promised:
        return {}
    planned = [one for one in planned if not one.line.season]
    coming = (p for p in planned if p.delivery.state is not DeliveryState.CANCELLED)
    open_kg = max(0, sum(one.open_kg for one in coming) - older_kg)
    last = max(harvest.revisions, key=lambda one: one.number, default=None)
    return {
        "short_kg": min(open_kg, harvest.promised_kg - harvest.limit_kg),
        "short_since": day_of(last.at) if last else None,
    }


def _market(session: Session, contract: Contract, today: date) -> dict[str, Any]:
    """The band of the newest quotes of each market and grade that still count.

    The market that the contract names, if it names one that is written down.
    """
    within = int(rule(session, "price.reference", today)["within_days"])
    rows = session.execute(
        select(PriceQuote, PriceMarket.name_vi)
        .join(PriceMarket, PriceMarket.id == PriceQuote.market_id)
        .where(
            PriceQuote.product_id == contract.product_id,
            PriceQuote.day.between(today - timedelta(days=within), today),
            PriceQuote.withdrawn.is_(False),
            in_force(),
        )
        .order_by(PriceQuote.day)
    ).all()
    named = [row for row in rows if row.name_vi == contract.reference_market]
    newest = {(one.market_id, one.grade_rank): one for one, _ in named or rows}
    if not newest:
        return {}
    return {
        "market_low_vnd": min(one.low_vnd for one in newest.values()),
        "market_high_vnd": max(one.high_vnd for one in newest.values()),
        "market_day": max(one.day for one in newest.values()),
    }
