"""What an officer states beside the counts of the board."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from marketplace.domain.words_board import BoardMetric, StatedKind


@dataclass(frozen=True)
class StateNumber:
    """A target of a year, or a number published for a day, with its source.

    `area` is the code of an area group or the id of a commune; `group` the code of
    a product group, empty for all products. A target has the code of a period, a
    published number a day.
    """

    kind: StatedKind
    metric: BoardMetric
    area: str
    number: Decimal
    source: str
    day: date | None = None
    period: str = ""
    group: str = ""
    note: str = ""


@dataclass(frozen=True)
class CorrectNumber:
    """What should have been stated, and why; or that nothing should have been."""

    number: Decimal
    source: str
    reason: str
    note: str = ""
    withdrawn: bool = False


@dataclass(frozen=True)
class CorrectBaseline:
    """What the reference data should declare, as its source tells it, and why.

    `after` is the number of the last correction that was seen, nought for none.
    """

    value: str
    source: str
    reason: str
    note: str = ""
    withdrawn: bool = False
    after: int = 0
