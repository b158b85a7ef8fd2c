"""The lines of a statement of account, each with the arithmetic behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from marketplace.domain.errors import N_
from marketplace.domain.price_rules import NotKnownYet, Step, StepKind
from marketplace.domain.settlement_debts import InterestSpan, SettledDebt
from marketplace.domain.settlement_facts import (
    AcceptedLine,
    ContractFacts,
    Delivery,
    Penalty,
)
from marketplace.domain.words import Side


class LineKind(StrEnum):
    """What a line stands for, in the order of lines of one day."""

    PRICED = "priced"
    UNPRICED = "unpriced"
    DEDUCTION = "deduction"
    BUYER_PENALTY = "buyer_penalty"
    SELLER_PENALTY = "seller_penalty"
    INPUTS = "inputs"
    ADVANCE = "advance"
    PAYMENT = "payment"
    REFUND = "refund"
    INTEREST = "interest"


ADDS = frozenset(
    {LineKind.PRICED, LineKind.BUYER_PENALTY, LineKind.INTEREST, LineKind.REFUND}
)
_RANKS = {kind: rank for rank, kind in enumerate(LineKind)}
_PENALTIES = {  # of the seller or not, relieved for force majeure or not
    (True, False): N_("Phạt bên bán, ngày %(day)s"),
    (False, False): N_("Phạt bên mua, ngày %(day)s"),
    (True, True): N_("Phạt bên bán, ngày %(day)s, bỏ phần bất khả kháng"),
    (False, True): N_("Phạt bên mua, ngày %(day)s, bỏ phần bất khả kháng"),
}
_MONEY = {
    LineKind.INPUTS: N_("Trừ vật tư đã ứng, ngày %(day)s"),
    LineKind.ADVANCE: N_("Tạm ứng, ngày %(day)s"),
    LineKind.PAYMENT: N_("Đã trả, ngày %(day)s"),
    LineKind.REFUND: N_("Bên bán hoàn lại tiền trả thừa, ngày %(day)s"),
}


@dataclass(frozen=True)
class StatementLine:
    """One line: a msgid, what fills it, whole đồng, and the steps to the amount.

    The amount is never negative; `signed_vnd` tells which way it counts.
    """

    kind: LineKind
    day: date
    key: str
    amount_vnd: int
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    provisional: bool = False

    @property
    def signed_vnd(self) -> int:
        """What the line adds to the buyer's debt, or takes off it."""
        return self.amount_vnd if self.kind in ADDS else -self.amount_vnd

    @property
    def place(self) -> tuple[date, int, str]:
        return self.day, _RANKS[self.kind], self.key


def lines_of(
    facts: ContractFacts, debts: Iterable[SettledDebt], today: date
) -> tuple[StatementLine, ...]:
    """All lines of facts that hold today, in the order of their days."""
    lines = [line for one in facts.deliveries for line in _delivery(one)]
    lines += [_penalty(one) for one in facts.penalties]
    lines += _money(facts)
    lines += [_interest(one, today) for one in debts if one.spans]
    return tuple(sorted(lines, key=lambda line: line.place))


def _delivery(one: Delivery) -> Iterator[StatementLine]:
    for part in one.parts:
        yield _part(one, part)
        if part.deduction_vnd:
            yield StatementLine(
                LineKind.DEDUCTION,
                one.accepted_on,
                one.key,
                part.deduction_vnd,
                N_("Khấu trừ khi nghiệm thu đợt giao ngày %(day)s"),
                {"day": one.day},
            )


def _part(one: Delivery, part: AcceptedLine) -> StatementLine:
    params = {"day": one.day, "kg": Decimal(part.kg), "grade": part.grade}
    if isinstance(part.outcome, NotKnownYet):
        message = N_("Đợt giao ngày %(day)s: %(kg)s kg %(grade)s, chưa có giá")
        kind, provisional = LineKind.UNPRICED, False
        steps: tuple[Step, ...] = ()
    else:
        message = N_("Đợt giao ngày %(day)s: %(kg)s kg %(grade)s")
        kind, steps = LineKind.PRICED, part.outcome.steps
        provisional = part.outcome.provisional
    return StatementLine(
        kind,
        one.accepted_on,
        one.key,
        part.priced_vnd,
        message,
        params,
        steps,
        provisional,
    )


def _penalty(one: Penalty) -> StatementLine:
    seller = one.against is Side.SELLER
    return StatementLine(
        LineKind.SELLER_PENALTY if seller else LineKind.BUYER_PENALTY,
        one.day,
        one.key,
        one.amount_vnd,
        _PENALTIES[seller, bool(one.relief_vnd)],
        {"day": one.day},
        _relieved(one) if one.relief_vnd else _computed(one),
    )


def _computed(one: Penalty) -> tuple[Step, ...]:
    """What was agreed stands for itself."""
    step = Step(
        StepKind.LINE,
        N_("%(pct)s%% của phần nghĩa vụ bị vi phạm, %(value)s đ"),
        Decimal(one.amount_vnd),
        {"pct": one.pct, "value": Decimal(one.breached_vnd)},
    )
    return (step,) if one.agreed_vnd is None else ()


def _relieved(one: Penalty) -> tuple[Step, ...]:
    return (
        Step(StepKind.PART, N_("Mức phạt hai bên đã ghi"), Decimal(one.asked_vnd)),
        Step(
            StepKind.PART,
            N_("Phần bất khả kháng không phạt"),
            Decimal(-one.relief_vnd),
        ),
        Step(StepKind.LINE, N_("Còn phải trả"), Decimal(one.amount_vnd)),
    )


def _money(facts: ContractFacts) -> Iterator[StatementLine]:
    for kind, rows in (
        (LineKind.INPUTS, facts.inputs),
        (LineKind.ADVANCE, facts.advances),
        (LineKind.PAYMENT, facts.payments),
        (LineKind.REFUND, facts.refunds),
    ):
        for one in rows:
            params = {"day": one.day}
            yield StatementLine(
                kind, one.day, one.key, one.amount_vnd, _MONEY[kind], params
            )


def _interest(one: SettledDebt, today: date) -> StatementLine:
    total = Step(
        StepKind.LINE,
        N_("Lãi chậm trả, làm tròn đến đồng"),
        Decimal(one.interest_vnd),
    )
    return StatementLine(
        LineKind.INTEREST,
        today if one.open_principal_vnd else one.paid_on,
        one.debt.key,
        one.interest_vnd,
        N_("Lãi chậm trả của khoản đến hạn ngày %(day)s"),
        {"day": one.debt.due_on},
        (*map(_span, one.spans), total),
    )


def _span(span: InterestSpan) -> Step:
    exact = span.exact_vnd
    shown = Decimal(exact.numerator) / Decimal(exact.denominator)
    return Step(
        StepKind.PART,
        N_("%(principal)s đ × %(rate)s%% một năm × %(days)s ngày : 365"),
        shown.quantize(Decimal("0.01"), ROUND_HALF_UP),
        {
            "principal": Decimal(span.principal_vnd),
            "rate": span.annual_pct,
            "days": Decimal(span.days),
        },
    )
