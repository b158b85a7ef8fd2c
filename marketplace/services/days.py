"""The day it is in Viet Nam at a moment."""

from __future__ import annotations

from datetime import date, datetime

from marketplace.services.clockwork import HOME

OLDEST = 2000  # the year before which nobody here told of gardens and lots


def day_of(moment: datetime) -> date:
    """The calendar day of an aware instant in Asia/Ho_Chi_Minh."""
    return moment.astimezone(HOME).date()
