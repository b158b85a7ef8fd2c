"""For whom, which area and which period a report is made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select
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
from marketplace.domain.words import AdminLevel
from marketplace.services.rules import rule
from marketplace.services.units import units_within
from models.organisations import Membership, Organisation
from models.reference import AdminUnit, AreaGroup, AreaGroupMember

FIRST_YEAR = 2020  # the first whole year under the rule of reporting periods
WHOLE = ""
# What a report is compared with, as addresses carry it; else the code of a period.
PERIOD_BEFORE, YEAR_BEFORE = "ky-truoc", "nam-truoc"


@dataclass(frozen=True)
class ReportArea:
    """A commune of today, a former district or province, or all that one oversees."""

    code: str
    name: str


@dataclass(frozen=True)
class ReportScope:
    """What a report counts: whose units, which days, and as of when.

    `units` are all communes, old and new. `on` is the last day, or today while
    the period still runs.
    """

    units: Collection[int]
    area: ReportArea
    reporter: str
    period: ReportPeriod
    days: ReportDays
    on: date

    @property
    def before(self) -> date:
        """The last day before the period."""
        return self.days.first - timedelta(days=1)

    def head(self, version: str) -> ReportHead:
        """What stands over the report."""
        first, last = self.days.first, self.days.last
        area = self.area.name
        return ReportHead(
            self.reporter, area, self.period, first, last, self.on, version
        )


def scope_report(
    session: Session, who: Actor, period: str, area: str, *, today: date
) -> ReportScope:
    """What an officer may report on; an unknown area or period gives the usual one."""
    asked = _period(session, period, today)
    days = period_days(session, asked)
    chosen, units = choose_area(session, who, area, today=today)
    return ReportScope(
        units=units,
        area=chosen,
        reporter=session.get_one(Organisation, who.organisation_id).name,
        period=asked,
        days=days,
        on=min(days.last, today),
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


def choose_area(
    session: Session, who: Actor, code: str, *, today: date
) -> tuple[ReportArea, frozenset[int]]:
    """One of the officer's areas with all its units, old and new; odd ones are all."""
    choices = list_areas(session, who, today=today)
    chosen = next((one for one in choices if one.code == code), choices[0])
    return chosen, _units(session, who, chosen)


def list_areas(session: Session, who: Actor, *, today: date) -> Sequence[ReportArea]:
    """All that the officer oversees, then its former districts and its communes."""
    members = group_units(session)
    groups = session.scalars(select(AreaGroup).order_by(AreaGroup.code)).all()
    inside = [one for one in groups if members[one.id] < who.scope_unit_ids]
    communes = session.scalars(
        select(AdminUnit)
        .where(
            AdminUnit.id.in_(who.scope_unit_ids),
            AdminUnit.level == AdminLevel.COMMUNE,
            AdminUnit.valid_to.is_(None) | (AdminUnit.valid_to > today),
        )
        .order_by(AdminUnit.name_folded, AdminUnit.id)
    )
    return [
        ReportArea(WHOLE, _name_of_whole(session, who)),
        *(ReportArea(one.code, one.name) for one in inside),
        *(ReportArea(str(unit.id), unit.name) for unit in communes),
    ]


def group_units(session: Session) -> Mapping[int, frozenset[int]]:
    """The units, old and new, of every area group, in one query."""
    found: dict[int, set[int]] = defaultdict(set)
    for group, unit in session.execute(
        select(AreaGroupMember.area_group_id, AreaGroupMember.unit_id)
    ):
        found[group].add(unit)
    return defaultdict(frozenset, {key: frozenset(one) for key, one in found.items()})


def _name_of_whole(session: Session, who: Actor) -> str:
    seat = session.scalars(
        select(Membership)
        .where(
            Membership.user_id == who.user_id,
            Membership.organisation_id == who.organisation_id,
            Membership.ended_at.is_(None),
        )
        .order_by(Membership.id)
    ).first()
    if seat is None:
        return ""
    scopes = (seat.scope_unit, seat.scope_group)
    return ", ".join(scope.name for scope in scopes if scope)


def _units(session: Session, who: Actor, area: ReportArea) -> frozenset[int]:
    if area.code == WHOLE:
        return who.scope_unit_ids
    if area.code.isdecimal():
        return units_within(session, int(area.code)) & who.scope_unit_ids
    group = session.scalars(select(AreaGroup).where(AreaGroup.code == area.code)).one()
    return group_units(session)[group.id]


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
