"""Kilograms that a contract counts as delivered although no note says so."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.services.deliveries import Planned
from models.contracts import Contract


def without_notes(contract: Contract, planned: Sequence[Planned]) -> dict[int, int]:
    """By the number of the line: records older than the notes know only a sum.

    It counts for the first deliveries first, none beyond what it promised.
    """
    left = max(0, contract.delivered_kg - sum(one.delivered_kg for one in planned))
    found: dict[int, int] = {}
    for one in planned:
        found[one.line.number] = min(left, one.open_kg)
        left -= found[one.line.number]
    return found
