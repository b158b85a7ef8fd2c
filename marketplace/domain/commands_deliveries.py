"""What is handed over and found, in values that are read already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from marketplace.domain.words_delivery import Outcome


@dataclass(frozen=True)
class LotWeight:
    """A lot as it was weighed: with its packing, and the packing alone."""

    code: str
    gross_kg: int
    tare_kg: int

    @property
    def net_kg(self) -> int:
        return self.gross_kg - self.tare_kg


@dataclass(frozen=True)
class WriteNote:
    """A delivery note as its writer words it.

    `note_id` is 22 signs of base64url that the writing device drew; the same
    note sent again carries the same. `temperature_c` where the chain is cold.
    """

    note_id: str
    line: int
    delivered_at: datetime
    place: str
    lots: tuple[LotWeight, ...]
    vehicle: str = ""
    temperature_c: Decimal | None = None
    remark: str = ""

    @property
    def net_kg(self) -> int:
        return sum(lot.net_kg for lot in self.lots)


@dataclass(frozen=True)
class Part:
    """So many kilograms of a grade (its code), taken at a deduction or turned away."""

    kg: int
    outcome: Outcome = Outcome.ACCEPTED
    grade: str = ""
    deduction_vnd: int = 0
    reason: str = ""
