"""Plots as files that other programs, and this one, read back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from markupsafe import escape

from marketplace.domain.formats import format_number
from marketplace.domain.plots import Ring, from_geojson
from marketplace.domain.words_plots import PlotFormat
from models.plots import Plot

TYPES = {
    PlotFormat.GEOJSON: "application/geo+json",
    PlotFormat.KML: "application/vnd.google-earth.kml+xml",
    PlotFormat.CSV: "text/csv",
}
Words = dict[str, str]
# A cell that begins so is a formula to a program that opens the file.
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def export_plots(
    plots: Sequence[Plot], kind: PlotFormat, *, households: bool = True
) -> bytes:
    """The file in UTF-8; with the names of households it is for their own people."""
    writers = {
        PlotFormat.GEOJSON: _geojson,
        PlotFormat.KML: _kml,
        PlotFormat.CSV: _csv,
    }
    words = [_words(plot, households) for plot in plots]
    return writers[kind](plots, words).encode()


def _geojson(plots: Sequence[Plot], words: Sequence[Words]) -> str:
    features = [
        {
            "type": "Feature",
            "geometry": json.loads(plot.shape),
            "properties": said,
        }
        for plot, said in zip(plots, words, strict=True)
    ]
    found = {"type": "FeatureCollection", "features": features}
    return json.dumps(found, ensure_ascii=False, indent=1)


def _words(plot: Plot, households: bool) -> Words:
    """What stands beside an outline, numbers as Vietnamese write them."""
    declared = format_number(plot.declared_ha) if plot.declared_ha else ""
    return {
        "ten_thua": plot.name,
        "ho": _household(plot) if households else "",
        "dien_tich_khai_ha": declared.replace(".", ""),
        "dien_tich_do_ha": str(plot.measured_ha).replace(".", ","),
        "vuon": plot.area.name,
    }


def _household(plot: Plot) -> str:
    return (plot.household.code or plot.household.name) if plot.household else ""


def _kml(plots: Sequence[Plot], words: Sequence[Words]) -> str:
    marks = "\n".join(map(_placemark, plots, words))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>\n'
        f"{marks}\n</Document></kml>\n"
    )


def _placemark(plot: Plot, words: Words) -> str:
    shape = from_geojson(plot.shape)
    data = "".join(
        f'<Data name="{key}"><value>{escape(value)}</value></Data>'
        for key, value in words.items()
        if key != "ten_thua"
    )
    holes = "".join(_boundary("inner", ring) for ring in shape.holes)
    return (
        f"<Placemark><name>{escape(plot.name)}</name>"
        f"<ExtendedData>{data}</ExtendedData>"
        f"<Polygon>{_boundary('outer', shape.outer)}{holes}</Polygon></Placemark>"
    )


def _boundary(side: str, ring: Ring) -> str:
    points = " ".join(f"{east},{north}" for east, north in ring)
    return (
        f"<{side}BoundaryIs><LinearRing><coordinates>{points}</coordinates>"
        f"</LinearRing></{side}BoundaryIs>"
    )


def _csv(plots: Sequence[Plot], words: Sequence[Words]) -> str:
    """With a mark of UTF-8 for Excel, and semicolons as Vietnamese ones write."""
    out = io.StringIO(newline="")
    rows = csv.writer(out, delimiter=";")
    rows.writerow([*(words[0] if words else ("ten_thua",)), "wkt"])
    for plot, said in zip(plots, words, strict=True):
        rows.writerow([*map(_harmless, said.values()), _wkt(plot)])
    return f"\ufeff{out.getvalue()}"


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_RISKY) else text


def _wkt(plot: Plot) -> str:
    rings = (
        ", ".join(f"{east} {north}" for east, north in ring)
        for ring in from_geojson(plot.shape).rings
    )
    return f"POLYGON (({'), ('.join(rings)}))"
