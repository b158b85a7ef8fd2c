"""A line of the spray diary, in values that are read already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date


@dataclass(frozen=True)
class WriteSpray:
    """What was sprayed on a day; `interval_days` is that of the label.

    `spray_id` is drawn by whoever writes, so that the same line sent twice is one.
    `after_picking` tells the order on a day on which the garden was picked too.
    """

    spray_id: str
    sprayed_on: date
    product: str
    interval_days: int
    substance: str = ""
    dose: str = ""
    against: str = ""
    plot_id: int | None = None
    after_picking: bool | None = None

    def content(self) -> Mapping[str, object]:
        """The line as plain values; an order that was not told is left out."""
        told = asdict(self)
        if self.after_picking is None:
            del told["after_picking"]
        return told
