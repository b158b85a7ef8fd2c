"""What a buyer surely owes and has not paid in time, as early warning counts it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.price_rules import NotKnownYet, price_part
from marketplace.domain.price_terms import AcceptedPart, PriceRule, rule_of
from marketplace.domain.season_content import price_of_season
from marketplace.domain.settlement import settle
from marketplace.domain.settlement_facts import (
    AcceptedLine,
    Advance,
    ContractFacts,
    Delivery,
)
from marketplace.domain.words import Side
from marketplace.domain.words_delivery import EntryKind, EntryState, Outcome
from marketplace.services.contract_versions import (
    SignedWords,
    price_of_note,
    signed_words,
    words_of_note,
)
from marketplace.services.days import day_of
from marketplace.services.statement_prices import spelled
from models.contracts import Contract
from models.inspections import Inspection, InspectionPart
from models.settlements import AccountEntry

COUNTED = (EntryState.RECORDED, EntryState.CONFIRMED)


def overdue(
    session: Session, contract: Contract, found: Sequence[Inspection], today: date
) -> tuple[int, date | None]:
    """Đồng that are late for accepted goods, and the oldest day they were due.

    Never too much: a price that still follows a market counts with its floor
    alone, and a payment counts before the seller has confirmed it. The statement
    of account is what both go by; this only warns.
    """
    words = signed_words(session, contract)
    seasons = {line.number: line.season for line in contract.lines}
    facts = ContractFacts(
        contract.payment_term_days,
        deliveries=tuple(
            _delivery(one, words, seasons[one.note.line]) for one in found
        ),
        advances=tuple(_money(session, contract)),
    )
    statement = settle(facts, today)
    due = [one.debt.due_on for one in statement.debts if one.overdue]
    return statement.totals.overdue_vnd, min(due, default=None)


def _delivery(
    inspection: Inspection, words: Sequence[SignedWords], season: str
) -> Delivery:
    note = inspection.note
    rule = rule_of(price_of_season(price_of_note(words, note).content, season))
    day = day_of(note.delivered_at)
    return Delivery(
        key=note.public_id,
        day=day,
        accepted_on=max(day, day_of(inspection.at)),
        delivered_kg=note.net_kg,
        parts=tuple(
            _line(part, rule)
            for part in inspection.parts
            if part.outcome is Outcome.ACCEPTED
        ),
        payment_term_days=int(words_of_note(words, note).content["payment"]["days"]),
    )


def _line(part: InspectionPart, rule: PriceRule) -> AcceptedLine:
    grade = spelled(rule, part.grade)
    outcome = price_part(rule, AcceptedPart(part.kg, grade))
    priced = 0 if isinstance(outcome, NotKnownYet) else outcome.total_vnd
    taken_off = min(part.kg * part.deduction_vnd, priced)
    return AcceptedLine(part.kg, outcome, grade, taken_off)


def _money(session: Session, contract: Contract) -> Iterator[Advance]:
    """Whatever pays: money, inputs, and penalties that the seller owes."""
    entries = session.scalars(
        select(AccountEntry).where(
            AccountEntry.contract_id == contract.id,
            AccountEntry.state.in_(COUNTED),
            # What goes back was no part of what is due.
            AccountEntry.kind != EntryKind.REFUND,
        )
    )
    for entry in entries:
        penalty = entry.kind is EntryKind.PENALTY
        if not penalty or entry.owed_by is Side.SELLER:
            yield Advance(entry.public_id, entry.on, entry.amount_vnd)
