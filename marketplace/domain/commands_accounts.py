"""Money as one side records it, in values that are read already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from marketplace.domain.words_delivery import EntryKind, EntryMethod


@dataclass(frozen=True)
class RecordEntry:
    """Money paid, inputs supplied, or a penalty asked, in đồng and on a day.

    `text` says what inputs, or what for a penalty; `reference` is the transfer's,
    `line` the planned delivery for which a penalty is asked, where it is for one.
    """

    kind: EntryKind
    amount_vnd: int
    on: date
    method: EntryMethod | None = None
    reference: str = ""
    text: str = ""
    line: int | None = None


@dataclass(frozen=True)
class RecordInvoice:
    """An invoice as it was issued elsewhere: symbol, number, day, and sum."""

    symbol: str
    number: str
    issued_on: date
    amount_vnd: int
