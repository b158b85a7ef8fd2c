"""The statement of account of a contract on a day: lines, debts, totals, shares.

What the buyer owes are priced deliveries less their deductions, penalties against
the buyer, and interest. Advances, inputs supplied, penalties against the seller and
confirmed payments pay it: the goods that a payment names, else the oldest debt, and
interest last. What pays nothing is the buyer's credit. Penalties are due at once and bear no interest. What the seller pays back is
owed again by the buyer from that day, so that the credit pays it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from marketplace.domain.price_rules import NotKnownYet
from marketplace.domain.settlement_debts import Debt, SettledDebt, apply_money
from marketplace.domain.settlement_facts import ContractFacts, Delivery
from marketplace.domain.settlement_lines import LineKind, StatementLine, lines_of
from marketplace.domain.words import Side

_SUMS = {
    "priced_vnd": LineKind.PRICED,
    "deductions_vnd": LineKind.DEDUCTION,
    "buyer_penalties_vnd": LineKind.BUYER_PENALTY,
    "seller_penalties_vnd": LineKind.SELLER_PENALTY,
    "interest_vnd": LineKind.INTEREST,
    "advances_vnd": LineKind.ADVANCE,
    "offset_vnd": LineKind.INPUTS,
    "paid_vnd": LineKind.PAYMENT,
    "refunds_vnd": LineKind.REFUND,
}


@dataclass(frozen=True)
class Totals:
    """Kilograms and whole đồng up to the day of the statement; none is negative.

    `owed_vnd` is all that the buyer ever owed: priced, penalties, interest.
    `not_due_vnd`, `overdue_vnd` and `interest_open_vnd` are what is still open of it.
    """

    promised_kg: int
    delivered_kg: int
    accepted_kg: int
    rejected_kg: int
    unpriced_kg: int
    priced_vnd: int
    deductions_vnd: int
    buyer_penalties_vnd: int
    seller_penalties_vnd: int
    interest_vnd: int
    advances_vnd: int
    offset_vnd: int
    paid_vnd: int
    refunds_vnd: int
    not_due_vnd: int
    overdue_vnd: int
    interest_open_vnd: int
    credit_vnd: int

    @property
    def owed_vnd(self) -> int:
        net = self.priced_vnd - self.deductions_vnd
        return net + self.buyer_penalties_vnd + self.interest_vnd

    @property
    def covered_vnd(self) -> int:
        """All that counts as paying, less what the seller paid back."""
        ahead = self.advances_vnd + self.offset_vnd + self.seller_penalties_vnd
        return ahead + self.paid_vnd - self.refunds_vnd

    @property
    def paid_by_buyer_vnd(self) -> int:
        """What the buyer paid or supplied, without penalties of the seller."""
        return max(0, self.covered_vnd - self.seller_penalties_vnd)

    @property
    def penalty_owed_vnd(self) -> int:
        """What of the credit is a penalty that the seller owes: nobody paid it."""
        return min(self.credit_vnd, self.seller_penalties_vnd)

    @property
    def overpaid_vnd(self) -> int:
        return self.credit_vnd - self.penalty_owed_vnd

    @property
    def open_vnd(self) -> int:
        return self.not_due_vnd + self.overdue_vnd + self.interest_open_vnd


@dataclass(frozen=True)
class Shares:
    """Percent to one decimal; None where there is nothing to compare with.

    Fulfilled is accepted of promised, on time is delivered by the last day of its
    tranche of all that was delivered under one, rejected is of delivered.
    """

    fulfilled_pct: Decimal | None
    on_time_pct: Decimal | None
    rejected_pct: Decimal | None


@dataclass(frozen=True)
class Statement:
    """The account of a contract on a day."""

    today: date
    lines: tuple[StatementLine, ...]
    debts: tuple[SettledDebt, ...]
    totals: Totals
    shares: Shares
    provisional: bool

    @property
    def balance_vnd(self) -> int:
        """What the buyer has to pay; below zero it is the buyer's credit."""
        return self.totals.open_vnd - self.totals.credit_vnd


