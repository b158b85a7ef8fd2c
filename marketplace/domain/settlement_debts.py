"""Debts and what pays them: all principal before any interest, the oldest first.

A payment that names a delivery pays the principal of that one first. Interest takes
only what exceeds the principal of every debt there is. So no money for goods is used
up by interest, which would leave principal open that bears interest in turn; and the
interest of a debt is final when it is first paid: it is rounded once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from marketplace.domain.settlement_facts import LateRate

DAYS_A_YEAR = 365


@dataclass(frozen=True)
class Debt:
    """What the buyer owes from a day on, and by when it is to be paid."""

    key: str
    arose_on: date
    due_on: date
    principal_vnd: int
    bears_interest: bool = True

    @property
    def age(self) -> tuple[date, date, bool, str]:
        """The oldest first; nothing depends on the order in which they are given."""
        return self.arose_on, self.due_on, self.bears_interest, self.key


@dataclass(frozen=True)
class Applied:
    """What of a day's money went to a debt."""

    day: date
    principal_vnd: int
    interest_vnd: int


@dataclass(frozen=True)
class InterestSpan:
    """Days after `after` in which one principal was late at one rate."""

    after: date
    days: int
    principal_vnd: int
    annual_pct: Decimal

    @property
    def exact_vnd(self) -> Fraction:
        """Simple interest, day by day, before any rounding."""
        part = Fraction(self.days, DAYS_A_YEAR) * Fraction(self.annual_pct) / 100
        return self.principal_vnd * part


@dataclass(frozen=True)
class SettledDebt:
    """A debt on a day: what was paid of it, its interest, and what is still open."""

    debt: Debt
    applied: tuple[Applied, ...]
    spans: tuple[InterestSpan, ...]
    interest_vnd: int
    overdue: bool

    @property
    def paid_on(self) -> date:
        """The last day on which money went to the principal."""
        return max(one.day for one in self.applied if one.principal_vnd)

    @property
    def open_principal_vnd(self) -> int:
        paid = sum(one.principal_vnd for one in self.applied)
        return self.debt.principal_vnd - paid

    @property
    def open_interest_vnd(self) -> int:
        return self.interest_vnd - sum(one.interest_vnd for one in self.applied)

    @property
    def open_vnd(self) -> int:
        return self.open_principal_vnd + self.open_interest_vnd


def apply_money(
    debts: Iterable[Debt],
    money: Mapping[date, int],
    rates: Iterable[LateRate],
    today: date,
    named: Iterable[tuple[date, str, int]] = (),
) -> tuple[tuple[SettledDebt, ...], int]:
    """The debts up to today, and the money that found no debt (the buyer's credit).

    Money that comes before a debt waits for it and pays it on the day it arises.
    `named` is money of a day in đồng beside the key of the delivery that it is for.
    """
    rows = sorted(rates, key=lambda rate: rate.first_day)
    ordered = sorted((d for d in debts if d.arose_on <= today), key=lambda d: d.age)
    accounts = [_Account(debt, rows) for debt in ordered]
    told = sorted(one for one in named if one[0] <= today)
    days = {d.arose_on for d in ordered} | set(money) | {day for day, _, _ in told}
    left = 0
    for day in sorted(one for one in days if one <= today):
        arisen = [one for one in accounts if one.debt.arose_on <= day]
        left += money.get(day, 0)
        left += sum(
            _for_one(arisen, key, vnd, on) for on, key, vnd in told if on == day
        )
        for account in arisen:
            left = account.take_principal(left, day)
        for account in arisen:
            left = account.take_interest(left, day)
    return tuple(account.settled(today) for account in accounts), left


def _for_one(accounts: Iterable[_Account], key: str, money: int, day: date) -> int:
    """Pay the principal of the delivery that was named; what is left for all others."""
    for account in accounts:
        # Deliveries alone bear interest; penalties and refunds are never named.
        if account.debt.key == key and account.debt.bears_interest:
            money = account.take_principal(money, day)
    return money


class _Account:
    """One debt while money is applied to it day after day."""

    def __init__(self, debt: Debt, rates: list[LateRate]) -> None:
        self.debt, self.rates = debt, rates
        self.open_vnd = debt.principal_vnd
        self.changes = [(debt.due_on, debt.principal_vnd)]
        self.applied: list[Applied] = []

    def take_principal(self, money: int, day: date) -> int:
        """Pay what is open of the principal, and give back what is left."""
        principal = min(money, self.open_vnd)
        if principal:
            self.open_vnd -= principal
            self.changes.append((max(day, self.debt.due_on), self.open_vnd))
            self._apply(Applied(day, principal, 0))
        return money - principal

    def take_interest(self, money: int, day: date) -> int:
        """Pay the interest once the principal, and so the interest, is final."""
        if self.open_vnd or not money:
            return money
        interest = min(money, self._open_interest(day))
        if interest:
            self._apply(Applied(day, 0, interest))
        return money - interest

    def _apply(self, more: Applied) -> None:
        """What of one day's money went to a debt stands there once."""
        if self.applied and self.applied[-1].day == more.day:
            last = self.applied.pop()
            principal = last.principal_vnd + more.principal_vnd
            interest = last.interest_vnd + more.interest_vnd
            more = replace(last, principal_vnd=principal, interest_vnd=interest)
        self.applied.append(more)

    def settled(self, today: date) -> SettledDebt:
        spans = tuple(self._spans(today))
        overdue = self.open_vnd > 0 and self.debt.due_on < today
        return SettledDebt(
            self.debt, tuple(self.applied), spans, _half_up(spans), overdue
        )

    def _open_interest(self, day: date) -> int:
        paid = sum(one.interest_vnd for one in self.applied)
        return _half_up(self._spans(day)) - paid

    def _spans(self, last: date) -> Iterator[InterestSpan]:
        if not self.debt.bears_interest:
            return
        for (after, principal), (until, _) in pairwise([*self.changes, (last, 0)]):
            for rate in self.rates if principal else ():
                days = rate.days_within(after, until)
                if days:
                    before = max(after, rate.first_day - timedelta(days=1))
                    yield InterestSpan(before, days, principal, rate.annual_pct)


def _half_up(spans: Iterable[InterestSpan]) -> int:
    """Whole đồng of a line of interest, rounded only here."""
    exact = sum((span.exact_vnd for span in spans), Fraction(0))
    return int(exact + Fraction(1, 2))
