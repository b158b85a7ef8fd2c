"""The day it is in Viet Nam at a moment."""

from __future__ import annotations

from datetime import date, datetime

from marketplace.services.clockwork import HOME


def day_of(moment: datetime) -> date:
    """The calendar day of an aware instant in Asia/Ho_Chi_Minh."""
    return moment.astimezone(HOME).date()
