"""Which lots a list shows."""

from __future__ import annotations

from enum import StrEnum


class StockState(StrEnum):
    """Where the kilograms of a lot are, as a list is filtered by it."""

    HERE = "here"
    HELD = "held"
    GONE = "gone"
