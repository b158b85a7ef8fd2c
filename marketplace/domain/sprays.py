"""When fruit may be picked after a treatment (pre-harvest interval, cách ly)."""

from __future__ import annotations

from datetime import date, timedelta


def too_early(
    picked_on: date, sprayed_on: date, interval_days: int, *, after_picking: bool
) -> bool:
    """Whether fruit of that day was picked within the interval of a treatment.

    A diary knows days, not hours: a treatment of the very day counts as sprayed
    before the picking, unless it was said to have come after it.
    """
    if after_picking and picked_on == sprayed_on:
        return False
    return sprayed_on <= picked_on < sprayed_on + timedelta(days=interval_days)
