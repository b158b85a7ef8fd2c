"""The seasons that a long contract binds: their days, their plans, their prices.

A contract is drawn over one season. Before anybody signs, both sides may bind the
seasons of the years that follow: the same class of season, a plan of deliveries for
each, and a stated rule for their price. A content says so under `seasons`; without
it the contract is of one season, as every content was before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from marketplace.domain.errors import N_, Refused
from marketplace.domain.formats import format_day
from marketplace.domain.renewals import PlanLine, plan_again, year_after
from marketplace.domain.seasons import (
    HarvestMonths,
    parse_season_code,
    rows_for,
    season_code,
)

A_DAY = timedelta(days=1)
A_YEAR_DAYS = 365


@dataclass(frozen=True)
class SeasonSpan:
    """A season by its code, and the days on which a contract may deliver in it."""

    code: str
    first_day: date
    last_day: date

    def holds(self, line: PlanLine) -> bool:
        return self.first_day <= line.first_day and line.last_day <= self.last_day

    @property
    def year(self) -> int:
        return parse_season_code(self.code)[1]


@dataclass(frozen=True)
class ProposeSeasons:
    """What a side sends: the words it read, how many seasons, their deliveries.

    `market` names where prices of later seasons are taken from; `keeps_price` asks
    for the price rule of the first season instead, which both have to want where it
    is a fixed price.
    """

    digest: str
    seasons: int
    lines: tuple[PlanLine, ...]
    keeps_price: bool
    market: str = ""


def later_code(code: str, years: int) -> str:
    """The code of the same season some years later."""
    product, year, class_ = parse_season_code(code)
    return season_code(product, year + years, class_)


def plan_ahead(first: Sequence[PlanLine], seasons: int) -> tuple[PlanLine, ...]:
    """The first season's plan in each year that follows, in the order of its days."""
    return tuple(
        line for years in range(1, seasons) for line in plan_again(first, years)
    )


def season_spans(
    code: str,
    first: Sequence[PlanLine],
    months: Iterable[HarvestMonths],
    variety: str | None,
    seasons: int,
    *,
    slack_days: int,
) -> tuple[SeasonSpan, ...]:
    """The days of each season, by the crop calendar and the first season's plan.

    No two seasons share a day, and the plan of the first season lies, year for year,
    within them. Refused if that plan is longer than a year.
    """
    start = min(line.first_day for line in first)
    end = max(line.last_day for line in first)
    if (end - start).days >= A_YEAR_DAYS:
        raise Refused(N_("Lịch giao của vụ đầu dài hơn một năm, không lặp lại được"))
    row = _ripening(code, months, variety)
    hulls = [
        _hull(code, start, end, row, years, slack_days) for years in range(seasons)
    ]
    return tuple(_apart(hulls, end))


def _ripening(
    code: str, months: Iterable[HarvestMonths], variety: str | None
) -> HarvestMonths | None:
    product, _, class_ = parse_season_code(code)
    rows = rows_for(months, product, variety)
    return next((row for row in rows if row.season_class is class_), None)


def _hull(
    code: str,
    start: date,
    end: date,
    row: HarvestMonths | None,
    years: int,
    slack_days: int,
) -> SeasonSpan:
    days = [year_after(start, years), year_after(end, years)]
    if row is not None:
        window = row.window(parse_season_code(code)[1] + years).widened(slack_days)
        days += [window.first, window.last]
    return SeasonSpan(later_code(code, years), min(days), max(days))


def _apart(hulls: Sequence[SeasonSpan], end: date) -> Iterator[SeasonSpan]:
    """Each begins after the plan of the one before, and ends before the next."""
    begins = [
        max(one.first_day, year_after(end, years - 1) + A_DAY)
        if years
        else one.first_day
        for years, one in enumerate(hulls)
    ]
    for years, one in enumerate(hulls):
        last = one.last_day
        if years + 1 < len(hulls):
            last = min(last, begins[years + 1] - A_DAY)
        yield replace(one, first_day=begins[years], last_day=last)


def place_lines(
    lines: Iterable[PlanLine], spans: Sequence[SeasonSpan]
) -> list[tuple[SeasonSpan, PlanLine]]:
    """Each planned delivery with its season, in the order of days.

    Refused: a delivery outside every season, or a season without any.
    """
    placed = [(_span_of(line, spans), line) for line in sorted(lines)]
    for span in spans:
        if not any(held is span for held, _ in placed):
            raise Refused(
                N_("Vụ %(year)s chưa có đợt giao nào"), "lines", year=span.year
            )
    return placed


def _span_of(line: PlanLine, spans: Sequence[SeasonSpan]) -> SeasonSpan:
    if line.first_day > line.last_day:
        raise Refused(
            N_("Ngày %(day)s: ngày cuối trước ngày đầu"),
            "lines",
            day=format_day(line.first_day, "vi"),
        )
    found = next((span for span in spans if span.holds(line)), None)
    if found is None:
        raise Refused(
            N_("Đợt giao ngày %(day)s nằm ngoài các vụ của hợp đồng"),
            "lines",
            day=format_day(line.first_day, "vi"),
        )
    return found
