"""The statement of account of a contract, from the rows of what happened under it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.payment_words import named_note
from marketplace.domain.settlement import Statement, settle
from marketplace.domain.settlement_facts import (
    Advance,
    ContractFacts,
    Delivery,
    LateRate,
    Payment,
    PromisedTranche,
    Refund,
    SuppliedInputs,
)
from marketplace.domain.words_delivery import EntryKind, EntryState, NoteState, Outcome
from marketplace.services.contract_content import content_of, late_interest
from marketplace.services.days import day_of
from marketplace.services.delivery_notes import list_notes
from marketplace.services.entries import list_entries
from marketplace.services.fulfilment import (
    NOT_INSPECTED,
    all_delivered,
    open_matters,
)
from marketplace.services.penalties import penalties_of
from marketplace.services.signing import current_version
from marketplace.services.statement_prices import Prices
from models.contracts import Contract
from models.deliveries import DeliveryNote
from models.inspections import Inspection
from models.reference import Rule


def statement_of(
    session: Session, contract: Contract, *, today: date, lang: str = "vi"
) -> Statement:
    """The account of a signed contract as it stands on a day, in whole đồng.

    `lang` is that of the names of grades; nothing else depends on it.
    """
    return settle(facts_of(session, contract, today=today, lang=lang), today)


def facts_of(
    session: Session, contract: Contract, *, today: date, lang: str = "vi"
) -> ContractFacts:
    """All that the statement is made of; what nobody confirmed is left out."""
    deliveries = tuple(_deliveries(session, contract, Prices(session, contract, lang)))
    deposit_day = _deposit_day(session, contract, deliveries, today)
    notes = {note.number: note.public_id for note in list_notes(session, contract)}
    return ContractFacts(
        payment_term_days=contract.payment_term_days,
        tranches=tuple(_tranches(contract)),
        deliveries=deliveries,
        rates=tuple(_rates(session, contract)),
        penalties=penalties_of(session, contract, today=today),
        **_money(session, contract, deposit_day, notes),
    )


def _money(
    session: Session, contract: Contract, deposit_day: date, notes: Mapping[int, str]
) -> dict[str, Any]:
    """What the other side has confirmed, by the names of the facts.

    `notes` are the keys of deliveries by the number of their note.
    """
    found: dict[str, list[Any]] = defaultdict(list)
    for entry in list_entries(session, contract):
        key, vnd = entry.public_id, entry.amount_vnd
        if entry.state is not EntryState.CONFIRMED:
            continue
        match entry.kind:
            case EntryKind.DEPOSIT:
                day = max(entry.on, deposit_day)
                found["advances"].append(Advance(key, day, vnd))
            case EntryKind.INPUT:
                found["inputs"].append(SuppliedInputs(key, entry.on, vnd))
            case EntryKind.PAYMENT:
                number = named_note(f"{entry.reference}\n{entry.text}")
                pays = notes.get(number or 0, "")
                found["payments"].append(Payment(key, entry.on, vnd, True, pays))
            case EntryKind.REFUND:
                found["refunds"].append(Refund(key, entry.on, vnd))
    return {name: tuple(facts) for name, facts in found.items()}


def _deposit_day(
    session: Session,
    contract: Contract,
    deliveries: tuple[Delivery, ...],
    today: date,
) -> date:
    """From when a deposit counts: the day of the last acceptance, or the end.

    The signed clause on the deposit (`advance_deposit`) sets it off against the
    last payment. That one is known once everything is delivered; where not
    everything comes, no payment follows the contract's end.
    """
    end = contract.ended_on or contract.effective_to
    waits = NOT_INSPECTED in open_matters(session, contract)
    if not deliveries or waits or not all_delivered(session, contract, today=today):
        return end
    return max(one.accepted_on for one in deliveries)


def _tranches(contract: Contract) -> Iterator[PromisedTranche]:
    for line in contract.lines:
        yield PromisedTranche(line.number, line.kg, line.deliver_from, line.deliver_to)


def _rates(session: Session, contract: Contract) -> Iterator[LateRate]:
    """The rate that both signed; before contracts stated it, that of the dated rule."""
    signed = content_of(current_version(session, contract))["payment"]
    if "late_interest_pct" in signed:
        yield LateRate(Decimal(signed["late_interest_pct"]), contract.effective_from)
        return
    rows = select(Rule).where(Rule.code == "contract.defaults")
    for row in session.scalars(rows.order_by(Rule.valid_from)):
        pct = Decimal(late_interest(row.params))
        yield LateRate(pct, row.valid_from, row.valid_to)


def _deliveries(
    session: Session, contract: Contract, prices: Prices
) -> Iterator[Delivery]:
    """Loads that both stand by and that were inspected, each as it was found last.

    The debt arises on the day of the first finding: a claim changes how much is
    owed, not from when the days of payment run.
    """
    findings = findings_of(session, contract)
    for note in list_notes(session, contract):
        found = findings.get(note.id)
        if note.state is not NoteState.CONFIRMED or not found:
            continue
        day = day_of(note.delivered_at)
        parts = (one for one in found[-1].parts if one.outcome is Outcome.ACCEPTED)
        pricing = prices.of(note)
        yield Delivery(
            note.public_id,
            day,
            max(day, day_of(found[0].at)),
            note.net_kg,
            tuple(pricing.line(part, day) for part in parts),
            note.line,
            prices.payment_days(note),
        )


def findings_of(session: Session, contract: Contract) -> dict[int, list[Inspection]]:
    """The findings over each note, the oldest first."""
    wanted = (
        select(Inspection)
        .join(DeliveryNote, Inspection.note_id == DeliveryNote.id)
        .where(DeliveryNote.contract_id == contract.id)
    )
    found: dict[int, list[Inspection]] = defaultdict(list)
    for one in session.scalars(wanted.order_by(Inspection.number)):
        found[one.note_id].append(one)
    return found
