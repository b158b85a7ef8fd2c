"""What must hold of plots: codes and households of their own, once in each file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.services.violations import Question, Violation, asked_alike
from models.households import Household
from models.papers import GrowingArea, GrowingAreaCode
from models.plots import Plot, PlotCode, PlotImport


@asked_alike
def _codes_are_of_the_area() -> Iterator[Question]:
    yield (
        "a plot is covered by codes of its own growing area",
        select(Plot.public_id, GrowingAreaCode.public_id)
        .join(PlotCode, PlotCode.plot_id == Plot.id)
        .join(GrowingAreaCode, GrowingAreaCode.id == PlotCode.code_id)
        .where(GrowingAreaCode.area_id != Plot.area_id),
    )


@asked_alike
def _households_are_of_the_holder() -> Iterator[Question]:
    yield (
        "a plot belongs to a household of its cooperative",
        select(Plot.public_id, Household.id)
        .join(Household, Household.id == Plot.household_id)
        .join(GrowingArea, GrowingArea.id == Plot.area_id)
        .where(Household.organisation_id != GrowingArea.organisation_id),
    )


@asked_alike
def _nothing_covers_an_ended_plot() -> Iterator[Question]:
    yield (
        "no code covers a plot that has ended",
        select(Plot.public_id, PlotCode.id)
        .join(PlotCode, PlotCode.plot_id == Plot.id)
        .where(Plot.ended_on.is_not(None), PlotCode.until.is_(None)),
    )


@asked_alike
def _plots_of_a_file_are_of_its_area() -> Iterator[Question]:
    yield (
        "plots of a file are in the growing area it was read for, and it is stored",
        select(Plot.public_id, PlotImport.public_id)
        .join(PlotImport, PlotImport.id == Plot.import_id)
        .where(
            (PlotImport.area_id != Plot.area_id)
            | PlotImport.stored_at.is_(None)
            | PlotImport.undone_at.is_not(None)
        ),
    )


CHECKS_OF_PLOTS: tuple[Callable[[Session], Iterator[Violation]], ...] = (
    _codes_are_of_the_area,
    _households_are_of_the_holder,
    _nothing_covers_an_ended_plot,
    _plots_of_a_file_are_of_its_area,
)
