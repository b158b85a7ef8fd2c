"""The authority's reports as plain rows: what a page shows and a file carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from marketplace.domain.errors import N_
from marketplace.domain.report_periods import ReportPeriod
from marketplace.domain.words import Market, OrganisationKind
from marketplace.domain.words_board import Communes

# What the numbers of a form mean; it changes when a definition here does.
DEFINITIONS = "2026-1"
TOTAL = N_("Tổng số")


class ReportForm(StrEnum):
    """The forms of the province, by the letter that people call them."""

    CHAINS = "a"
    LINKAGE = "b"
    CODES = "c"
    CONSUMPTION = "d"
    COOPERATIVES = "e"


class FileKind(StrEnum):
    """As what a report leaves the market: to reckon with, or to print."""

    EXCEL = "xlsx"
    PDF = "pdf"


class ReportGroup(StrEnum):
    """The rows of Form A, in the order of the form."""

    VEGETABLE = "vegetable"
    FRUIT = "fruit"
    COFFEE = "coffee"
    TEA = "tea"
    RICE = "rice"
    PORK = "pork"
    CHICKEN = "chicken"
    HONEY = "honey"
    AQUACULTURE = "aquaculture"
    SMOKED_MEAT = "smoked_meat"
    PROCESSED = "processed"
    OTHER = "other"


class SizeUnit(StrEnum):
    """In what the size of a chain is told."""

    HECTARES = "ha"
    HEAD = "head"
    HIVES = "hives"
    CAGES = "cages"


class Outlet(StrEnum):
    """Where the goods of a contract go."""

    DOMESTIC = "domestic"
    EXPORT = "export"
    PROCESSING = "processing"


_UNITS = {
    ReportGroup.PORK: SizeUnit.HEAD,
    ReportGroup.SMOKED_MEAT: SizeUnit.HEAD,
    ReportGroup.CHICKEN: SizeUnit.HEAD,
    ReportGroup.HONEY: SizeUnit.HIVES,
    ReportGroup.AQUACULTURE: SizeUnit.CAGES,
}


def group_of(code: str) -> ReportGroup:
    """The row of Form A under which a product group is counted."""
    return ReportGroup(code) if code in set(ReportGroup) else ReportGroup.OTHER


def size_unit(group: ReportGroup) -> SizeUnit:
    """Hectares for what grows on land."""
    return _UNITS.get(group, SizeUnit.HECTARES)


def outlet_of(buyer: OrganisationKind, market: Market | None) -> Outlet:
    """A processor processes, whatever market it sells to later; else the market says.

    Without an offer there is no market, and an exporter exports.
    """
    if buyer is OrganisationKind.PROCESSOR:
        return Outlet.PROCESSING
    if market is None:
        exports = buyer is OrganisationKind.EXPORTER
        return Outlet.EXPORT if exports else Outlet.DOMESTIC
    return Outlet.DOMESTIC if market is Market.DOMESTIC else Outlet.EXPORT


def adds_up(parts: int, whole: int) -> bool:
    """Whether the sum of the parts is the whole within 1 %."""
    return abs(parts - whole) * 100 <= whole


@dataclass(frozen=True)
class Named:
    """A name that reference data carry in both languages."""

    name_vi: str
    name_en: str


@dataclass(frozen=True)
class Said:
    """A sentence to be translated, with what stands in it."""

    message: str
    params: Mapping[str, object] = field(default_factory=dict)


Value = (
    str
    | int
    | Decimal
    | date
    | StrEnum
    | Named
    | Said
    | Sequence[Said]
    | Sequence[StrEnum]
    | None
)


@dataclass(frozen=True)
class Heading:
    """A column: its heading, and the width in letters."""

    title: str
    width: int = 12


@dataclass(frozen=True)
class Table:
    """A sheet of a report."""

    title: str
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Value]]
    total: Sequence[Value] = ()


@dataclass(frozen=True)
class ReportHead:
    """Over every report: who reports on which area, period and day.

    `version` names the definitions by which it was counted, `communes` in which
    boundaries places are told.
    """

    unit: str
    area: str
    period: ReportPeriod
    first: date
    last: date
    on: date
    version: str
    communes: Communes = Communes.TODAY


@dataclass(frozen=True)
class Report:
    """A form, computed once: the first table is the form, the others its details.

    With a period to compare with, `against`, the comparison is the second table.
    """

    form: ReportForm
    head: ReportHead
    tables: Sequence[Table]
    notes: Sequence[Said] = ()
    against: ReportHead | None = None
