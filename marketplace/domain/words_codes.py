"""The words of codes on boxes, and of what people report about a box."""

from __future__ import annotations

from enum import StrEnum


class PackLevel(StrEnum):
    """What a trade item's number stands on."""

    UNIT = "unit"  # what a consumer buys
    CASE = "case"
    PALLET = "pallet"


class BoxComplaint(StrEnum):
    """What is wrong with a box, as somebody who holds it says."""

    OTHER_GOODS = "other_goods"
    COPIED_LABEL = "copied_label"
    SPOILED = "spoiled"
    SHORT_WEIGHT = "short_weight"
    MADE_ILL = "made_ill"
    SOMETHING_ELSE = "something_else"
