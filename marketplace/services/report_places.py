"""Where what is reported on lies: in today's communes, those of the day, or former ones."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.domain.errors import N_
from marketplace.domain.reports import Said, Value
from marketplace.domain.words import OrganisationState
from marketplace.domain.words_board import Communes
from marketplace.services.boundaries import Boundaries
from marketplace.services.figures import unit_names
from marketplace.services.report_scopes import ReportScope
from models.organisations import Organisation

_UNKNOWN = N_("%(commune)s, chưa rõ xã cũ")
_ONLY_NAMED = N_(
    "Địa bàn là xã trước khi sắp xếp: chỉ gồm tổ chức, chuỗi, vùng trồng có ghi xã này. "
    "%(n)s tổ chức của xã nay chưa ghi xã cũ nên không nằm trong biểu."
)


class Places:
    """The commune in which a record is shown, by the view of a report."""

    def __init__(self, session: Session, scope: ReportScope) -> None:
        self._session = session
        self._view, self._on = scope.communes, scope.on
        self._boundaries = Boundaries(session)

    def of(self, unit: int, named: int | None) -> int:
        """The commune of what lies in a unit and names another as its former one."""
        old, today = named or unit, self._boundaries.unit_on(unit, date.max)
        if self._view is Communes.TODAY:
            return today
        if self._view is Communes.FORMER:
            return old
        return old if self._boundaries.unit_on(old, self._on) == old else today

    def names(self, units: set[int]) -> dict[int, Value]:
        """What each is called, by name; of some only today's commune is known."""
        names = unit_names(self._session, units)
        ordered = sorted(names, key=lambda unit: (names[unit], unit))
        return {unit: self._name(unit, names[unit]) for unit in ordered}

    def _name(self, unit: int, name: str) -> Value:
        """A commune that did not exist yet stands for one of those that went into it."""
        began = self._boundaries.began(unit)
        if began is None or self._view is Communes.TODAY:
            return name
        day = began - timedelta(days=1) if self._view is Communes.FORMER else self._on
        return Said(_UNKNOWN, {"commune": name}) if day < began else name


def former_notes(session: Session, scope: ReportScope) -> list[Said]:
    """What a report on a former commune leaves out; nothing for other areas."""
    if scope.former is None:
        return []
    silent = session.scalar(
        select(func.count())
        .select_from(Organisation)
        .where(
            Organisation.unit_id.in_(scope.units - {scope.former}),
            Organisation.declared_unit_id.is_(None),
            Organisation.state == OrganisationState.VERIFIED,
        )
    )
    return [Said(_ONLY_NAMED, {"n": silent or 0})]
