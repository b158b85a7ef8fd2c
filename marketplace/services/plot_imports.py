"""Plots out of a file: looked at row by row, stored all or none, undone as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_plots import SavePlot
from marketplace.domain.errors import N_, Conflict, NotFound, Refused
from marketplace.domain.plot_rows import read_stored, stored
from marketplace.domain.words_plots import OverlapState, PlotSource
from marketplace.services.areas import access_area
from marketplace.services.plot_checks import plot_limits
from marketplace.services.plot_files import read_plots
from marketplace.services.plot_import_checks import CheckedPlot, RowChecks
from marketplace.services.plots import store_plot
from models.papers import GrowingArea
from models.plots import Plot, PlotCode, PlotImport, PlotOverlap


def read_file(
    session: Session,
    who: Actor,
    area_id: str,
    data: bytes,
    file_name: str,
    *,
    now: datetime,
) -> PlotImport:
    """Keep what a file says about an own growing area, to be looked at first.

    What was read before and never stored makes room for it.
    """
    area = access_area(session, who, area_id, "write")
    kind, rows = read_plots(data)
    session.execute(
        delete(PlotImport).where(
            PlotImport.area_id == area.id, PlotImport.stored_at.is_(None)
        )
    )
    found = PlotImport(
        area_id=area.id,
        file_name=file_name[:200] or "–",
        format=kind,
        rows=[stored(row) for row in rows],
        by_user_id=who.user_id,
        at=now,
    )
    session.add(found)
    session.flush()  # its page has an address
    return found


def access_import(session: Session, who: Actor, public_id: str) -> PlotImport:
    """An import into a growing area of the actor's own organisation."""
    found = session.scalars(
        select(PlotImport).where(PlotImport.public_id == public_id)
    ).first()
    if found is None or found.area.organisation_id != who.organisation_id:
        raise NotFound
    return found


def list_imports(session: Session, area: GrowingArea) -> list[PlotImport]:
    """What was imported into a growing area and not undone, the latest first."""
    return list(
        session.scalars(
            select(PlotImport)
            .where(
                PlotImport.area_id == area.id,
                PlotImport.stored_at.is_not(None),
                PlotImport.undone_at.is_(None),
            )
            .order_by(PlotImport.id.desc())
        )
    )


def check_import(
    session: Session, who: Actor, found: PlotImport, *, today: date
) -> list[CheckedPlot]:
    """Every row with all that is wrong or odd about it; nothing is stored."""
    rows = [read_stored(row) for row in found.rows]
    checks = RowChecks(session, who, found.area, plot_limits(session, today))
    return [checks.check(number, row) for number, row in enumerate(rows, start=1)]


def swap_import(session: Session, who: Actor, public_id: str) -> None:
    """Exchange latitude and longitude in every row."""
    found = _open(session, who, public_id)
    rows = [read_stored(row) for row in found.rows]
    found.rows = [
        stored(replace(row, shape=row.shape.swapped() if row.shape else None))
        for row in rows
    ]


def store_import(
    session: Session,
    who: Actor,
    public_id: str,
    *,
    today: date,
    now: datetime,
) -> int:
    """Write down every plot of the file; returns how many. Refused if one is faulty."""
    found = _open(session, who, public_id)
    rows = check_import(session, who, found, today=today)
    if any(row.faulty for row in rows):
        raise Refused(
            N_("Sửa hết các dòng sai trong tệp rồi nhập, không nhập một phần")
        )
    for row in rows:
        assert row.measured is not None
        plot = Plot(
            area_id=found.area_id, source=PlotSource.IMPORTED, import_id=found.id
        )
        command = SavePlot(
            name=row.name,
            shape=row.measured.shape,
            declared_ha=row.declared_ha,
            household=row.household.public_id if row.household else "",
        )
        store_plot(session, who, plot, row.measured, command, today=today)
    found.stored_at = now
    return len(rows)


def undo_import(session: Session, who: Actor, public_id: str, *, now: datetime) -> int:
    """Take back every plot of a file; returns how many.

    Refused once something hangs on one of them: a code, another outline, an end, or
    an overlap that an officer looked into.
    """
    found = access_import(session, who, public_id)
    if found.stored_at is None or found.undone_at is not None:
        raise Conflict(N_("Lần nhập này không còn gì để bỏ"))
    plots = list(session.scalars(select(Plot).where(Plot.import_id == found.id)))
    ids = [plot.id for plot in plots]
    if _something_hangs_on(session, plots):
        raise Refused(
            N_(
                "Có thửa đã gắn mã, vẽ lại, thôi dùng hoặc đang được xem xét, không bỏ được"
            )
        )
    session.execute(
        delete(PlotOverlap).where(
            PlotOverlap.first_id.in_(ids) | PlotOverlap.second_id.in_(ids)
        )
    )
    session.execute(delete(Plot).where(Plot.id.in_(ids)))
    found.undone_at, found.undone_by_id = now, who.user_id
    return len(ids)


def _something_hangs_on(session: Session, plots: Sequence[Plot]) -> bool:
    ids = [plot.id for plot in plots]
    looked_at = select(PlotOverlap.id).where(
        PlotOverlap.first_id.in_(ids) | PlotOverlap.second_id.in_(ids),
        PlotOverlap.state != OverlapState.FOUND,
    )
    hanging = (
        select(PlotCode.id).where(PlotCode.plot_id.in_(ids)),
        select(Plot.id).where(Plot.replaces_id.in_(ids)),
        looked_at,
    )
    return any(plot.ended_on for plot in plots) or any(
        session.scalar(wanted.limit(1)) is not None for wanted in hanging
    )


def _open(session: Session, who: Actor, public_id: str) -> PlotImport:
    found = access_import(session, who, public_id)
    if found.stored_at is not None:
        raise Conflict(N_("Tệp này đã nhập rồi"))
    return found
