"""All plots of an organisation as one file, for its people and its officers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, NotFound
from marketplace.domain.words_plots import PlotFormat
from marketplace.services.organisations import access_organisation, oversees
from marketplace.services.plot_exports import TYPES, export_plots
from marketplace.services.plots import list_plots
from marketplace.services.spreadsheet_reports import Cell, Column, write_report
from marketplace.services.spreadsheets import XLSX
from models.organisations import Organisation
from models.papers import GrowingArea
from models.plots import Plot

Said = Callable[[str], str]


class LandFile(StrEnum):
    """The files that all plots of an organisation come as."""

    GEOJSON = "geojson"
    KML = "kml"
    XLSX = "xlsx"


COLUMNS = (
    (N_("Vườn"), 24),
    (N_("Xã"), 20),
    (N_("Thửa"), 18),
    (N_("Hộ"), 22),
    (N_("Diện tích khai (ha)"), 14),
    (N_("Diện tích đo (ha)"), 14),
    (N_("Mã số vùng trồng"), 30),
    (N_("Vẽ ngày"), 12),
    (N_("Kinh độ giữa thửa"), 14),
    (N_("Vĩ độ giữa thửa"), 14),
)


def land_file(
    session: Session, who: Actor, public_id: str, kind: LandFile, said: Said
) -> tuple[bytes, str]:
    """The file and its media type; `said` gives headings in the reader's language.

    NotFound for whoever is neither of the organisation nor an officer of its place.
    Officers do not get the names of households: those are for their own cooperative.
    """
    owner = access_organisation(session, who, public_id)
    own = owner.id == who.organisation_id
    if not own and not oversees(who, owner):
        raise NotFound
    plots = _plots(session, owner)
    if kind is LandFile.XLSX:
        return _book(owner, plots, said, households=own), XLSX
    chosen = PlotFormat(kind.value)
    return export_plots(plots, chosen, households=own), TYPES[chosen]


def _plots(session: Session, owner: Organisation) -> list[Plot]:
    areas = session.scalars(
        select(GrowingArea)
        .where(GrowingArea.organisation_id == owner.id)
        .order_by(GrowingArea.name, GrowingArea.id)
    ).all()
    order = {area.id: place for place, area in enumerate(areas)}
    return sorted(list_plots(session, areas), key=lambda one: order[one.area_id])


def _book(
    owner: Organisation, plots: Sequence[Plot], said: Said, *, households: bool
) -> bytes:
    rows = [_row(one, households) for one in plots]
    return write_report(
        said(N_("Thửa đất đã vẽ")),
        [owner.name],
        [Column(said(heading), width) for heading, width in COLUMNS],
        rows,
    )


def _row(plot: Plot, households: bool) -> list[Cell]:
    codes = [one.code.code for one in plot.codes if one.until is None]
    return [
        plot.area.name,
        plot.area.unit.name,
        plot.name,
        plot.household.name if households and plot.household else "",
        plot.declared_ha,
        plot.measured_ha,
        ", ".join(codes),
        plot.since,
        f"{(plot.west + plot.east) / 2:.6f}",
        f"{(plot.south + plot.north) / 2:.6f}",
    ]
