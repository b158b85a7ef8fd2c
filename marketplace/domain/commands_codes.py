"""What an organisation tells of its trade items, in values that are read already."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.domain.words_codes import BoxComplaint, PackLevel


@dataclass(frozen=True)
class SaveTradeItem:
    """A product in a packaging; `net_g` is its net weight in grams."""

    product_code: str
    name_vi: str
    net_g: int
    level: PackLevel
    name_en: str = ""
    brand: str = ""
    grade_rank: int | None = None
    gtin: str = ""


@dataclass(frozen=True)
class ReportBox:
    """What somebody says is wrong with a box; `contact` may be empty."""

    complaint: BoxComplaint
    text: str
    contact: str = ""
