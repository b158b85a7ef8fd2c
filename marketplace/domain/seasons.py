"""Seasons: when what ripens, and which of them a contract covers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from marketplace.domain.errors import N_
from marketplace.domain.findings import Finding
from marketplace.domain.windows import Window, month_length
from marketplace.domain.words import SeasonClass, Severity

_SEASON_CODE = re.compile(r"([A-Z][A-Z0-9_]*)-([0-9]{4})-([A-Z_]+)")


@dataclass(frozen=True)
class HarvestMonths:
    """When a product (or one variety of it) ripens; a row of reference data.

    `first_month` after `last_month` means that the season crosses New Year.
    """

    product_code: str
    variety_code: str | None
    season_class: SeasonClass
    first_month: int
    last_month: int

    def window(self, year: int) -> Window:
        """The season that begins in this year."""
        end_year = year + (self.first_month > self.last_month)
        last_day = month_length(end_year, self.last_month)
        return Window(
            date(year, self.first_month, 1), date(end_year, self.last_month, last_day)
        )

    def season_code(self, year: int) -> str:
        return season_code(self.product_code, year, self.season_class)


def season_code(product_code: str, year: int, season_class: SeasonClass) -> str:
    """`LONGAN-2026-MAIN`; the year is the one in which the harvest begins."""
    return f"{product_code.upper()}-{year:04d}-{season_class.name}"


def parse_season_code(code: str) -> tuple[str, int, SeasonClass]:
    """Product code, year and class; ValueError if it is no season code."""
    match = _SEASON_CODE.fullmatch(code)
    if match is None or match[3] not in SeasonClass.__members__:
        raise ValueError(code)
    return match[1].lower(), int(match[2]), SeasonClass[match[3]]


def find_season(
    rows: Iterable[HarvestMonths],
    product_code: str,
    variety_code: str | None,
    window: Window,
) -> tuple[HarvestMonths, int] | None:
    """The season that shares most days with the window, and its year.

    Rows of the variety go before those of the whole product; without a
    shared day there is none.
    """
    best: tuple[int, HarvestMonths, int] | None = None
    for row in rows_for(rows, product_code, variety_code):
        for year in range(window.first.year - 1, window.last.year + 1):
            shared = row.window(year).overlap_days(window)
            if shared and (best is None or shared > best[0]):
                best = shared, row, year
    return best and best[1:]


def check_window(
    window: Window, *, most_days: int = 120, field: str | None = None
) -> list[Finding]:
    """SP-01: a harvest lasts at most `most_days`."""
    if window.days <= most_days:
        return []
    message = N_("Thời gian thu hoạch dài nhất %(most)s ngày")
    params = {"most": most_days}
    return [Finding("SP-01", Severity.ERROR, message, params, field)]


def check_months(
    rows: Iterable[HarvestMonths],
    product_code: str,
    variety_code: str | None,
    window: Window,
    *,
    slack_days: int = 30,
    field: str | None = None,
) -> list[Finding]:
    """SP-02: the window should lie in a known season, give or take the slack."""
    candidates = rows_for(rows, product_code, variety_code)
    for row in candidates:
        for year in range(window.first.year - 1, window.last.year + 2):
            if row.window(year).widened(slack_days).covers(window):
                return []
    if not candidates:
        return []
    months = ", ".join(f"{row.first_month}–{row.last_month}" for row in candidates)
    message = N_("Thường thu hoạch vào tháng %(months)s. Xem lại thời gian")
    return [Finding("SP-02", Severity.WARNING, message, {"months": months}, field)]


def covered_seasons(
    intervals: Iterable[tuple[date, date]],
    seasons: Iterable[tuple[str, Window]],
    *,
    slack_days: int = 30,
) -> frozenset[str]:
    """Codes of the seasons that half-open intervals cover from end to end.

    Intervals that touch are one. A contract signed up to `slack_days` into a
    season still covers it; its end must not come before the season's.
    """
    joined = _joined(intervals)
    slack = timedelta(days=slack_days)
    return frozenset(
        code
        for code, window in seasons
        if any(
            first <= window.first + slack and first <= window.last < until
            for first, until in joined
        )
    )


def rows_for(
    rows: Iterable[HarvestMonths], product_code: str, variety_code: str | None
) -> list[HarvestMonths]:
    """Rows of the variety if there are any, else those of the product."""
    of_product = [row for row in rows if row.product_code == product_code]
    exact = [row for row in of_product if row.variety_code == variety_code]
    if variety_code is None:
        return exact or of_product
    return exact or [row for row in of_product if row.variety_code is None]


def _joined(intervals: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    joined: list[tuple[date, date]] = []
    for first, until in sorted(intervals):
        if joined and first <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(until, joined[-1][1])
        else:
            joined.append((first, until))
    return joined
