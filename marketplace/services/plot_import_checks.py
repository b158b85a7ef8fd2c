"""The rows of a file of plots, each with all that is wrong or odd about it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.findings import Finding
from marketplace.domain.names import clean_text
from marketplace.domain.plot_rows import FilePlot
from marketplace.domain.plots import SWAPPED, PlotLimits, check_declared
from marketplace.domain.text import fold
from marketplace.domain.typed import parse_ha
from marketplace.domain.words import Severity
from marketplace.services.households import list_households, names_of
from marketplace.services.plot_checks import (
    Measured,
    NamedShape,
    duplicate_of,
    measure,
    own_shapes,
)
from marketplace.services.plots import TAKEN, list_plots
from models.households import Household
from models.papers import GrowingArea

UNNAMED = N_("Thửa %(number)s")
LONGEST_NAME = 200


@dataclass(frozen=True)
class CheckedPlot:
    """A row of a file: what it says, what it measures, and what is wrong or odd."""

    number: int
    name: str
    row: FilePlot
    measured: Measured | None
    declared_ha: Decimal | None
    household: Household | None
    findings: tuple[Finding, ...]

    @property
    def faulty(self) -> bool:
        return any(one.forbids for one in self.findings)

    @property
    def swapped(self) -> bool:
        """Whether exchanging latitude and longitude would put it in its place."""
        return any(one.code == SWAPPED for one in self.findings)


class RowChecks:
    """Checks the rows of a file one after another; each knows those before it."""

    def __init__(
        self,
        session: Session,
        who: Actor,
        area: GrowingArea,
        limits: PlotLimits,
    ) -> None:
        self.session, self.who, self.limits = session, who, limits
        self.names = {plot.name for plot in list_plots(session, [area])}
        self.before: list[NamedShape] = []
        households = list_households(session, who)
        self.households = {one.id: one for one in households}
        self.by_name = names_of(households)

    def check(self, number: int, row: FilePlot) -> CheckedPlot:
        """What the row says, and what is the matter with each part of it."""
        found: list[Finding] = []
        name = self._name(number, row, found)
        declared = self._declared(row, found)
        household = self._household(row, found)
        measured = self._measured(row, name, found)
        if measured is not None:
            tolerance = self.limits.tolerance_pct
            found += check_declared(declared, measured.hectares, tolerance)
        return CheckedPlot(
            number, name, row, measured, declared, household, tuple(found)
        )

    def _name(self, number: int, row: FilePlot, found: list[Finding]) -> str:
        name = row.name or UNNAMED % {"number": number}
        try:
            name = clean_text(name, field="name")
        except Refused as refusal:
            found.append(_fault("name", refusal.message, refusal.params))
        if len(name) > LONGEST_NAME:
            found.append(_fault("name", N_("Viết ngắn hơn 200 chữ")))
        if name in self.names:
            found.append(_fault("name", TAKEN))
        self.names.add(name)
        return name

    def _declared(self, row: FilePlot, found: list[Finding]) -> Decimal | None:
        if not row.declared:
            return None
        try:
            area = parse_ha(row.declared, lang="vi")
            # Programs write 4.125 where people here write 4,125.
            foreign = area > self.limits.most_ha and "." in row.declared
            return parse_ha(row.declared, lang="en") if foreign else area
        except Refused as refusal:
            found.append(_fault("declared", refusal.message, refusal.params))
            return None

    def _household(self, row: FilePlot, found: list[Finding]) -> Household | None:
        if not row.household:
            return None
        ids = self.by_name.get(fold(row.household), [])
        if len(ids) != 1:
            message = N_("Không rõ hộ %(name)s. Ghi hộ này trước, hoặc ghi mã hộ")
            found.append(_fault("household", message, {"name": row.household[:60]}))
            return None
        return self.households[ids[0]]

    def _measured(
        self, row: FilePlot, name: str, found: list[Finding]
    ) -> Measured | None:
        if row.shape is None:
            found.append(_fault("corners", row.fault))
            return None
        measured = measure(row.shape, self.limits)
        if isinstance(measured, Finding):
            found.append(measured)
            return None
        here = own_shapes(self.session, self.who.organisation_id, measured.shape)
        others = [*self.before, *here]
        if twice := duplicate_of(measured.shape, others, self.limits):
            found.append(twice)
        self.before.append(NamedShape(name, measured.shape))
        return measured


def _fault(
    field: str, message: str, params: dict[str, object] | None = None
) -> Finding:
    return Finding(f"plot.{field}", Severity.ERROR, message, params or {}, field)
