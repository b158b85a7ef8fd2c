"""What of a planned delivery falls free again, and when.

Goods that nobody handed over go back to both: the harvest has them to sell, the
buyer's tranche needs them. Goods that were handed over and turned away for good
were picked; only the buyer's need goes back. Nothing goes back twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from marketplace.domain.deliveries import Delivery, DeliveryState


@dataclass(frozen=True)
class Balance:
    """The kilograms of one planned delivery, each counted once.

    `noted_kg` is all that any valid note weighed, `rejected_kg` what of it the
    inspections turned away and nobody may dispute any more.
    """

    kg: int
    noted_kg: int = 0
    rejected_kg: int = 0
    released_kg: int = 0
    refused_kg: int = 0

    @property
    def missing_kg(self) -> int:
        """Promised, not handed over, and not given back yet."""
        return max(0, self.kg - self.released_kg - self.noted_kg)

    @property
    def unmet_kg(self) -> int:
        """Handed over and turned away, beyond what was brought on top of the promise,
        and not given back yet."""
        on_top = max(0, self.noted_kg - (self.kg - self.released_kg))
        return max(0, self.rejected_kg - on_top - self.refused_kg)


def is_over(
    delivery: Delivery, last_day: date, today: date, *, grace_days: int
) -> bool:
    """Whether nobody expects this delivery any more.

    It was cancelled, or every day on which it might still come is over: the last
    one of its window, the agreed one, and one that is asked for.
    """
    if delivery.state is DeliveryState.CANCELLED:
        return True
    days = (last_day, delivery.day, delivery.proposed_day or last_day)
    return max(days) + timedelta(days=grace_days) < today
