"""Sheets of labels: how large a label is and how many go on a sheet, in millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class LabelFormat(StrEnum):
    """What is printed."""

    STICKERS_24 = "stickers_24"
    STICKERS_10 = "stickers_10"
    BOX = "box"
    PALLET = "pallet"


@dataclass(frozen=True)
class Sheet:
    """A page of `columns` by `rows` labels, without gaps, in the middle of the paper."""

    paper: tuple[float, float]
    label: tuple[float, float]
    columns: int
    rows: int

    @property
    def labels(self) -> int:
        """How many go on a sheet."""
        return self.columns * self.rows


A4 = (210.0, 297.0)
SHEETS = {
    LabelFormat.STICKERS_24: Sheet(A4, (70.0, 37.0), 3, 8),
    LabelFormat.STICKERS_10: Sheet(A4, (105.0, 57.0), 2, 5),
    LabelFormat.BOX: Sheet((100.0, 150.0), (100.0, 150.0), 1, 1),
    LabelFormat.PALLET: Sheet((148.0, 210.0), (148.0, 210.0), 1, 1),
}
MOST_LABELS = 480
