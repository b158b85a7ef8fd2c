"""What an officer writes down of the prices of markets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class RecordQuote:
    """Low and high price of a day on a market, đồng a kilogram.

    Grade 0 stands for any grade; `link` leads to where the price was read.
    """

    product_code: str
    market_code: str
    day: date
    low_vnd: int
    high_vnd: int
    source: str
    grade_rank: int = 0
    link: str = ""


@dataclass(frozen=True)
class CorrectQuote:
    """What should have been written, and why; or that nothing should have been.

    Product, market, grade and day stay: a price of another day is another quote.
    """

    low_vnd: int
    high_vnd: int
    source: str
    reason: str
    link: str = ""
    withdrawn: bool = False
