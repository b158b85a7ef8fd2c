"""Signs that a contract may not be kept, read from what is known of it on a day.

Pure: facts and dated thresholds in, at most one alert of each code out. When a
sign is grave (severity E), both sides and an officer are concerned, whoever had
to act before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from marketplace.domain.deliveries import DeliveryState
from marketplace.domain.early_warning_facts import (
    BOTH,
    Alert,
    AlertCode,
    Concern,
    ContractSigns,
    PlannedFacts,
    Thresholds,
    Waiting,
)
from marketplace.domain.words import PriceMode, Severity


def find_alerts(signs: ContractSigns, limits: Thresholds, today: date) -> list[Alert]:
    """Every alert of the day in the order of the codes, one of a code at most."""
    readers = (*_LIVE, *_ALWAYS) if signs.live else _ALWAYS
    found = [alert for read in readers for alert in read(signs, limits, today)]
    return sorted(found, key=lambda alert: list(AlertCode).index(alert.code))


def _alert(
    code: AlertCode,
    severity: Severity,
    concerns: Iterable[Concern],
    since: date,
    **params: object,
) -> Alert:
    grave = severity is Severity.ERROR
    concerned = frozenset(Concern) if grave else frozenset(concerns)
    return Alert(code, severity, concerned, since, params)


def _graver(grave: bool) -> Severity:
    return Severity.ERROR if grave else Severity.WARNING


def _open(signs: ContractSigns, *states: DeliveryState) -> list[PlannedFacts]:
    """Deliveries in these states that still lack more than the tolerance."""
    found = (
        one
        for one in signs.deliveries
        if one.state in states
        and one.missing_kg * 100 > signs.tolerance_pct * (one.kg - one.released_kg)
    )
    return sorted(found, key=lambda one: (one.day, one.last_day))


def _silent(signs: ContractSigns, limits: Thresholds, today: date) -> Iterator[Alert]:
    """The day is near, and the seller has not said that the goods are ready."""
    near = [
        one
        for one in _open(signs, DeliveryState.PLANNED)
        if today <= one.day <= today + timedelta(days=limits.silent_days)
    ]
    if near:
        first = near[0]
        soon = (first.day - today).days <= limits.silent_warn_days
        yield _alert(
            AlertCode.DELIVERY_SILENT,
            Severity.WARNING if soon else Severity.INFO,
            BOTH if soon else {Concern.SELLER},
            first.day - timedelta(days=limits.silent_days),
            day=first.day.isoformat(),
            kg=sum(one.missing_kg for one in near),
        )


def _blocked(signs: ContractSigns, _limits: Thresholds, today: date) -> Iterator[Alert]:
    blocked = _open(signs, DeliveryState.BLOCKED)
    if blocked:
        said = [one.blocked_on or today for one in blocked]
        yield _alert(
            AlertCode.DELIVERY_BLOCKED,
            Severity.ERROR,
            BOTH,
            min(said),
            day=blocked[0].day.isoformat(),
            kg=sum(one.missing_kg for one in blocked),
        )


def _late(signs: ContractSigns, limits: Thresholds, today: date) -> Iterator[Alert]:
    """The last day is over, and more is missing than the tolerance lets pass."""
    late = [
        one
        for one in _open(signs, DeliveryState.PLANNED, DeliveryState.READY)
        if max(one.day, one.last_day) < today
    ]
    if late:
        oldest = min(max(one.day, one.last_day) for one in late)
        yield _alert(
            AlertCode.DELIVERY_LATE,
            _graver((today - oldest).days > limits.late_days),
            BOTH,
            oldest + timedelta(days=1),
            day=oldest.isoformat(),
            kg=sum(one.missing_kg for one in late),
        )


def _hindered(
    signs: ContractSigns, _limits: Thresholds, today: date
) -> Iterator[Alert]:
    """Force majeure was told of, and nobody has said yet whether it stands."""
    touched = [one for one in signs.deliveries if one.hindered_kg]
    if touched:
        yield _alert(
            AlertCode.DELIVERY_HINDERED,
            _graver(signs.hindrance_disputed),
            BOTH,
            signs.hindered_since or today,
            day=min(one.day for one in touched).isoformat(),
            kg=sum(one.hindered_kg for one in touched),
        )


def _short(signs: ContractSigns, _limits: Thresholds, today: date) -> Iterator[Alert]:
    if signs.short_kg > 0:
        yield _alert(
            AlertCode.HARVEST_SHORT,
            Severity.ERROR,
            BOTH,
            signs.short_since or today,
            kg=signs.short_kg,
        )


def _quality(signs: ContractSigns, limits: Thresholds, today: date) -> Iterator[Alert]:
    """Much of what was inspected was turned away."""
    rejected = signs.inspected_kg - signs.accepted_kg
    if rejected > 0 and rejected * 100 >= limits.rejected_pct * signs.inspected_kg:
        yield _alert(
            AlertCode.QUALITY_LOW,
            Severity.WARNING,
            BOTH,
            signs.inspected_on or today,
            pct=rejected * 100 // signs.inspected_kg,
            kg=rejected,
        )


def _price(signs: ContractSigns, limits: Thresholds, today: date) -> Iterator[Alert]:
    """The agreed price lies outside the whole band of the market.

    Below it the seller is tempted to sell elsewhere, above it the buyer to buy
    elsewhere. A price that follows the market cannot drift from it; one with a
    floor can only lie above.
    """
    if signs.price_mode is PriceMode.MARKET or not signs.market_high_vnd:
        return
    low, high = signs.market_low_vnd or signs.market_high_vnd, signs.market_high_vnd
    below = (low - signs.price_vnd) * 100 // low
    above = (signs.price_vnd - high) * 100 // high
    day = signs.market_day or today
    for code, pct in ((AlertCode.PRICE_BELOW, below), (AlertCode.PRICE_ABOVE, above)):
        moves = signs.price_mode is PriceMode.FLOOR and code is AlertCode.PRICE_BELOW
        if pct >= limits.gap_pct and not moves:
            grave = _graver(pct >= limits.urgent_gap_pct)
            params = {"price_vnd": signs.price_vnd, "day": day.isoformat()}
            yield _alert(code, grave, BOTH, day, pct=pct, **params)


def _paper(signs: ContractSigns, limits: Thresholds, today: date) -> Iterator[Alert]:
    """A paper of the harvest ends before the last delivery that is still to come."""
    days = [max(one.day, one.last_day) for one in _open(signs, *_COMING)]
    last = max(days, default=None)
    if signs.paper_end is None or last is None or last <= signs.paper_end:
        return
    if signs.paper_end <= today + timedelta(days=limits.paper_days):
        yield _alert(
            AlertCode.PAPER_LAPSING,
            _graver(signs.paper_end < today),
            BOTH,
            min(today, signs.paper_end),
            day=signs.paper_end.isoformat(),
        )


def _answers(signs: ContractSigns, limits: Thresholds, today: date) -> Iterator[Alert]:
    """What one side has to answer, for each kind from the oldest on."""
    for code in AlertCode:
        old = [
            one
            for one in signs.waiting
            if one.code is code and (today - one.since).days > limits.answer_days
        ]
        if old:
            yield _unanswered(code, old, limits, today)


def _unanswered(
    code: AlertCode, old: list[Waiting], limits: Thresholds, today: date
) -> Alert:
    since = min(one.since for one in old)
    return _alert(
        code,
        _graver((today - since).days > limits.urgent_answer_days),
        {Concern(one.on.value) for one in old},
        since,
        day=since.isoformat(),
        count=len(old),
    )


def _overdue(signs: ContractSigns, limits: Thresholds, today: date) -> Iterator[Alert]:
    if signs.overdue_vnd > 0:
        since = signs.overdue_since or today
        yield _alert(
            AlertCode.PAYMENT_OVERDUE,
            _graver((today - since).days > limits.urgent_overdue_days),
            BOTH,
            since,
            day=since.isoformat(),
            amount_vnd=signs.overdue_vnd,
        )


_COMING = (DeliveryState.PLANNED, DeliveryState.READY, DeliveryState.BLOCKED)
Reader = Callable[[ContractSigns, Thresholds, date], Iterator[Alert]]
_LIVE: tuple[Reader, ...] = (
    _silent,
    _blocked,
    _late,
    _hindered,
    _short,
    _quality,
    _price,
    _paper,
)
_ALWAYS: tuple[Reader, ...] = (_answers, _overdue)
