"""For whom, which area and which period a report is made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.report_periods import (
    ReportDays,
    ReportPeriod,
    days_of,
    month_of,
    period_before,
    read_period,
    year_before,
)
from marketplace.domain.reports import ReportHead
from marketplace.domain.words_board import Communes
from marketplace.services.report_areas import ReportArea, choose_area
from marketplace.services.rules import rule
from models.organisations import Organisation

FIRST_YEAR = 2020  # the first whole year under the rule of reporting periods
# What a report is compared with, as addresses carry it; else the code of a period.
PERIOD_BEFORE, YEAR_BEFORE = "ky-truoc", "nam-truoc"


@dataclass(frozen=True)
class ReportScope:
    """What a report counts: whose units, which days, and as of when.

    `units` are all communes, old and new. `on` is the last day, or today while
    the period still runs. Of a former commune they are it and what it went into,
    and what is counted must name it: see `holds`.
    """

    units: frozenset[int]
    area: ReportArea
    reporter: str
    period: ReportPeriod
    days: ReportDays
    on: date
    communes: Communes = Communes.TODAY

    @property
    def former(self) -> int | None:
        """The unit of the commune that the report is on, if it exists no longer."""
        return self.area.former

    def holds(self, unit: int, named: int | None) -> bool:
        """Whether what lies in one of the units is of the area.

        `named` is the former commune that it names.
        """
        return self.former in (None, named or unit)

    def seats(self, one: Organisation) -> bool:
        """Whether an organisation of one of the units is of the area."""
        return self.holds(one.unit_id, one.declared_unit_id)

    @property
    def before(self) -> date:
        """The last day before the period."""
        return self.days.first - timedelta(days=1)

    def head(self, version: str) -> ReportHead:
        """What stands over the report."""
        first, last = self.days.first, self.days.last
        area = self.area.name
        return ReportHead(
            self.reporter,
            area,
            self.period,
            first,
            last,
            self.on,
            version,
            self.communes,
        )


def scope_report(
    session: Session,
    who: Actor,
    period: str,
    area: str,
    *,
    today: date,
    communes: Communes = Communes.TODAY,
) -> ReportScope:
    """What an officer may report on; an unknown area or period gives the usual one."""
    asked = _period(session, period, today)
    days = period_days(session, asked)
    chosen, units = choose_area(session, who, area, today=today, former=True)
    return ReportScope(
        units=units,
        area=chosen,
        reporter=session.get_one(Organisation, who.organisation_id).name,
        period=asked,
        days=days,
        on=min(days.last, today),
        communes=communes,
    )


def scope_before(
    session: Session, scope: ReportScope, asked: str, *, today: date
) -> ReportScope | None:
    """The same area in the period to compare with; None if there is none to."""
    other = _other_period(scope.period, asked)
    if other is None or other == scope.period or other.year < FIRST_YEAR:
        return None
    days = period_days(session, other)
    if days.first > today:
        return None
    return replace(scope, period=other, days=days, on=min(days.last, today))


def _other_period(period: ReportPeriod, asked: str) -> ReportPeriod | None:
    if asked == PERIOD_BEFORE:
        return period_before(period)
    return year_before(period) if asked == YEAR_BEFORE else read_period(asked)


def place_of(session: Session, who: Actor) -> str:
    """Where the officer's authority has its seat; it stands over what it issues."""
    return session.get_one(Organisation, who.organisation_id).unit.name


def _period(session: Session, code: str, today: date) -> ReportPeriod:
    """The period asked for if it has begun; else the last month that is over."""
    asked = read_period(code)
    begun = asked and FIRST_YEAR <= asked.year <= today.year + 1
    if asked and begun and period_days(session, asked).first <= today:
        return asked
    first_day = _first_day(session, today)
    running = days_of(month_of(today, first_day), first_day)
    return month_of(running.first - timedelta(days=1), first_day)


def period_days(session: Session, period: ReportPeriod) -> ReportDays:
    """By the rule that is in force when the last month of the period begins."""
    on = date(period.year, period.last_month, 1)
    return days_of(period, _first_day(session, on))


def _first_day(session: Session, on: date) -> int:
    return int(rule(session, "report.periods", on)["first_day"])
