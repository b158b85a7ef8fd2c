"""Days relative to today: whatever the season, something lies ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from marketplace.domain.seasons import HarvestMonths
from marketplace.domain.windows import Window
from marketplace.domain.words import SeasonClass

_MONTHS = {
    "longan": (7, 8),
    "mango": (5, 8),
    "pomelo": (8, 12),
    "cassava": (10, 3),
    "maize": (8, 10),
}
_EARLY_AND_LATE = {"t6": (4, 6), "chin_muon": (8, 9), "dien": (11, 1)}
LONGEST_HARVEST = 110  # days; the limit is 120
DELIVERY_DAYS = 6
PAYMENT_DAYS = 10
CLOSING_DAYS = 30  # after the last payment a contract is settled


def days(count: int) -> timedelta:
    """So many days."""
    return timedelta(days=count)


def season_ending(product: str, after: date, variety: str = "") -> Window | None:
    """The first season whose last day is not before `after`; None: all year."""
    months = _EARLY_AND_LATE.get(variety) or _MONTHS.get(product)
    if months is None:
        return None
    row = HarvestMonths(product, None, SeasonClass.MAIN, *months)
    windows = (row.window(year) for year in range(after.year - 1, after.year + 2))
    return next(window for window in windows if window.last >= after)


def before(window: Window) -> Window:
    """The same season one year earlier; none of ours ends on 29 February."""
    first, last = window.first, window.last
    return Window(first.replace(year=first.year - 1), last.replace(year=last.year - 1))


@dataclass(frozen=True)
class Plan:
    """When a contract is made, picked and delivered."""

    made: date
    harvest: Window
    deliveries: tuple[Window, ...]

    @property
    def over(self) -> date:
        """The first day on which the contract is settled."""
        return self.deliveries[-1].last + days(PAYMENT_DAYS + CLOSING_DAYS)


def plan_season(season: Window, made: date, parts: int) -> Plan:
    """Deliveries within a season, those that are still ahead when it is made."""
    last = season.last - days(3)
    harvest = Window(max(season.first, last - days(LONGEST_HARVEST)), last)
    first = max(harvest.first + days(4), made + days(12))
    return Plan(made, harvest, tuple(split(Window(first, last), parts)))


def plan_year_round(made: date, until: date, parts: int, *, keeps: bool) -> Plan:
    """What is picked all year, or keeps for a year, is delivered by the month."""
    picked = made + days(LONGEST_HARVEST) if keeps else until
    harvest = Window(made + days(4), min(picked, until))
    return Plan(made, harvest, tuple(split(Window(made + days(12), until), parts)))


def split(window: Window, parts: int) -> list[Window]:
    """Delivery windows of a few days each, evenly over the whole."""
    room = max(window.days - DELIVERY_DAYS, parts)
    starts = [window.first + days(room * n // max(parts - 1, 1)) for n in range(parts)]
    if parts == 1:
        return [window]
    return [
        Window(start, min(start + days(DELIVERY_DAYS - 1), window.last))
        for start in starts
    ]
