"""The facts of one contract for the records of its two sides, read from its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.deliveries import DeliveryState
from marketplace.domain.majeure import Excused
from marketplace.domain.settlement import settle
from marketplace.domain.track_record import (
    ContractEnd,
    Ending,
    Fact,
    FactKind,
    contract_fact,
    end_for,
)
from marketplace.domain.words import ContractState, Side
from marketplace.domain.words_delivery import (
    ClaimState,
    NoteState,
)
from marketplace.services.days import day_of
from marketplace.services.delivered import without_notes
from marketplace.services.deliveries import Planned, planned_deliveries
from marketplace.services.delivery_notes import list_notes
from marketplace.services.dispute_records import OPEN
from marketplace.services.entries import list_entries
from marketplace.services.fulfilment import all_delivered
from marketplace.services.majeure_effects import excused_by_side
from marketplace.services.record_answers import answer_fact, questions
from marketplace.services.rules import rule
from marketplace.services.statements import facts_of, findings_of
from models.contracts import Contract
from models.deliveries import DeliveryNote
from models.inspections import Claim, Inspection
from models.settlements import AccountEntry

Told = Iterator[tuple[Side, Fact]]
RUNNING = (ContractState.IN_FORCE, ContractState.SUSPENDED)
NOBODYS_FAULT = (
    ContractEnd.BROKEN_BY_OTHER,
    ContractEnd.ENDED_EARLY,
    ContractEnd.UNCLEAR,
)


class ContractRecord:
    """What is stored of a signed contract, and the facts that follow from it."""

    def __init__(self, session: Session, contract: Contract, today: date) -> None:
        self.session, self.contract, self.today = session, contract, today
        self.planned = planned_deliveries(session, contract)
        self.notes = list_notes(session, contract)
        self.findings = findings_of(session, contract)
        self.entries: Sequence[AccountEntry] = list_entries(session, contract)
        # Without interest: a day's delay of one payment must not make the next
        # ones short by some đồng, and so late.
        money = replace(facts_of(session, contract, today=today), rates=())
        self.statement = settle(money, today)
        self.claims = self._claims()
        self.disputed = {one.note_id for one in self.claims if one.state in OPEN}

    def facts(self) -> Told:
        """Every fact, with the side whose it is; nothing of what is still open."""
        yield from self._end()
        for planned in self.planned:
            yield from self._fulfilment(planned)
        for note in self.notes:
            if note.state is NoteState.CONFIRMED:
                yield from self._load(note)
        for claim in self.claims:
            yield from self._claim(claim)
        yield from self._majeure()
        yield from self._payments()
        yield from self._answers()

    def _claims(self) -> Sequence[Claim]:
        mine = select(DeliveryNote.id).where(
            DeliveryNote.contract_id == self.contract.id
        )
        wanted = select(Claim).where(Claim.note_id.in_(mine)).order_by(Claim.id)
        return self.session.scalars(wanted).all()

    def _end(self) -> Told:
        if self.contract.state in RUNNING:
            return
        day = self.contract.ended_on or self._fulfilled_on()
        for side in Side:
            end = end_for(side, self._ending())
            yield (
                side,
                contract_fact(self.contract.id, self.contract.public_id, day, end),
            )

    def _fulfilled_on(self) -> date:
        done = ContractState.FULFILLED
        days = [day_of(one.at) for one in self.contract.events if one.new_state == done]
        return days[-1] if days else self.contract.effective_to

    def _ending(self) -> Ending:
        contract = self.contract
        early = contract.ended_on is not None and (
            contract.ended_on < contract.effective_to
        )
        return Ending(
            fulfilled=contract.ended_on is None,
            for_breach=contract.ended_for_breach,
            early=early,
            breaker=self._breaker(),
            delivered=all_delivered(self.session, contract, today=self.today),
            paid=self.statement.totals.overdue_vnd == 0,
        )

    def _breaker(self) -> Side | None:
        """Who owes a penalty that both stand by, if only one side does."""
        totals = self.statement.totals
        seller, buyer = totals.seller_penalties_vnd, totals.buyer_penalties_vnd
        if bool(seller) is bool(buyer):
            return None
        return Side.SELLER if seller else Side.BUYER

    def _fulfilment(self, planned: Planned) -> Told:
        """Accepted of promised kilograms, once the delivery is made or its days are over.

        Not while a load of it waits for its finding.
        """
        line, delivery = planned.line, planned.delivery
        cancelled = delivery.state is DeliveryState.CANCELLED
        last = max(line.deliver_to, delivery.day)
        over = cancelled or last < self.today or planned.delivered_kg >= line.kg
        loads = [n for n in self.notes if n.line == line.number]
        loads = [n for n in loads if n.state is not NoteState.VOID]
        if not over or any(not self._settled(one) for one in loads):
            return
        older = without_notes(self.contract, self.planned)[line.number]
        got = older + sum(self.findings[one.id][-1].accepted_kg for one in loads)
        good, total = min(got, line.kg), line.kg
        if self._let_off():
            total = max(good, line.kg - line.released_kg)
        total = max(good, min(total, line.kg - planned.lost_kg))
        key = f"{self.contract.public_id}:{line.number}"
        if total or not planned.lost_kg:
            fact = Fact(FactKind.FULFILMENT, key, self.contract.id, last, good, total)
            yield Side.SELLER, fact

    def _majeure(self) -> Told:
        """What force majeure took, told apart: a miss that is nobody's broken word."""
        contract = self.contract
        excused = excused_by_side(self.session, contract, self.today)
        for line in contract.lines:
            for side in Side:
                kg = excused[side].get(line.number, Excused()).lost_kg
                if kg:
                    key = f"{contract.public_id}:{line.number}"
                    day = line.deliver_to
                    yield side, Fact(FactKind.MAJEURE, key, contract.id, day, kg, kg)

    def _let_off(self) -> bool:
        """Whether the contract is over and not by the seller's fault."""
        over = self.contract.state not in RUNNING
        return over and end_for(Side.SELLER, self._ending()) in NOBODYS_FAULT

    def _settled(self, note: DeliveryNote) -> bool:
        """Whether the finding of a load is there and nobody disputes it now."""
        return note.id in self.findings and note.id not in self.disputed

    def _load(self, note: DeliveryNote) -> Told:
        """Whether a load came in time, and how much of it was good."""
        day, contract = day_of(note.delivered_at), self.contract.id
        planned = next(p for p in self.planned if p.line.number == note.line)
        late = (day - max(planned.line.deliver_to, planned.delivery.day)).days
        good = note.net_kg if late <= 0 else 0
        key, kg = note.public_id, note.net_kg
        on_time = Fact(
            FactKind.ON_TIME, key, contract, day, good, kg, days_late=max(0, late)
        )
        yield Side.SELLER, on_time
        if self._settled(note):
            accepted = self.findings[note.id][-1].accepted_kg
            yield (
                Side.SELLER,
                Fact(FactKind.QUALITY, key, contract, day, accepted, kg),
            )

    def _claim(self, claim: Claim) -> Told:
        """A claim that ended; one that both settled was lost by nobody."""
        if claim.outcome is None or claim.closed_at is None:
            return
        lost = None
        if claim.state is ClaimState.DECIDED:
            raised_by = claim.raised_by
            won = _better_for(raised_by, claim.inspection, claim.outcome)
            lost = _other(raised_by) if won else raised_by
        day = day_of(claim.closed_at)
        for side in Side:
            good = int(side is not lost)
            key = claim.public_id
            yield side, Fact(FactKind.CLAIM, key, self.contract.id, day, good, 1)

    def _payments(self) -> Told:
        """Debts for goods that are paid, or overdue: in time or how many days late."""
        goods = {note.public_id for note in self.notes}
        for one in self.statement.debts:
            due, paid = one.debt.due_on, one.open_principal_vnd == 0
            if one.debt.key not in goods or not (paid or one.overdue):
                continue
            late = max(0, ((one.paid_on if paid else self.today) - due).days)
            yield (
                Side.BUYER,
                Fact(
                    FactKind.PAYMENT,
                    one.debt.key,
                    self.contract.id,
                    due,
                    int(late == 0),
                    1,
                    days_late=late,
                ),
            )

    def _answers(self) -> Told:
        limit = int(rule(self.session, "record.shown", self.today)["answer_days"])
        first = {note: rows[0] for note, rows in self.findings.items() if rows}
        asked = questions(self.planned, self.notes, first, self.entries)
        for one in asked:
            fact = answer_fact(one, self.contract.id, self.today, limit)
            if fact is not None:
                yield one.on, fact


def _better_for(side: Side, before: Inspection, after: Inspection) -> bool:
    """Whether the second finding is better for a side than the first."""
    gain = _worth(after) > _worth(before)
    return gain if side is Side.SELLER else _worth(after) < _worth(before)


def _worth(finding: Inspection) -> tuple[int, int]:
    """More accepted is better for the seller; then, less taken off."""
    taken_off = sum(part.kg * part.deduction_vnd for part in finding.parts)
    return finding.accepted_kg, -taken_off


def _other(side: Side) -> Side:
    return Side.BUYER if side is Side.SELLER else Side.SELLER
