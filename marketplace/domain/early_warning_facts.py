"""What early warning reads of a contract, by which thresholds, and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from marketplace.domain.deliveries import DeliveryState
from marketplace.domain.words import PriceMode, Severity, Side


class AlertCode(StrEnum):
    """What the sign is; a contract has at most one open alert of each."""

    DELIVERY_SILENT = "delivery_silent"
    DELIVERY_BLOCKED = "delivery_blocked"
    DELIVERY_LATE = "delivery_late"
    DELIVERY_HINDERED = "delivery_hindered"
    HARVEST_SHORT = "harvest_short"
    QUALITY_LOW = "quality_low"
    PRICE_BELOW = "price_below"
    PRICE_ABOVE = "price_above"
    DAY_WAITING = "day_waiting"
    NOTE_WAITING = "note_waiting"
    INSPECTION_WAITING = "inspection_waiting"
    CLAIM_WAITING = "claim_waiting"
    ENTRY_WAITING = "entry_waiting"
    PAYMENT_OVERDUE = "payment_overdue"
    PAPER_LAPSING = "paper_lapsing"


class Concern(StrEnum):
    """Whom an alert concerns, and who is told of it."""

    SELLER = "seller"
    BUYER = "buyer"
    OFFICER = "officer"


class AlertStage(StrEnum):
    """How far people have come with an alert that is open."""

    NEW = "new"
    KNOWN = "known"
    ACTED = "acted"
    ESCALATED = "escalated"


class AlertStep(StrEnum):
    """What somebody did about an alert."""

    ACKNOWLEDGED = "acknowledged"
    ACTED = "acted"
    ESCALATED = "escalated"


BOTH = frozenset({Concern.SELLER, Concern.BUYER})
WAITING_CODES = frozenset(
    {
        AlertCode.DAY_WAITING,
        AlertCode.NOTE_WAITING,
        AlertCode.INSPECTION_WAITING,
        AlertCode.CLAIM_WAITING,
        AlertCode.ENTRY_WAITING,
    }
)


@dataclass(frozen=True)
class Thresholds:
    """When a sign becomes an alert, in days and percent; rows of the rules `alert.*`."""

    silent_days: int
    silent_warn_days: int
    late_days: int
    rejected_pct: int
    gap_pct: int
    urgent_gap_pct: int
    answer_days: int
    urgent_answer_days: int
    urgent_overdue_days: int
    paper_days: int

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> Thresholds:
        """From the parameters of the rules; TypeError if one is missing or unknown."""
        return cls(**{name: int(value) for row in rows for name, value in row.items()})


@dataclass(frozen=True)
class PlannedFacts:
    """A planned delivery: `day` is the agreed one, `last_day` that of the window.

    `noted_kg` is what any note says was handed over, `released_kg` what both no
    longer count on; `blocked_on` the day on which "cannot" was said.
    """

    kg: int
    day: date
    last_day: date
    state: DeliveryState = DeliveryState.PLANNED
    noted_kg: int = 0
    released_kg: int = 0
    blocked_on: date | None = None
    # What open notices of force majeure say of it: told apart from what is late.
    hindered_kg: int = 0

    @property
    def missing_kg(self) -> int:
        gone = self.released_kg + self.noted_kg + self.hindered_kg
        return max(0, self.kg - gone)


@dataclass(frozen=True)
class Waiting:
    """Something that one side has to answer, since a day."""

    code: AlertCode
    on: Side
    since: date

    def __post_init__(self) -> None:
        if self.code not in WAITING_CODES:
            raise ValueError(self.code)


@dataclass(frozen=True)
class ContractSigns:
    """What is known of one contract; amounts in whole đồng, masses in kilograms.

    `market_low_vnd` and `market_high_vnd` are the band of the market quotes of
    these days, both or neither. `paper_end` is the first end of a paper of the
    harvest that nothing renews. Without `live` only answers and money are due.
    """

    price_vnd: int
    price_mode: PriceMode = PriceMode.FIXED
    tolerance_pct: int = 0
    live: bool = True
    deliveries: tuple[PlannedFacts, ...] = ()
    short_kg: int = 0
    short_since: date | None = None
    inspected_kg: int = 0
    accepted_kg: int = 0
    inspected_on: date | None = None
    market_low_vnd: int | None = None
    market_high_vnd: int | None = None
    market_day: date | None = None
    waiting: tuple[Waiting, ...] = ()
    overdue_vnd: int = 0
    overdue_since: date | None = None
    hindered_since: date | None = None
    hindrance_disputed: bool = False
    paper_end: date | None = None


@dataclass(frozen=True)
class Alert:
    """One sign: how grave, whom it concerns, since when, and what fills its words."""

    code: AlertCode
    severity: Severity
    concerns: frozenset[Concern]
    since: date
    params: Mapping[str, object] = field(default_factory=dict)