def settle(facts: ContractFacts, today: date) -> Statement:
    """The statement that holds on `today`, whatever has happened since."""
    known = _until(facts, today)
    named = [(one.day, one.pays, one.amount_vnd) for one in known.payments if one.pays]
    debts, credit = apply_money(_debts(known), _money(known), known.rates, today, named)
    lines = lines_of(known, debts, today)
    totals = _totals(known, lines, debts, credit)
    provisional = any(line.provisional for line in lines)
    shares = _shares(known, totals)
    return Statement(today, lines, debts, totals, shares, provisional)


def _until(facts: ContractFacts, today: date) -> ContractFacts:
    """Without what happened later, and without payments nobody confirmed."""
    accepted = (one for one in facts.deliveries if one.accepted_on <= today)
    paid = (one for one in facts.payments if one.confirmed and one.day <= today)
    return replace(
        facts,
        deliveries=tuple(accepted),
        advances=tuple(one for one in facts.advances if one.day <= today),
        inputs=tuple(one for one in facts.inputs if one.day <= today),
        penalties=tuple(one for one in facts.penalties if one.day <= today),
        payments=tuple(paid),
        refunds=tuple(one for one in facts.refunds if one.day <= today),
    )


def _debts(facts: ContractFacts) -> Iterator[Debt]:
    for one in facts.deliveries:
        if one.owed_vnd:
            own = one.payment_term_days
            days = facts.payment_term_days if own is None else own
            due = one.accepted_on + timedelta(days=days)
            yield Debt(one.key, one.accepted_on, due, one.owed_vnd)
    for penalty in facts.penalties:
        if penalty.against is Side.BUYER and penalty.amount_vnd:
            day = penalty.day
            yield Debt(penalty.key, day, day, penalty.amount_vnd, bears_interest=False)
    for refund in facts.refunds:
        if refund.amount_vnd:
            day = refund.day
            yield Debt(refund.key, day, day, refund.amount_vnd, bears_interest=False)


def _money(facts: ContractFacts) -> Counter[date]:
    """What pays on each day, whatever is open: days with several facts do not know their order."""
    money: Counter[date] = Counter()
    for advance in facts.advances:
        money[advance.day] += advance.amount_vnd
    for supplied in facts.inputs:
        money[supplied.day] += supplied.amount_vnd
    for payment in facts.payments:
        if not payment.pays:
            money[payment.day] += payment.amount_vnd
    for penalty in facts.penalties:
        if penalty.against is Side.SELLER:
            money[penalty.day] += penalty.amount_vnd
    return money


def _totals(
    facts: ContractFacts,
    lines: tuple[StatementLine, ...],
    debts: tuple[SettledDebt, ...],
    credit: int,
) -> Totals:
    of: Counter[LineKind] = Counter()
    for line in lines:
        of[line.kind] += line.amount_vnd
    late = sum(one.open_principal_vnd for one in debts if one.overdue)
    return Totals(
        **_kilograms(facts),
        **{field: of[kind] for field, kind in _SUMS.items()},
        not_due_vnd=sum(one.open_principal_vnd for one in debts) - late,
        overdue_vnd=late,
        interest_open_vnd=sum(one.open_interest_vnd for one in debts),
        credit_vnd=credit,
    )


def _kilograms(facts: ContractFacts) -> dict[str, int]:
    """The totals in kilograms, by their names."""
    delivered = sum(one.delivered_kg for one in facts.deliveries)
    accepted = sum(one.accepted_kg for one in facts.deliveries)
    return {
        "promised_kg": sum(tranche.kg for tranche in facts.tranches),
        "delivered_kg": delivered,
        "accepted_kg": accepted,
        "rejected_kg": delivered - accepted,
        "unpriced_kg": sum(map(_unpriced, facts.deliveries)),
    }


def _unpriced(one: Delivery) -> int:
    return sum(part.kg for part in one.parts if isinstance(part.outcome, NotKnownYet))


def _shares(facts: ContractFacts, totals: Totals) -> Shares:
    last = {tranche.number: tranche.last_day for tranche in facts.tranches}
    timed = [(one, last.get(one.tranche or 0)) for one in facts.deliveries]
    under_one = sum(one.delivered_kg for one, by in timed if by)
    on_time = sum(one.delivered_kg for one, by in timed if by and one.day <= by)
    return Shares(
        _percent(totals.accepted_kg, totals.promised_kg),
        _percent(on_time, under_one),
        _percent(totals.rejected_kg, totals.delivered_kg),
    )


def _percent(part: int, whole: int) -> Decimal | None:
    if not whole:
        return None
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
