"""Words of plots (thửa): how an outline came here, and what became of an overlap."""

from __future__ import annotations

from enum import StrEnum


class PlotSource(StrEnum):
    """How the corners of a plot were found."""

    TYPED = "typed"
    DRAWN = "drawn"
    WALKED = "walked"
    IMPORTED = "imported"


class PlotFormat(StrEnum):
    """Files of plots that are read and written."""

    GEOJSON = "geojson"
    KML = "kml"
    CSV = "csv"


class OverlapState(StrEnum):
    """Of an overlap: found by the machine, looked into, settled by an officer."""

    FOUND = "found"
    LOOKING = "looking"
    SETTLED = "settled"
