"""What happened under a contract, as the statement of account reads it.

All amounts are whole đồng and never negative; keys are unique within their kind, so
that nothing counts twice. A service fills these from rows; a fact later than the day
of the statement is left out, so that any past statement can be made again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from marketplace.domain.clause_tests import MOST_PENALTY_PCT
from marketplace.domain.errors import N_, Refused
from marketplace.domain.price_rules import NotKnownYet, Outcome
from marketplace.domain.prices import line_total_vnd
from marketplace.domain.words import Side


@dataclass(frozen=True)
class PromisedTranche:
    """Kilograms that were to be delivered within days, both included."""

    number: int
    kg: int
    first_day: date
    last_day: date


@dataclass(frozen=True)
class AcceptedLine:
    """Accepted kilograms of one grade, what the price rule made of them, and what
    both took off at the inspection beside it, in đồng."""

    kg: int
    outcome: Outcome
    grade: str = ""
    deduction_vnd: int = 0

    def __post_init__(self) -> None:
        _not_negative(self.kg, self.deduction_vnd)
        if self.deduction_vnd > self.priced_vnd:
            raise ValueError("more is taken off than the line pays")

    @property
    def priced_vnd(self) -> int:
        """Nought while the price is not known."""
        known = not isinstance(self.outcome, NotKnownYet)
        return self.outcome.total_vnd if known else 0  # type: ignore[union-attr]

    @property
    def owed_vnd(self) -> int:
        return self.priced_vnd - self.deduction_vnd


@dataclass(frozen=True)
class Delivery:
    """What arrived on a day and what of it passed the inspection.

    The debt arises on `accepted_on`. `tranche` is the number it was promised under.
    `payment_term_days` where the words of this delivery name others than the
    contract's newest ones.
    """

    key: str
    day: date
    accepted_on: date
    delivered_kg: int
    parts: tuple[AcceptedLine, ...]
    tranche: int | None = None
    payment_term_days: int | None = None

    def __post_init__(self) -> None:
        if self.accepted_on < self.day or self.accepted_kg > self.delivered_kg:
            raise ValueError(self.key)

    @property
    def accepted_kg(self) -> int:
        return sum(part.kg for part in self.parts)

    @property
    def owed_vnd(self) -> int:
        return sum(part.owed_vnd for part in self.parts)


@dataclass(frozen=True)
class Advance:
    """Money the buyer paid ahead."""

    key: str
    day: date
    amount_vnd: int

    def __post_init__(self) -> None:
        _not_negative(self.amount_vnd)


@dataclass(frozen=True)
class SuppliedInputs:
    """Inputs the buyer supplied on credit, to be offset against the goods."""

    key: str
    day: date
    amount_vnd: int

    def __post_init__(self) -> None:
        _not_negative(self.amount_vnd)


@dataclass(frozen=True)
class Payment:
    """Money the buyer says was paid; it counts once the seller has confirmed it.

    `pays` is the key of the delivery that it names, where it names one.
    """

    key: str
    day: date
    amount_vnd: int
    confirmed: bool
    pays: str = ""

    def __post_init__(self) -> None:
        _not_negative(self.amount_vnd)


@dataclass(frozen=True)
class Refund:
    """Money the seller paid back to the buyer, out of what was paid too much."""

    key: str
    day: date
    amount_vnd: int

    def __post_init__(self) -> None:
        _not_negative(self.amount_vnd)


@dataclass(frozen=True)
class Penalty:
    """A share of the value of the obligation that a side breached (CT-07).

    `agreed_vnd` is an amount that both sides settled on; it stands for itself,
    and nothing is computed then. `relief_vnd` of it falls away for force majeure.
    """

    key: str
    day: date
    against: Side
    breached_vnd: int = 0
    pct: Decimal = Decimal(0)
    agreed_vnd: int | None = None
    relief_vnd: int = 0

    def __post_init__(self) -> None:
        _not_negative(self.breached_vnd, self.agreed_vnd or 0, self.relief_vnd)
        _not_negative(self.amount_vnd)
        if not 0 <= self.pct <= MOST_PENALTY_PCT:
            raise Refused(
                N_("Mức phạt từ 0 đến %(most)s%% phần nghĩa vụ bị vi phạm"),
                "penalty_pct",
                most=MOST_PENALTY_PCT,
            )

    @property
    def amount_vnd(self) -> int:
        """What is owed in the end."""
        return self.asked_vnd - self.relief_vnd

    @property
    def asked_vnd(self) -> int:
        """Rounded half up, once; as it is where it was agreed."""
        if self.agreed_vnd is not None:
            return self.agreed_vnd
        return line_total_vnd(1, self.breached_vnd * self.pct / 100)


@dataclass(frozen=True)
class LateRate:
    """Simple interest a year in percent, from a day until before another."""

    annual_pct: Decimal
    first_day: date
    until: date | None = None

    def days_within(self, after: date, last: date) -> int:
        """Of the days after `after`, up to `last`, those with this rate."""
        first = max(after + timedelta(days=1), self.first_day)
        end = min(last, self.until - timedelta(days=1)) if self.until else last
        return max(0, (end - first).days + 1)


@dataclass(frozen=True)
class ContractFacts:
    """All that a statement is made of."""

    payment_term_days: int
    tranches: tuple[PromisedTranche, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    advances: tuple[Advance, ...] = ()
    inputs: tuple[SuppliedInputs, ...] = ()
    penalties: tuple[Penalty, ...] = ()
    payments: tuple[Payment, ...] = ()
    rates: tuple[LateRate, ...] = ()
    refunds: tuple[Refund, ...] = ()

    def __post_init__(self) -> None:
        _not_negative(self.payment_term_days)
        _all_different(tranche.number for tranche in self.tranches)
        for kind in (self.deliveries, self.advances, self.inputs):
            _all_different(one.key for one in kind)
        for other in (self.penalties, self.payments, self.refunds):
            _all_different(one.key for one in other)
        rates = sorted(self.rates, key=lambda rate: rate.first_day)
        for one, following in pairwise(rates):
            if one.until is None or one.until > following.first_day:
                raise ValueError("two rates on one day")


def _not_negative(*amounts: int) -> None:
    if any(amount < 0 for amount in amounts):
        raise ValueError(amounts)


def _all_different(keys: Iterable[object]) -> None:
    listed = list(keys)
    if len(set(listed)) < len(listed):
        raise ValueError("a key stands twice")
