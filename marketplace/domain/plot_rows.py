"""Plots of a file before they are stored: what each row says, by any usual name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.domain.errors import N_
from marketplace.domain.plots import Shape, shape_of
from marketplace.domain.text import fold

MOST_PLOTS = 500
NO_POLYGON = N_("Không phải hình vùng (Polygon)")

# What the columns of files are called, folded and without signs.
NAMES: Mapping[str, frozenset[str]] = {
    "name": frozenset({"ten", "ten thua", "so thua", "thua", "name", "plot", "id"}),
    "household": frozenset({"ho", "ho trong", "chu ho", "ma ho", "household", "owner"}),
    "declared": frozenset(
        {
            "dien tich", "dien tich khai", "dien tich ha", "dien tich khai ha", "ha",
            "area", "area ha", "declared", "declared ha",
        }
    ),
    "shape": frozenset({"wkt", "hinh", "ranh", "geometry", "geom", "the geom"}),
    "latitude": frozenset({"vi do", "lat", "latitude", "y"}),
    "longitude": frozenset({"kinh do", "lon", "lng", "long", "longitude", "x"}),
}  # fmt: skip


@dataclass(frozen=True)
class FilePlot:
    """One plot of a file as it is written there; `fault` says why it is none."""

    name: str
    shape: Shape | None = None
    declared: str = ""
    household: str = ""
    fault: str = ""


def column_of(heading: str) -> str:
    """Which column a heading names, the empty text if none of ours."""
    plain = re.sub(r"[^a-z0-9]+", " ", fold(heading)).strip()
    return next((key for key, names in NAMES.items() if plain in names), "")


def plots_named(
    words: Mapping[str, str], shapes: Iterable[Shape | None], fault: str = ""
) -> list[FilePlot]:
    """The plots of one feature: a number behind the name where it has several."""
    parts = list(shapes)
    known = {column_of(key): value.strip() for key, value in words.items() if value}
    name = known.get("name", "")
    return [
        FilePlot(
            name=f"{name} ({number})" if len(parts) > 1 and name else name,
            shape=shape,
            declared=known.get("declared", "") if len(parts) == 1 else "",
            household=known.get("household", ""),
            fault=fault,
        )
        for number, shape in enumerate(parts, start=1)
    ]


def stored(row: FilePlot) -> dict[str, Any]:
    """A row as it waits in the database until it is looked at."""
    return {
        "name": row.name,
        "declared": row.declared,
        "household": row.household,
        "fault": row.fault,
        "rings": [list(map(list, ring)) for ring in row.shape.rings]
        if row.shape
        else None,
    }


def read_stored(row: Mapping[str, Any]) -> FilePlot:
    """The row again."""
    return FilePlot(
        name=row["name"],
        shape=shape_of(row["rings"]) if row["rings"] else None,
        declared=row["declared"],
        household=row["household"],
        fault=row["fault"],
    )
