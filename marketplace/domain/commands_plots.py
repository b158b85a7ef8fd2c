"""What an organisation writes down of its plots."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from marketplace.domain.plots import Shape
from marketplace.domain.words_plots import PlotSource


@dataclass(frozen=True)
class SavePlot:
    """A plot of a growing area; `household` and `codes` are public ids."""

    name: str
    shape: Shape
    declared_ha: Decimal | None = None
    household: str = ""
    codes: tuple[str, ...] = ()
    source: PlotSource = PlotSource.TYPED


@dataclass(frozen=True)
class DescribePlot:
    """What may change of a plot without drawing it anew."""

    name: str
    declared_ha: Decimal | None = None
    household: str = ""
    codes: tuple[str, ...] = ()
